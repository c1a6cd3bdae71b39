"""Every row that is about one follower, table by table: what ``follower export`` hands out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Column, Executable, Table, bindparam, or_, select

from storage import schema
from storage.schema import metadata
from storage.store import Transaction

PERSON_COLUMNS = ("openid", "buyer", "payer", "claimed_by")
"""Columns that hold an openid."""
LINKED: Mapping[str, tuple[str, Table, str]] = {
    "replies": ("id", schema.behaviours, "id"),
    "refunds": ("order_no", schema.orders, "order_no"),
    "payment_evidence": ("order_no", schema.orders, "order_no"),
}
"""Tables without such a column: (its column, the table it leads to, that table's column)."""
ENCRYPTED = {("followers", "about"), ("payment_evidence", "body")}
LEFT_OUT: Mapping[str, str] = {
    "deliveries.claimed_by": "names the process that sends, not a person",
    "campaign_runs.claimed_by": "names the process that plans, not a person",
    "campaign_deliveries.claimed_by": "names the process that sends, not a person",
    "mass_jobs.claimed_by": "names the process that sends, not a person",
    "orders.prepay": "opens the cashier for this order",
    "claim_codes.code": "a hash of a code that moves purchases",
    "platform_reports": "WeChat's reports on the account; kept for a month, and found by no openid",
    "console_acts": "what operators did; a follower stands in it as a hash",
}
"""Tables and columns that are in no export, and why."""


def rows_about(tx: Transaction, openid: str, show: Callable[[str], str]) -> dict[str, list[dict[str, Any]]]:
    """Table -> its rows about a follower, every one, times as whole seconds. `show` decrypts."""
    found: dict[str, list[dict[str, Any]]] = {}
    for name, build in _BUILDS.items():
        columns = [column.name for column in _columns(metadata.tables[name])]
        rows = [dict(zip(columns, row, strict=True)) for row in tx.rows(build, who=openid)]
        for row in rows:
            row |= {column: show(row[column]) for column in columns if (name, column) in ENCRYPTED}
        if rows:
            found[name] = rows
    return found


def persons_of(table: Table) -> list[Column[Any]]:
    """The columns of a table that hold an openid."""
    return [table.c[name] for name in PERSON_COLUMNS if name in table.c and f"{table.name}.{name}" not in LEFT_OUT]


def _columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if f"{table.name}.{column.name}" not in LEFT_OUT]


def _build(table: Table) -> Callable[[str], Executable]:
    query = select(*_columns(table)).order_by(*table.primary_key.columns)
    if table.name in LINKED:
        column, other, its = LINKED[table.name]
        mine = select(other.c[its]).where(or_(*(one == bindparam("who") for one in persons_of(other))))
        query = query.where(table.c[column].in_(mine))
    else:
        query = query.where(or_(*(column == bindparam("who") for column in persons_of(table))))
    return lambda backend: query


_BUILDS = {table.name: _build(table) for table in metadata.sorted_tables if persons_of(table) or table.name in LINKED}
