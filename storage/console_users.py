"""The accounts of the operator console: one JSON file ``{name: {"role": …, "password": argon2 hash}}``, mode 0600.

Read anew for every request, so that a removed user or a changed password counts at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from dataclasses import dataclass
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from domain.console import LEAST_PASSWORD, MOST_PASSWORD, ROLES
from errors import Declined

NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,31}")
_HASHER = PasswordHasher()
NOBODY = "$argon2id$v=19$m=65536,t=3,p=4$c2h1dG9uZy1ub2JvZHktMQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""A hash no password has, of the same cost as the others: an unknown name takes as long as a known one."""


@dataclass(frozen=True, slots=True)
class ConsoleUser:
    """``password`` is the argon2 hash."""

    name: str
    role: str
    password: str

    @property
    def mark(self) -> str:
        """Changes with the password: sessions that began under another are over."""
        return hashlib.sha256(self.password.encode()).hexdigest()[:32]


class ConsoleUsers:
    """The file. A missing one has no users."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> list[ConsoleUser]:
        """Every user by name. Raises ``Declined`` for a file that cannot be read."""
        try:
            held = json.loads(self._path.read_text("utf-8"))
            users = [ConsoleUser(name, str(one["role"]), str(one["password"])) for name, one in held.items()]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError, AttributeError):
            raise Declined(
                f"CONSOLE_USERS_FILE: {self._path} cannot be read or is not what console-user add writes"
            ) from None
        return sorted(users, key=lambda one: one.name)

    def find(self, name: str) -> ConsoleUser | None:
        """The user, or None."""
        return next((one for one in self.all() if one.name == name), None)

    def check(self, name: str, password: str) -> ConsoleUser | None:
        """The user if the password is theirs; as slow for a name nobody has."""
        user = self.find(name)
        try:
            _HASHER.verify(user.password if user else NOBODY, password)
        except (Argon2Error, InvalidHashError):
            return None
        return user if user and user.role in ROLES else None

    def add(self, name: str, role: str, password: str) -> bool:
        """Add a user, or give a known one this role and password; True for a new one. Raises ``Declined``."""
        if not NAME.fullmatch(name):
            raise Declined("NAME must have 1 to 32 small letters, digits, dots, hyphens or underscores")
        if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
            raise Declined(f"the password must have {LEAST_PASSWORD} to {MOST_PASSWORD} characters")
        if password.lower() == name or len(set(password)) < 4:
            raise Declined("the password is too easy to guess: use a few words")
        others = [one for one in self.all() if one.name != name]
        new = self.find(name) is None
        self._write([*others, ConsoleUser(name, role, _HASHER.hash(password))])
        return new

    def remove(self, name: str) -> None:
        """Remove a user; their sessions end. Raises ``Declined`` for an unknown one."""
        if self.find(name) is None:
            raise Declined(f'there is no console user "{name}"')
        self._write([one for one in self.all() if one.name != name])

    def _write(self, users: list[ConsoleUser]) -> None:
        """The whole file or nothing, never readable by others (mkstemp makes it 0600)."""
        text = json.dumps({one.name: {"role": one.role, "password": one.password} for one in users}, indent=1)
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self._path.parent) as folder:
                handle, name = tempfile.mkstemp(dir=folder)
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text + "\n")
                Path(name).replace(self._path)
        except OSError as trouble:
            raise Declined(f"CONSOLE_USERS_FILE: {self._path} cannot be written: {trouble.strerror}") from None
