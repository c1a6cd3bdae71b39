"""What became of a campaign: counted over its runs, by wording, and against its hold-out.

Reads only, in short reads, page by page.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from domain.always_valid import Batch
from domain.campaign import HELD_OUT, MISSED, SKIPPED
from domain.campaign_measure import Course, Did, Measure, measure, until
from domain.lift import WINDOW_SECONDS
from storage import campaign_effect, campaign_runs
from storage.campaign_effect import Order, Row
from storage.campaign_runs import Run
from storage.erasure import LEFT
from storage.store import Store

MOST_RUNS = 60
"""The newest runs: a year of a weekly campaign."""


@dataclass
class Tally:
    """Counts of some deliveries. ``states`` by state, ``excluded`` by cause, ``channels`` of what was sent."""

    states: Counter[str] = field(default_factory=Counter)
    excluded: Counter[str] = field(default_factory=Counter)
    channels: Counter[str] = field(default_factory=Counter)
    clicked: int = 0
    bought: int = 0
    revenue_fen: int = 0
    left: int = 0

    def add(self, other: Tally) -> None:
        """Count those too."""
        for name in ("states", "excluded", "channels"):
            getattr(self, name).update(getattr(other, name))
        self.clicked += other.clicked
        self.bought += other.bought
        self.revenue_fen += other.revenue_fen
        self.left += other.left


Compared = Callable[[str], str]
"""What was drawn for somebody (an openid), of what is compared."""


@dataclass
class Arms:
    """What is compared, by run, the oldest first: of each arm how many were drawn for it who had not done it after an
    earlier run, how many opened their link for the first time, and how many left."""

    opened: list[Batch] = field(default_factory=list)
    left: list[Batch] = field(default_factory=list)

    def begin(self) -> None:
        """What follows is of the next run."""
        drawn: Counter[str] = Counter()
        self.opened.append(Batch(drawn, Counter()))
        self.left.append(Batch(drawn, Counter()))

    def see(self, arm: str, opened: bool, left: bool) -> None:
        """One person was drawn for this arm."""
        for batch, hit in ((self.opened[-1], opened), (self.left[-1], left)):
            assert isinstance(batch.hits, Counter)
            batch.hits[arm] += hit
        drawn = self.opened[-1].drawn  # of both
        assert isinstance(drawn, Counter)
        drawn[arm] += 1


@dataclass
class Measured:
    """What is known. ``runs`` newest first with their counts; ``variants`` by name, of people who were planned;
    ``by_variant`` and ``by_channel``, as these are compared; followed from ``begin`` to ``until``."""

    runs: list[tuple[Run, Tally]]
    variants: dict[str, Tally]
    by_variant: Arms
    by_channel: Arms
    measure: Measure
    begin: int
    until: int

    @property
    def total(self) -> Tally:
        """All runs together."""
        found = Tally()
        for _, tally in self.runs:
            found.add(tally)
        return found


def measure_campaign(
    store: Store, campaign: str, now: int, first_of: Callable[[Run], Compared | None] = lambda run: None
) -> Measured:
    """Count what became of a campaign's newest runs up to `now`. `first_of` tells which channel was drawn for whom in a
    run, None where none was."""
    with store.read() as tx:
        runs = [run for run in campaign_runs.of(tx, campaign, MOST_RUNS) if run.state != MISSED]
        since = min((run.made_at for run in runs), default=now)
        orders = campaign_effect.paid_orders(tx, since, now + 1)
    walk = _Walk(orders)
    for run in reversed(runs):
        walk.begin(run, first_of(run))
        for page in campaign_effect.rows(store, run.id):
            for row in page:
                walk.see(row)
    walk.buy(orders)
    newest = max((run.slot for run in runs), default=now)
    begins = {begin for _, begin in walk.people.values()} or {now}
    opened = campaign_effect.opened(store, since, now + 1)
    bought = (Did(one.buyer, one.paid_at, one.fen) for one in orders)
    return Measured(
        [(run, walk.runs[run.id]) for run in runs], walk.variants, walk.by_variant, walk.by_channel,
        measure(walk.people, newest, opened, bought, walk.left),
        min(begins), max(until(begin, newest) for begin in begins),
    )  # fmt: skip


class _Walk:
    """Sees each delivery once, the oldest run first."""

    def __init__(self, orders: Iterable[Order]) -> None:
        self._buyers = {order.buyer for order in orders}
        self._bought_by = {order.exposure_id for order in orders}
        self.runs: dict[str, Tally] = {}
        self.variants: dict[str, Tally] = defaultdict(Tally)
        self.people: dict[str, Course] = {}
        self.left: list[Did] = []
        self.by_variant, self.by_channel = Arms(), Arms()
        self._first: Compared | None = None
        self._opened: set[str] = set()
        self._gone: set[str] = set()
        self._links: dict[str, Row] = {}
        self._sent: dict[tuple[str, str], list[Row]] = defaultdict(list)

    def begin(self, run: Run, first: Compared | None) -> None:
        """The rows that follow are of this run; `first` tells the channel drawn for somebody."""
        self.runs[run.id], self._first = Tally(), first
        self.by_variant.begin()
        self.by_channel.begin()

    def see(self, row: Row) -> None:
        """Count one delivery."""
        tally = self.runs[row.run_id]
        tally.states[row.state] += 1
        if row.state == SKIPPED:
            tally.excluded[row.why] += 1
            if not row.due_at:  # left out when the audience was written down, of treated and held out alike
                return
        held = row.state == HELD_OUT
        if row.openid not in self.people:
            self.people[row.openid] = (held, row.planned_at)
            if (left_at := _left_at(row)) is not None:
                self.left.append(Did(row.openid, left_at))
        if not held:
            self._see_treated(row, tally)

    def _see_treated(self, row: Row, tally: Tally) -> None:
        variant = self.variants[row.variant]
        variant.states[row.state] += 1
        if row.sent_at is not None:
            tally.channels[row.channel] += 1
            if row.openid in self._buyers:
                self._sent[row.openid, row.slug].append(row)
            if row.exposure_id and row.exposure_id in self._bought_by:
                self._links[row.exposure_id] = row
        left_at = _left_at(row)
        left = left_at is not None and row.planned_at <= left_at < row.planned_at + WINDOW_SECONDS
        for one in (tally, variant):
            one.clicked += row.opened_at is not None
            one.left += left
        if row.openid not in self._opened and row.openid not in self._gone:
            self.by_variant.see(row.variant, row.opened_at is not None, left)
            if self._first is not None:
                self.by_channel.see(self._first(row.openid), row.opened_at is not None, left)
        if row.opened_at is not None:
            self._opened.add(row.openid)
        if left:
            self._gone.add(row.openid)

    def buy(self, orders: Iterable[Order]) -> None:
        """Count the orders that a message led to, each for the last message before it: through its link, or of the
        item it told of, within the window."""
        buyers = set()
        for order in orders:
            row = self._links.get(order.exposure_id) or self._told(order)
            if row is None or not (row.sent_at or 0) <= order.paid_at < (row.sent_at or 0) + WINDOW_SECONDS:
                continue
            first = (row.run_id, row.openid) not in buyers
            buyers.add((row.run_id, row.openid))
            for one in (self.runs[row.run_id], self.variants[row.variant]):
                one.bought += first
                one.revenue_fen += order.fen

    def _told(self, order: Order) -> Row | None:
        told = self._sent.get((order.buyer, order.slug), [])
        nth = bisect_right([row.sent_at or 0 for row in told], order.paid_at)
        return told[nth - 1] if nth else None


def _left_at(row: Row) -> int | None:
    """When they stopped following; of who was forgotten for having left only that they did is known."""
    return row.planned_at if row.openid.startswith(LEFT) else row.left_at
