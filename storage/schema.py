"""Every table. Times are whole seconds since 1970 (UTC), money is whole fen, ids are ``String(64)``.

Portable on purpose: no triggers, no RETURNING, no engine's own types. Changing a table means a new step in
``storage/migrations/versions`` too. The tables of the console, of campaigns and of what followers teach about
items stand in files of their own and are named here.
A *buyer* is an openid, or ``r:`` and the reader id of a browser nobody signed in with.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, Index, SmallInteger, String, Table, Text

from storage.campaign_schema import campaign_deliveries as campaign_deliveries
from storage.campaign_schema import campaign_measures as campaign_measures
from storage.campaign_schema import campaign_runs as campaign_runs
from storage.campaign_schema import consents as consents
from storage.campaign_schema import mass_jobs as mass_jobs
from storage.campaign_schema import send_seconds as send_seconds
from storage.campaign_schema import share_changes as share_changes
from storage.console_schema import console_acts as console_acts
from storage.console_schema import console_sessions as console_sessions
from storage.console_schema import console_tries as console_tries
from storage.learned_schema import item_figures as item_figures
from storage.learned_schema import neighbours as neighbours
from storage.learned_schema import source_tastes as source_tastes
from storage.learned_schema import watermarks as watermarks
from storage.metadata import metadata as metadata

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
    Column("asked_at", BigInteger),  # when they were asked about themselves, NULL = not yet
    Column("last_seen_at", BigInteger, nullable=False, server_default="0"),  # when they last did anything, to the hour
    Index("followers_by_subscription", "subscribed_at"),
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
    Column("score", Float(53), nullable=False),  # of likings, grown to the epoch of domain/interests.py; never < 0
    Column("since", BigInteger, nullable=False),  # evidence older than this was forgotten
    Column("learned_at", BigInteger, nullable=False),
    Column("cause", String(16), nullable=False),
    Column("word", String(64), nullable=False),
    Column("refused_at", BigInteger, nullable=False, server_default="0"),  # "别再推X" last, 0 = never
    Column("chosen_at", BigInteger, nullable=False, server_default="0"),  # "我喜欢X" last, 0 = never
    Index("interests_by_tag", "tag", "openid", "score", "refused_at", "chosen_at"),  # an audience is read from it alone
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
    Column("opened_at", BigInteger),  # the first click on it, NULL = none (yet)
    Column("terms", String(255), nullable=False, server_default=""),  # short JSON of its score's terms, "" = none
    Index("exposures_by_time", "at"),
    sqlite_with_rowid=False,
)

engagements = Table(
    "engagements",
    metadata,
    Column("openid", String(64), primary_key=True),  # or r: and the reader id of a browser
    Column("slug", String(128), primary_key=True),
    Column("strength", Float(53), nullable=False),  # of all they did with it, grown as interests.score is; never < 0
    Column("first_at", BigInteger, nullable=False),
    Column("changed_at", BigInteger, nullable=False),
    Column("opened_at", BigInteger),  # first
    Column("percent", SmallInteger, nullable=False),  # furthest read of what they may read: begins anew when bought
    Column("seconds", BigInteger, nullable=False),  # read in all
    Column("read_at", BigInteger),  # reading is counted up to here, NULL = nobody saw when they began
    Column("finished_at", BigInteger),
    Column("bought_at", BigInteger),
    Column("paid_fen", BigInteger, nullable=False),
    Column("returned_at", BigInteger),  # the money went back
    Column("liked", SmallInteger, nullable=False),
    Column("shared", SmallInteger, nullable=False),
    Column("stars", SmallInteger, nullable=False),  # 1 to 5, the last given; 0 = none
    Index("engagements_by_time", "changed_at"),
    Index("engagements_of_item", "slug"),
    sqlite_with_rowid=False,
)

unanswered = Table(
    "unanswered",
    metadata,
    Column("id", String(64), primary_key=True),  # of the behaviour that asked
    Column("openid", String(64), nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("words", Text, nullable=False),
    Index("unanswered_by_time", "at"),
    Index("unanswered_of", "openid"),
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
    Index("entitlements_by_end", "until"),
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
    Index("platform_reports_of", "event", "at"),
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

orders = Table(
    "orders",
    metadata,
    Column("order_no", String(32), primary_key=True),  # WeChat Pay's out_trade_no
    Column("buyer", String(64), nullable=False),
    Column("payer", String(64), nullable=False),  # the openid that must pay (jsapi), "" = anybody may
    Column("slug", String(128), nullable=False),
    Column("kind", String(16), nullable=False),  # of the item
    Column("title", String(128), nullable=False),  # as sent to WeChat Pay
    Column("price_fen", BigInteger, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),  # what is paid, after the coupon
    Column("coupon", String(64), nullable=False),
    Column("method", String(16), nullable=False),
    Column("reason", String(255), nullable=False),  # why this method
    Column("rejected", Text, nullable=False),  # JSON {method: why not}
    Column("exposure_id", String(64), nullable=False),  # which recommendation led here, "" = none
    Column("state", String(16), nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger, nullable=False),  # WeChat Pay's time_expire
    Column("superseded", SmallInteger, nullable=False),  # 1 = another order took its place: close it at WeChat Pay
    Column("prepay", String(512), nullable=False),  # prepay_id, code_url or h5_url; "" = none yet
    Column("prepay_until", BigInteger, nullable=False),
    Column("asks", SmallInteger, nullable=False),  # how often WeChat Pay was asked about it
    Column("ask_at", BigInteger),  # when to ask next, NULL = nothing to ask
    Column("transaction_id", String(64), nullable=False),
    Column("trade_type", String(16), nullable=False),
    Column("paid_at", BigInteger),
    Column("closed_at", BigInteger),
    Column("refund_fen", BigInteger, nullable=False),  # of refunds that are asked for or done
    Column("refunded_fen", BigInteger, nullable=False),  # of refunds that are done
    Index("orders_of_buyer", "buyer", "created_at"),
    Index("orders_to_ask", "ask_at"),
    Index("orders_by_time", "created_at"),
    sqlite_with_rowid=False,
)

open_orders = Table(
    "open_orders",
    metadata,
    Column("buyer", String(64), primary_key=True),
    Column("slug", String(128), primary_key=True),
    Column("order_no", String(32), nullable=False),  # the one order of this buyer for this item that waits for money
    sqlite_with_rowid=False,
)

refunds = Table(
    "refunds",
    metadata,
    Column("refund_no", String(64), primary_key=True),  # WeChat Pay's out_refund_no
    Column("order_no", String(32), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("reason", String(80), nullable=False),
    Column("asked_by", String(64), nullable=False),  # an operator's name, buyer, or rule:<name>
    Column("state", String(16), nullable=False),
    Column("refund_id", String(64), nullable=False),
    Column("asked_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
    Column("asks", SmallInteger, nullable=False),
    Column("ask_at", BigInteger),  # when to call WeChat Pay next, NULL = nothing to do
    Column("trouble", String(255), nullable=False),  # what WeChat Pay said last, when it was not well
    Index("refunds_of_order", "order_no"),
    Index("refunds_to_ask", "ask_at"),
    sqlite_with_rowid=False,
)

payment_evidence = Table(
    "payment_evidence",
    metadata,
    Column("id", String(64), primary_key=True),  # a hash of what was said: the same thing said twice is one row
    Column("at", BigInteger, nullable=False),
    Column("order_no", String(64), nullable=False),  # as WeChat Pay named it
    Column("heard_by", String(16), nullable=False),  # notify, query, refund, bill
    Column("wrong", String(64), nullable=False),  # what does not agree, "" = everything does
    Column("transaction_id", String(64), nullable=False),
    Column("fen", BigInteger, nullable=False),
    Column("body", Text, nullable=False),  # encrypted JSON of what was said
    Column("resolved_at", BigInteger),  # an operator looked at what was wrong
    Index("evidence_of_order", "order_no"),
    Index("evidence_open", "resolved_at", "wrong"),
    sqlite_with_rowid=False,
)

pay_calls = Table(
    "pay_calls",
    metadata,
    Column("minute", BigInteger, primary_key=True),  # seconds since 1970 of its beginning
    Column("call", String(16), primary_key=True),  # jsapi, native, h5
    Column("good", BigInteger, nullable=False),
    Column("declined", BigInteger, nullable=False),
    Column("unclear", BigInteger, nullable=False),  # no answer, or none that can be believed
    sqlite_with_rowid=False,
)

funnel_steps = Table(
    "funnel_steps",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("step", String(16), nullable=False),  # seen, tapped, ordered, opened, paid
    Column("buyer", String(64), nullable=False),
    Column("slug", String(128), nullable=False),
    Column("order_no", String(32), nullable=False),  # "" before there is one
    Column("method", String(16), nullable=False),
    Column("scene", String(16), nullable=False),  # wechat, mobile, desktop
    Column("exposure_id", String(64), nullable=False),
    Index("funnel_by_time", "at"),
    Index("funnel_of_buyer", "buyer", "slug"),
    sqlite_with_rowid=False,
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", String(64), primary_key=True),  # e.g. receipt:<order_no>: owed once
    Column("kind", String(16), nullable=False),  # receipt, reminder, refunded, …
    Column("buyer", String(64), nullable=False),
    Column("order_no", String(32), nullable=False),
    Column("slug", String(128), nullable=False),
    Column("state", String(16), nullable=False),  # owed, sending, sent, shown, waiting, failed, unsure
    Column("channel", String(16), nullable=False),  # window, template, notice, visit; "" = not chosen yet
    Column("owed_at", BigInteger, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("until", BigInteger),  # of no use after this, NULL = always of use
    Column("claimed_by", String(64), nullable=False),
    Column("claimed_at", BigInteger),
    Column("sent_at", BigInteger),
    Column("tries", SmallInteger, nullable=False),
    Column("message_id", String(64), nullable=False),  # WeChat's, for the report that follows
    Column("trouble", String(255), nullable=False),
    Index("deliveries_due", "state", "due_at"),
    Index("deliveries_of_buyer", "buyer"),
    sqlite_with_rowid=False,
)

sends = Table(
    "sends",
    metadata,
    Column("openid", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("channel", String(16), nullable=False),  # window, template, notice, mass
    Column("purpose", String(16), nullable=False, server_default="service"),  # service, marketing: caps count these
    sqlite_with_rowid=False,
)

coupon_uses = Table(
    "coupon_uses",
    metadata,
    Column("code", String(64), primary_key=True),
    Column("buyer", String(64), primary_key=True),
    Column("nth", SmallInteger, primary_key=True),  # 1 to the coupon's limit per person
    Column("order_no", String(32), nullable=False),
    Column("at", BigInteger, nullable=False),
    Index("coupon_of_order", "order_no"),
    sqlite_with_rowid=False,
)

coupons_held = Table(
    "coupons_held",
    metadata,
    Column("buyer", String(64), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("at", BigInteger, nullable=False),  # typed in the chat or brought by a link
    sqlite_with_rowid=False,
)

claim_codes = Table(
    "claim_codes",
    metadata,
    Column("code", String(64), primary_key=True),  # a keyed hash of what is typed
    Column("buyer", String(64), nullable=False),  # the reader whose orders and rights it moves
    Column("made_at", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
    Column("claimed_by", String(64), nullable=False),  # "" = nobody yet
    Column("claimed_at", BigInteger),
    Index("claims_of_buyer", "buyer"),
    sqlite_with_rowid=False,
)
