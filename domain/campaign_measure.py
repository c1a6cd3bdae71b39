"""What the people of a campaign did: counted for those who were written to and for those held out.

Each person is followed from the moment they were first planned, whatever became of it, for as long on both sides. Who
left the audience after that stays counted: to leave, or to buy and so be left out next time, is what is measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain.lift import (
    BOUGHT,
    FOLLOWED_SECONDS,
    LEFT,
    MONEY,
    OPENED,
    UNITS,
    WINDOW_SECONDS,
    Lift,
    Paid,
    Side,
    lift,
    paid,
)

Course = tuple[bool, int]
"""Of one person: held out? planned first at?"""


class Did(NamedTuple):
    """Somebody did something then, worth so many fen."""

    who: str
    at: int
    fen: int = 0


class Measure(NamedTuple):
    """People, and how many of them opened, bought and left; the fen they paid and the squares of each one's. Those of
    the hold-out in the fields that end with ``_held``."""

    people: int
    people_held: int
    opened: int
    opened_held: int
    bought: int
    bought_held: int
    fen: int
    fen_held: int
    squares: int
    left: int
    left_held: int

    def sides(self, unit: str) -> tuple[Side, Side]:
        """(treated, held out) in one of ``UNITS``."""
        treated, held = {
            OPENED: (self.opened, self.opened_held),
            BOUGHT: (self.bought, self.bought_held),
            MONEY: (self.fen, self.fen_held),
            LEFT: (self.left, self.left_held),
        }[unit]
        return Side(self.people, treated), Side(self.people_held, held)

    @property
    def paid(self) -> Paid:
        """What single people paid."""
        return Paid(self.fen + self.fen_held, self.squares)

    def lifts(self, size: float) -> dict[str, Lift | None]:
        """By unit; ``size`` of an order as of ``order_size``."""
        return {unit: lift(*self.sides(unit), size if unit == MONEY else 1.0) for unit in UNITS}


def until(begin: int, newest_slot: int) -> int:
    """When following somebody ends who was first planned at `begin`, of a campaign that ran last at `newest_slot`."""
    return min(max(begin, newest_slot) + WINDOW_SECONDS, begin + FOLLOWED_SECONDS)


def measure(
    people: Mapping[str, Course], newest: int, opened: Iterable[Did], orders: Iterable[Did], left: Iterable[Did]
) -> Measure:
    """Count what they did while they were followed, of a campaign that ran last at `newest`; whoever is not of the
    people is passed over."""
    opened_by = {who for who, at, _ in opened if _counts(people, newest, who, at)}
    left_by = {who for who, at, _ in left if _counts(people, newest, who, at)}
    spent: dict[str, int] = {}
    for who, at, fen in orders:
        if _counts(people, newest, who, at):
            spent[who] = spent.get(who, 0) + fen
    held = sum(course[0] for course in people.values())
    money = [sum(fen for who, fen in spent.items() if people[who][0] is side) for side in (False, True)]
    return Measure(
        len(people) - held, held, *_split(people, opened_by), *_split(people, spent), money[0], money[1],
        int(paid(spent.values()).squares), *_split(people, left_by),
    )  # fmt: skip


def _counts(people: Mapping[str, Course], newest: int, who: str, at: int) -> bool:
    course = people.get(who)
    return course is not None and course[1] <= at < until(course[1], newest)


def _split(people: Mapping[str, Course], who: Iterable[str]) -> tuple[int, int]:
    """(treated, held out) of them."""
    held = [people[one][0] for one in who]
    return len(held) - sum(held), sum(held)
