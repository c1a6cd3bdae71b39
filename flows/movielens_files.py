"""The MovieLens files as RecBole's packages carry them: tables separated by tabs, their head naming ``column:kind``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from domain.held_out import Like
from errors import Declined

LIKED = 4.0
"""Stars from which a rating is a like."""


def read_likes(folder: Path, name: str) -> list[Like]:
    """The likes of ``name.inter``. Raises ``Declined`` with file and line."""
    likes = []
    rows = _rows(folder / f"{name}.inter", "user_id", "item_id", "rating", "timestamp")
    for place, (person, item, rating, at) in rows:
        try:
            if float(rating) >= LIKED:
                likes.append(Like(int(person), int(item), int(float(at))))
        except (ValueError, OverflowError):
            raise Declined(f"{place}: a person, an item, a rating or a time is not a number") from None
    return likes


def read_genres(folder: Path, name: str) -> dict[int, tuple[str, ...]]:
    """Item -> its genres, from ``name.item``. Raises ``Declined`` with file and line."""
    genres = {}
    for place, (item, classes) in _rows(folder / f"{name}.item", "item_id", "class"):
        try:
            genres[int(item)] = tuple(classes.split())
        except ValueError:
            raise Declined(f'{place}: "{item}" is not the number of an item') from None
    return genres


def _rows(file: Path, *columns: str) -> Iterator[tuple[str, list[str]]]:
    """(file:line, the cells of these columns) of each row."""
    try:
        lines = file.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as trouble:
        raise Declined(f"{file} cannot be read: {getattr(trouble, 'strerror', None) or 'it is not UTF-8'}") from None
    names = [cell.partition(":")[0] for cell in lines[0].split("\t")] if lines else []
    missing = [column for column in columns if column not in names]
    if missing:
        raise Declined(f"{file.name}:1: there is no column {', '.join(missing)}")
    places = [names.index(column) for column in columns]
    for number, line in enumerate(lines[1:], 2):
        cells = line.split("\t")
        if len(cells) < len(names):
            raise Declined(f"{file.name}:{number}: {len(cells)} columns instead of {len(names)}")
        yield f"{file.name}:{number}", [cells[place] for place in places]
