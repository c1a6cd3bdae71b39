"""The tables of what all followers together teach about the items: made by the clock, and made anew when lost."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, String, Table, Text

from storage.metadata import metadata

item_figures = Table(
    "item_figures",  # counted anew by the clock from exposures, engagements and orders, which are the truth
    metadata,
    Column("slug", String(128), primary_key=True),
    Column("exposed", BigInteger, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("read", BigInteger, nullable=False),  # opened, and half of it or a minute read
    Column("finished", BigInteger, nullable=False),
    Column("liked", BigInteger, nullable=False),
    Column("stars_sum", BigInteger, nullable=False),
    Column("stars_count", BigInteger, nullable=False),
    Column("bought", BigInteger, nullable=False),
    Column("returned", BigInteger, nullable=False),
    Column("counted_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

neighbours = Table(
    "neighbours",
    metadata,
    Column("slug", String(128), primary_key=True),
    Column("others", Text, nullable=False),  # JSON [[slug, strength], …], strongest first
    Column("changed_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

source_tastes = Table(
    "source_tastes",
    metadata,
    Column("source", String(128), primary_key=True),  # as in followers; "" = everybody
    Column("tag", String(64), primary_key=True),
    Column("weight", Float(53), nullable=False),  # 0 to 1, the average
    Column("followers", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

watermarks = Table(
    "watermarks",
    metadata,
    Column("name", String(64), primary_key=True),  # of an incremental job
    Column("at", BigInteger, nullable=False),  # how far it has come
    sqlite_with_rowid=False,
)
