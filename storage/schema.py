"""Every table. Times are whole seconds since 1970 (UTC), money is whole fen, ids are ``String(64)``.

Portable on purpose: no triggers, no RETURNING, no engine's own types. Changing a table means a new step in
``storage/migrations/versions`` too.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, MetaData, SmallInteger, String, Table, Text

metadata = MetaData()

followers = Table(
    "followers",
    metadata,
    Column("openid", String(64), primary_key=True),
    Column("subscribed", SmallInteger, nullable=False),
    Column("subscribed_at", BigInteger),
    Column("unsubscribed_at", BigInteger),
    Column("source", String(128), nullable=False),  # how they first came: qr:<scene>, pay, or ""; never overwritten
    Column("first_seen_at", BigInteger, nullable=False),
    Column("about", Text, nullable=False),  # encrypted JSON of what they told about themselves, "" = nothing
    sqlite_with_rowid=False,
)

behaviours = Table(
    "behaviours",
    metadata,
    Column("openid", String(64), primary_key=True),  # "" = a reader we do not know
    Column("id", String(64), primary_key=True),  # of a push: its de-duplication key
    Column("at", BigInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("form", String(64), nullable=False),
    Column("text", Text, nullable=False),  # the exact words, where there are any
    Column("detail", String(255), nullable=False),
    Column("taught", Text, nullable=False),  # JSON [[tag, strength, cause, word], …]: what interests it changed
    sqlite_with_rowid=False,
)

replies = Table(
    "replies",
    metadata,
    Column("id", String(64), primary_key=True),  # of the push it answers
    Column("at", BigInteger, nullable=False),
    Column("words", Text, nullable=False),  # kept for a day, for retries
    sqlite_with_rowid=False,
)

interests = Table(
    "interests",
    metadata,
    Column("openid", String(64), primary_key=True),
    Column("tag", String(64), primary_key=True),
    Column("score", Float(53), nullable=False),  # grown to the epoch of domain/interests.py
    Column("since", BigInteger, nullable=False),  # evidence older than this was forgotten
    Column("learned_at", BigInteger, nullable=False),
    Column("cause", String(16), nullable=False),
    Column("word", String(64), nullable=False),
    sqlite_with_rowid=False,
)

exposures = Table(
    "exposures",
    metadata,
    Column("id", String(64), primary_key=True),  # begins with the follower's handle: a follower's rows lie together
    Column("openid", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("slug", String(128), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("policy", String(32), nullable=False),
    Column("propensity", Float(53), nullable=False),
    Column("reason", String(255), nullable=False),
    Column("behaviour_id", String(64), nullable=False),
    sqlite_with_rowid=False,
)

entitlements = Table(
    "entitlements",
    metadata,
    Column("openid", String(64), primary_key=True),
    Column("slug", String(128), primary_key=True),
    Column("source", String(64), nullable=False),
    Column("granted_at", BigInteger, nullable=False),
    Column("until", BigInteger),  # NULL = for ever
    sqlite_with_rowid=False,
)

opt_outs = Table(
    "opt_outs",
    metadata,
    Column("openid", String(64), primary_key=True),
    Column("topic", String(64), primary_key=True),  # "" = everything
    Column("at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

long_texts = Table(
    "long_texts",
    metadata,
    Column("openid", String(64), primary_key=True),
    Column("rest", Text, nullable=False),  # what "更多" will say
    sqlite_with_rowid=False,
)

platform_reports = Table(
    "platform_reports",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("event", String(64), nullable=False),
    Column("body", Text, nullable=False),  # JSON of the fields
)

secrets_held = Table(
    "secrets_held",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("value", Text, nullable=False),  # encrypted
    Column("expires_at", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("owner", String(64), nullable=False),
    Column("until", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

job_runs = Table(
    "job_runs",
    metadata,
    Column("job", String(64), primary_key=True),
    Column("slot", BigInteger, primary_key=True),  # the moment it was due
    Column("finished_at", BigInteger),
    Column("outcome", String(255), nullable=False),
    sqlite_with_rowid=False,
)
