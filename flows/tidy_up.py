"""What must not be kept longer than it is needed."""

from __future__ import annotations

from domain.quota import REMEMBER_REPLY_SECONDS
from storage import erasure, followers, pay_calls, replies, reports
from storage.store import Store

GONE_FOR_SECONDS = 7 * 86_400
"""Who left and comes back within a week is still known; after it WeChat's wish to delete is followed."""
REPORTS_KEPT_SECONDS = 30 * 86_400
PAY_CALLS_KEPT_SECONDS = 7 * 86_400
AT_ONCE = 200


def forget_old_replies(store: Store, now: int) -> str:
    """Drop the words of answers that no retry can ask for any more."""
    with store.write() as tx:
        return f"{replies.forget(tx, now - REMEMBER_REPLY_SECONDS)} replies forgotten"


def forget_old_reports(store: Store, now: int) -> str:
    """Drop what WeChat reported a month ago: openids are in it."""
    with store.write() as tx:
        return f"{reports.forget(tx, now - REPORTS_KEPT_SECONDS)} reports forgotten"


def forget_old_pay_calls(store: Store, now: int) -> str:
    """Drop how WeChat Pay answered a week ago: only the last minutes decide anything."""
    with store.write() as tx:
        return f"{pay_calls.forget(tx, now - PAY_CALLS_KEPT_SECONDS)} minutes forgotten"


def forget_who_left(store: Store, now: int) -> str:
    """Erase what is held about followers who left a week ago; what they own stays theirs."""
    erased = 0
    while True:
        with store.read() as tx:
            gone = followers.left_before(tx, now - GONE_FOR_SECONDS, AT_ONCE)
        for openid in gone:
            with store.write() as tx:
                erasure.erase(tx, openid)
                followers.forgotten(tx, openid)
        erased += len(gone)
        if len(gone) < AT_ONCE:
            return f"{erased} followers forgotten"
