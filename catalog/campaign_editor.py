"""One campaign file written in the browser: read as it lies there, checked as ``check`` does, and saved whole or not at
all. Where the content folder is read-only nothing is saved: the file belongs to whoever deploys it then."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

from catalog.audiences import Around
from catalog.blocked_words import read_blocked_words
from catalog.campaigns import NAME, Draft, notices_named, read_campaigns
from catalog.load import Catalog
from catalog.mistakes import Mistake
from catalog.templates import read_templates
from catalog.yaml_lines import Source
from errors import Declined

MOST_CHARACTERS = 20_000
NEW = """title: 写给谁看的、说什么
purpose: marketing
status: draft
audience:
  active_within_days: 30
channels: [window]
message:
  item: recommend
holdout: 0.1
"""
"""What a new file begins as: a draft, so that saving it sends nothing."""


class Checked(NamedTuple):
    """``by_itself``: saved like this, it goes out without anybody launching it, at its time or as a series."""

    mistakes: Sequence[Mistake]
    by_itself: bool = False


class CampaignFiles:
    """The folder ``campaigns`` of the content folder."""

    def __init__(self, folder: Path, zone: ZoneInfo) -> None:
        self._folder, self._zone = folder, zone

    def text(self, name: str) -> str:
        """What lies there now, "" for nothing."""
        try:
            return self._file(name).read_text("utf-8")
        except (OSError, UnicodeDecodeError):
            return ""

    @property
    def writable(self) -> bool:
        """Can anything be saved? Without the folder ``campaigns``, whether it can be made."""
        place = self._folder / "campaigns"
        return os.access(place if place.is_dir() else self._folder, os.W_OK | os.X_OK)

    def checked(self, name: str, text: str, catalog: Catalog) -> Checked:
        """What `check` would say of this text as the file of that name, and whether it would be sent by itself."""
        source = Source(f"campaigns/{name}.yaml")
        if len(text) > MOST_CHARACTERS:
            source.wrong(1, f"has {len(text):,} characters — at most {MOST_CHARACTERS:,}")
            return Checked(source.mistakes)
        draft = Draft(name, text, source.parse(text), source)
        if draft.root is None and not source.mistakes:
            source.wrong(1, "is empty — begin with title: …, purpose: marketing, message: …")
        notices, _ = read_templates(self._folder / "templates.yaml", self._folder, notices_named([draft]))
        blocked, _ = read_blocked_words(self._folder / "blocked-words.txt")
        tags = {*catalog.synonyms, *(tag for item in catalog.items.values() for tag in item.tags)}
        found, _ = read_campaigns([draft], self._zone, Around(tags, catalog.items, notices, blocked))
        by_itself = any((one.schedule or one.trigger) and not one.draft for one in found.values())
        return Checked(source.mistakes, by_itself)

    def save(self, name: str, text: str, instead_of: str) -> None:
        """Put the text in the place of one that was seen (``version``). Raises ``Declined`` when another lies there by
        now, or nothing can be written."""
        file = self._file(name)
        if version(self.text(name)) != instead_of:
            raise Declined("the file was changed meanwhile — open it again")
        try:
            file.parent.mkdir(exist_ok=True)
            _replace(file, text)
        except OSError as trouble:
            raise Declined(f"the content folder cannot be written: {trouble.strerror}") from None

    def _file(self, name: str) -> Path:
        if not NAME.fullmatch(name):
            raise Declined(f'"{name}" may hold only a-z, 0-9 and "-", at most 48')
        return self._folder / "campaigns" / f"{name}.yaml"


def version(text: str) -> str:
    """Tells one text from another."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _replace(file: Path, text: str) -> None:
    """Whole or not at all, whoever reads meanwhile; a name that begins with a dot is no campaign."""
    number, name = tempfile.mkstemp(prefix=".", suffix=".yaml", dir=file.parent)
    new = Path(name)
    try:
        with os.fdopen(number, "w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        new.chmod(file.stat().st_mode & 0o777 if file.exists() else 0o644)
        new.replace(file)
    except OSError:
        new.unlink(missing_ok=True)
        raise
