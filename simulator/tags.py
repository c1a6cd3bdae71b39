"""Tags of followers (platform.md 4.8). Ids 0 to 2 belong to the platform."""

from dataclasses import dataclass, field
from typing import Any

from simulator.api.errors import ApiError

MOST, NAME_MAX, PER_USER, PER_CALL, UNDELETABLE = 100, 30, 20, 50, 100_000
FIRST_ID = 100


@dataclass
class Tags:
    """Tag names by id."""

    names: dict[int, str] = field(default_factory=lambda: {2: "星标组"})
    next_id: int = FIRST_ID

    def own(self) -> dict[int, str]:
        return {number: name for number, name in self.names.items() if number >= FIRST_ID}

    def create(self, name: Any) -> int:
        if len(self.own()) >= MOST:
            raise ApiError(45056, "too many tag now, no need to add new")
        self._check_name(name)
        self.next_id += 1
        self.names[self.next_id] = name
        return self.next_id

    def rename(self, number: Any, name: Any) -> None:
        self._check_own(number)
        if self.names[number] != name:
            self._check_name(name)
        self.names[number] = name

    def delete(self, number: Any, members: int) -> None:
        self._check_own(number)
        if members > UNDELETABLE:
            raise ApiError(45057, "can't delete the tag that has too many fans")
        del self.names[number]

    def check(self, number: Any) -> int:
        """The tag id, or 45159."""
        if not isinstance(number, int) or number not in self.names:
            raise ApiError(45159, "invalid tag id")
        return number

    def _check_own(self, number: Any) -> None:
        if isinstance(number, int) and 0 <= number <= 2:
            raise ApiError(45058, "can't modify sys tag")
        self.check(number)

    def _check_name(self, name: Any) -> None:
        if not isinstance(name, str) or not name or len(name) > NAME_MAX:
            raise ApiError(45158, "tag name too long")
        if name in self.names.values():
            raise ApiError(45157, "invalid tag name, duplicated")
