"""A mistake in an operator's file, told so that a writer can mend it: file, line, key, what is wrong, what to write."""

from __future__ import annotations

from dataclasses import dataclass

from errors import ShutongError


@dataclass(frozen=True, order=True)
class Mistake:
    """One mistake. ``path`` is relative to the content folder, ``line`` counts from 1."""

    path: str
    line: int
    key: str
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.key + ': ' if self.key else ''}{self.problem}"


class ContentWrong(ShutongError):
    """The content folder cannot be used as it stands. ``mistakes`` is never empty."""

    def __init__(self, mistakes: list[Mistake]) -> None:
        self.mistakes = sorted(set(mistakes))
        super().__init__("\n".join(map(str, self.mistakes)))
