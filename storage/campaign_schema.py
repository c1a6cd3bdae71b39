"""The tables of campaigns: what was launched, to whom it goes and what came of it, and who agreed to which notice."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, SmallInteger, String, Table, Text

from storage.metadata import metadata

campaign_runs = Table(
    "campaign_runs",
    metadata,
    Column("id", String(96), primary_key=True),  # <campaign>@<slot>: a due moment is launched once
    Column("campaign", String(64), nullable=False),  # the name of its file
    Column("slot", BigInteger, nullable=False),  # when it was due, or launched by hand
    Column("state", String(16), nullable=False),  # scheduled, launching, sending, paused, finished
    Column("before_pause", String(16), nullable=False),  # the state it goes back to when resumed, "" = not paused
    Column("snapshot", Text, nullable=False),  # the file's text as it was launched: later saves change nothing
    Column("launched_by", String(64), nullable=False),  # clock, or an operator's name
    Column("made_at", BigInteger, nullable=False),
    Column("planned_to", String(64), nullable=False),  # the audience is planned up to this openid, "" = not begun
    Column("claimed_by", String(64), nullable=False),  # who plans it
    Column("claimed_until", BigInteger, nullable=False),
    Column("launched_at", BigInteger),  # the whole audience is planned
    Column("finished_at", BigInteger),
    Column("trouble", String(255), nullable=False),  # why it paused itself, "" = it did not
    Index("campaign_runs_by_state", "state"),
    Index("campaign_runs_of", "campaign", "slot"),
    sqlite_with_rowid=False,
)

campaign_deliveries = Table(
    "campaign_deliveries",
    metadata,
    Column("run_id", String(96), primary_key=True),
    Column("openid", String(64), primary_key=True),
    Column("state", String(16), nullable=False),  # domain/campaign.py lists them
    Column("why", String(64), nullable=False),  # the cause where nothing is sent (now), "" = none
    Column("variant", String(32), nullable=False),
    Column("slug", String(128), nullable=False),  # the item it tells of, "" = none
    Column("reason", String(255), nullable=False),  # why this item, in the follower's words
    Column("channel", String(16), nullable=False),  # window, notice, template, mass, visit; "" = not chosen yet
    Column("exposure_id", String(64), nullable=False),  # of its tracked link, "" = none yet
    Column("planned_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("claimed_by", String(64), nullable=False),
    Column("claimed_at", BigInteger),
    Column("sent_at", BigInteger),
    Column("tries", SmallInteger, nullable=False),
    Column("message_id", String(64), nullable=False),  # WeChat's, or the mass job's
    Index("campaign_deliveries_due", "run_id", "state", "due_at"),
    Index("campaign_deliveries_of", "openid", "state"),
    sqlite_with_rowid=False,
)

consents = Table(
    "consents",
    metadata,
    Column("id", String(64), primary_key=True),  # a hash of the event that told it and the template
    Column("openid", String(64), nullable=False),
    Column("template_id", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("answer", String(8), nullable=False),  # accept, reject
    Column("scene", String(16), nullable=False),  # where they were asked: page, article, settings
    Column("spent_on", String(160), nullable=False),  # what it was used for, once; "" = it is left
    Column("spent_at", BigInteger),
    Index("consents_of", "openid", "template_id"),
    sqlite_with_rowid=False,
)

mass_jobs = Table(
    "mass_jobs",
    metadata,
    Column("client_id", String(64), primary_key=True),  # our clientmsgid: WeChat sends it once
    Column("run_id", String(96), nullable=False),
    Column("variant", String(32), nullable=False),
    Column("slug", String(128), nullable=False),
    Column("exposure_id", String(64), nullable=False),  # in its link: the client_id, for each person has an exposure
    Column("words", Text, nullable=False),  # the same for all of them
    Column("state", String(16), nullable=False),  # domain/mass_send.py lists them
    Column("people", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("claimed_by", String(64), nullable=False),
    Column("claimed_at", BigInteger),
    Column("tries", SmallInteger, nullable=False),
    Column("message_id", String(64), nullable=False),  # WeChat's msg_id
    Column("made_at", BigInteger, nullable=False),  # whether its people may have it was decided from then on
    Column("submitted_at", BigInteger),
    Column("finished_at", BigInteger),
    Column("outcome", Text, nullable=False),  # JSON of what MASSSENDJOBFINISH told
    Index("mass_jobs_due", "state", "due_at"),
    Index("mass_jobs_of", "run_id"),
    Index("mass_jobs_by_message", "message_id"),
    sqlite_with_rowid=False,
)

share_changes = Table(
    "share_changes",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("campaign", String(64), nullable=False),
    Column("kind", String(16), nullable=False),  # variants, channels
    Column("at", BigInteger, nullable=False),
    Column("before", Text, nullable=False),  # JSON {name: share}
    Column("after", Text, nullable=False),
    Column("why", Text, nullable=False),  # the figures it was decided by, in a sentence
    Column("changed_by", String(64), nullable=False),  # rule:<name>, or an operator's name
    Column("undone_by", String(64), nullable=False),  # "" = it stands
    Column("undone_at", BigInteger),
    Index("share_changes_of", "campaign", "at"),
    sqlite_with_rowid=False,
)

send_seconds = Table(
    "send_seconds",
    metadata,
    Column("second", BigInteger, primary_key=True),
    Column("count", BigInteger, nullable=False),  # sends that all processes together began in it
    sqlite_with_rowid=False,
)

campaign_measures = Table(
    "campaign_measures",
    metadata,
    Column("campaign", String(64), primary_key=True),
    Column("measured_at", BigInteger, nullable=False),
    Column("begin", BigInteger, nullable=False),  # when its first people were planned
    Column("until", BigInteger, nullable=False),  # when the last of them are followed to
    Column("people", BigInteger, nullable=False),  # written to or meant to be; those of the hold-out in …_held
    Column("people_held", BigInteger, nullable=False),
    Column("opened", BigInteger, nullable=False),
    Column("opened_held", BigInteger, nullable=False),
    Column("bought", BigInteger, nullable=False),
    Column("bought_held", BigInteger, nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("fen_held", BigInteger, nullable=False),
    Column("squares", BigInteger, nullable=False),  # of what each one paid
    Column("left", BigInteger, nullable=False),
    Column("left_held", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)
