"""What each campaign brought, as it was counted last: kept when the followers it was counted from are forgotten."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Executable, bindparam, select

from domain.campaign_measure import Measure
from storage.dialect import insert_or_change
from storage.schema import campaign_measures as table
from storage.store import Transaction


class Kept(NamedTuple):
    """Counted at ``measured_at``, of people who were planned from ``begin`` on and followed to ``until``."""

    campaign: str
    measured_at: int
    begin: int
    until: int
    measure: Measure

    @property
    def whole(self) -> bool:
        """Was it counted when everybody had been followed to the end?"""
        return self.measured_at >= self.until


def keep(tx: Transaction, kept: Kept) -> None:
    """Keep it instead of what was counted before."""
    known = {"campaign": kept.campaign, "measured_at": kept.measured_at, "begin": kept.begin, "until": kept.until}
    tx.change(_keep, **known, **kept.measure._asdict())


def every(tx: Transaction) -> list[Kept]:
    """All campaigns' that were counted, the one that began last first."""
    return [_kept(row) for row in tx.rows(_every)]


def find(tx: Transaction, campaign: str) -> Kept | None:
    """One campaign's, None before it was counted."""
    row = tx.row(_find, which=campaign)
    return _kept(row) if row else None


def _kept(row: tuple[int, ...]) -> Kept:
    campaign, measured_at, begin, until, *counts = row
    return Kept(str(campaign), measured_at, begin, until, Measure(*counts))


_COLUMNS = [table.c[name] for name in (*Kept._fields[:-1], *Measure._fields)]


def _keep(backend: str) -> Executable:
    changed = [name for name in table.c.keys() if name != "campaign"]  # noqa: SIM118 - a table's columns are no mapping
    return insert_or_change(table, backend, dict.fromkeys(changed, "new"))


def _every(backend: str) -> Executable:
    return select(*_COLUMNS).order_by(table.c.begin.desc(), table.c.campaign)


def _find(backend: str) -> Executable:
    return select(*_COLUMNS).where(table.c.campaign == bindparam("which"))
