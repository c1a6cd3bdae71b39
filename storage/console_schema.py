"""The tables of the operator console."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, SmallInteger, String, Table

from storage.metadata import metadata

console_sessions = Table(
    "console_sessions",
    metadata,
    Column("id", String(64), primary_key=True),  # a hash of what the cookie holds
    Column("who", String(64), nullable=False),
    Column("mark", String(64), nullable=False),  # of the password it began with
    Column("began_at", BigInteger, nullable=False),
    Column("seen_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

console_tries = Table(
    "console_tries",
    metadata,
    Column("who", String(64), primary_key=True),  # a keyed hash of a name, an address or both; copy and a handle
    Column("began_at", BigInteger, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    sqlite_with_rowid=False,
)

console_acts = Table(
    "console_acts",
    metadata,
    Column("id", String(64), primary_key=True),  # random: two acts of one second are two rows
    Column("at", BigInteger, nullable=False),
    Column("who", String(64), nullable=False),
    Column("act", String(32), nullable=False),
    Column("about", String(64), nullable=False),  # an order's or a refund's number, a user's name
    Column("detail", String(255), nullable=False),
    Index("acts_by_time", "at", "id"),
    sqlite_with_rowid=False,
)
