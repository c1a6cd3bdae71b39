"""Every limit of WeChat that we keep, in one list.

Sources: ``docs/platform.md`` names the section of the platform's own documentation for each.
"""

from __future__ import annotations

import datetime as dt

REPLY_TEXT_BYTES = 2048
"""A text reply, in UTF-8. Not official for passive replies (about 1,097 characters were seen to fail);
2,048 is the measured limit of customer-service messages, used for both."""

WEBHOOK_BODY_BYTES = 64 * 1024
"""Ours: a push of WeChat is a few hundred bytes; compatible mode triples that."""

PASSIVE_REPLY_SECONDS = 5.0
"""WeChat hangs up after this and sends the push again, three times in all."""

STORE_PATIENCE_SECONDS = 3.5
"""Ours: how long a push may wait for the database, so that an apology still arrives within the five seconds."""

PAGE_PATIENCE_SECONDS = 0.2
"""Ours: a click or a page view that cannot be stored at once is not worth a reader's wait."""

REMEMBER_REPLY_SECONDS = 24 * 3600
"""Ours: how long a reply's words are kept for retries. WeChat's last retry comes about 15 s after the first."""

MENU_BUTTONS, MENU_CHILDREN = 3, 5
MENU_NAME_BYTES, MENU_CHILD_NAME_BYTES = 16, 60
MENU_KEY_BYTES, MENU_URL_BYTES = 128, 1024

CARD_TITLE_CHARACTERS = 64
CARD_DESCRIPTION_CHARACTERS = 120
"""Ours: what a phone shows of a news card before it cuts."""

WINDOW_MESSAGES, WINDOW_MESSAGE_SECONDS = 5, 48 * 3600
"""Customer-service messages that a message of the follower allows, and for how long."""

WINDOW_ACTIONS, WINDOW_ACTION_SECONDS = 3, 60
"""The same for a tapped click or scan button, a follow, a scanned QR code. Paying and opening a page allow nothing."""

MASS_PER_MONTH = 4
"""Mass messages that one follower of a service account gets in a calendar month, in China's time."""

MASS_PEOPLE = 2, 10_000
"""Followers in one mass send by openid list: not fewer, not more."""

NOTICE_VALUE_CHARACTERS = {
    "thing": 20, "character_string": 32, "number": 32, "letter": 32, "symbol": 5, "time": 32, "date": 32,
    "amount": 14, "phone_number": 17, "car_number": 8, "name": 10, "phrase": 5, "const": 20,
}  # fmt: skip
"""By keyword of a template message or 订阅通知: the longest value. One that is longer has the message refused."""

QUIET_FROM_HOUR, QUIET_UNTIL_HOUR = 21, 9
"""Ours: nothing that the follower does not wait for is sent at night, by the account's clock."""

CHINA = dt.timezone(dt.timedelta(hours=8))
"""Where WeChat counts its days and months."""


def month_began(now: int) -> int:
    """When the calendar month of `now` began, where WeChat counts."""
    today = dt.datetime.fromtimestamp(now, CHINA)
    return int(today.replace(day=1, hour=0, minute=0, second=0, microsecond=0).timestamp())
