"""What the account did that breaks a rule of the platform, or of decency: counted by the platform itself.

The platform's rules (platform.md 4.1 to 4.5, 7): windows, quotas, template messages that advertise, consents, who left,
four mass messages a month, lists of a mass send. The others are what keeps an account's followers: nothing unasked at
night, one unasked message in 24 hours and three in seven days, none after 退订.

A platform cannot read minds. Unasked is every customer-service message more than a minute after the person's last act
(writing, tapping, scanning, following), every 订阅通知 and every mass message; but not a message that names what the
person ordered, paid or was refunded within the last day: receipts and news of an order are not marketing. Template
messages are service notices, and a violation when they advertise. Passive replies are always asked for.
"""

from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.followers import Follower
from simulator.pay.orders import Order, Orders

RULES = {
    "window": "a customer-service message outside the window, or beyond its count (45015, 45047)",
    "quota": "a call beyond the day's or the minute's quota (45009, 45011, 45028)",
    "template_marketing": "a template message that advertises",
    "no_consent": "a 订阅通知 without consent (43101)",
    "left": "a message to somebody who had left",
    "mass_list": "a mass send to too few or too many (40130, 40032)",
    "mass_month": "a fifth mass message to somebody in one calendar month",
    "quiet_hours": "an unasked message between 21 and 9 o'clock in China",
    "per_day": "a second unasked message within 24 hours",
    "per_week": "a fourth unasked message within seven days",
    "after_opt_out": "an unasked message after 退订",
    "twice": "the same unasked words twice within a day",
}
QUIET_FROM, QUIET_UNTIL = 21, 9
ASKED_SECONDS = 60
ORDER_SECONDS = 86_400
HEARD_SECONDS = 60
"""How long after somebody left, or typed 退订, a message may be on its way already."""
SLACK_SECONDS = 60
"""A message is counted when it arrives, some seconds after it was sent."""
DAY = 86_400
PER_DAY, PER_WEEK = 1, 3
STOP, GO_ON = "退订", "恢复订阅"
KEPT = 1000
_QUOTA = (45009, 45011, 45028)
_REFUSED = {45015: "window", 45047: "window", 43101: "no_consent", 40130: "mass_list", 40032: "mass_list"}
_GONE = (45015, 43004)
"""What is answered about somebody who left."""


@dataclass(frozen=True)
class Violation:
    """One of ``RULES`` was broken. `openid` is empty where it is about no single person."""

    at: int
    rule: str
    channel: str
    openid: str = ""
    words: str = ""


@dataclass
class Unasked:
    """What one person got unasked and wants: `got` holds (when, words), `stopped` topic → when they typed 退订."""

    got: list[tuple[int, str]] = field(default_factory=list)
    stopped: dict[str, int] = field(default_factory=dict)
    acted_at: float = 0.0
    left_at: int = 0


class Violations:
    """The count, and what it needs to know of each person."""

    def __init__(self) -> None:
        self.found: list[Violation] = []
        self.counts: Counter[str] = Counter()
        self.unasked: Counter[str] = Counter()
        self._people: dict[str, Unasked] = {}

    def note(self, rule: str, at: int, channel: str, openid: str = "", words: str = "") -> None:
        self.counts[rule] += 1
        self.found.append(Violation(at, rule, channel, openid, words[:200]))
        del self.found[:-KEPT]

    # --- what people do ------------------------------------------------------------------------------------------

    def acted(self, person: Follower, at: float) -> None:
        """They wrote, tapped, scanned or followed: what comes within a minute is an answer."""
        self._of(person).acted_at = at

    def said(self, person: Follower, words: str, at: int) -> None:
        """They typed something: 退订 and 退订 X end what comes unasked, 恢复订阅 begins it again."""
        head, _, topic = words.strip().partition(" ")
        if head == STOP:
            self._of(person).stopped[topic.strip()] = at
        elif head == GO_ON:
            self._of(person).stopped.clear()

    def left(self, person: Follower, at: int) -> None:
        self._of(person).left_at = at

    # --- what the account does -----------------------------------------------------------------------------------

    def sent(self, person: Follower, channel: str, words: str, now: int, orders: Orders) -> None:
        """The account writes to somebody: `channel` is kf, notice or mass."""
        known = self._of(person)
        if channel == "kf" and now - known.acted_at <= ASKED_SECONDS:
            return
        if any(_concerns(order, person.openid, words, now) for order in orders.kept.values()):
            return
        if not person.subscribed:
            self.sent_to_one_who_left(person, channel, now)
        self.unasked[channel] += 1
        for rule in _broken(known, words, now):
            self.note(rule, now, channel, person.openid, words)
        known.got = [(at, said) for at, said in known.got if at > now - 7 * DAY]
        known.got.append((now, words))

    def sent_to_one_who_left(self, person: Follower, channel: str, now: int) -> None:
        if now - self._of(person).left_at > HEARD_SECONDS:
            self.note("left", now, channel, person.openid)

    def refused(self, channel: str, errcode: int, person: Follower | None, now: int) -> None:
        """The platform answered with an error, of its own and not one that was ordered."""
        if person is not None and not person.subscribed and errcode in _GONE:
            self.sent_to_one_who_left(person, channel, now)
        elif errcode in _QUOTA or errcode in _REFUSED:
            self.note(
                "quota" if errcode in _QUOTA else _REFUSED[errcode], now, channel, person.openid if person else ""
            )

    def by_rule(self) -> dict[str, int]:
        """Each rule with how often it was broken."""
        return {rule: self.counts[rule] for rule in RULES}

    def as_json(self, most: int) -> dict[str, Any]:
        """The count by rule, how many messages were unasked by channel, and the newest violations."""
        return {
            "total": self.counts.total(),
            "by_rule": self.by_rule(),
            "unasked": dict(self.unasked),
            "violations": [asdict(one) for one in self.found[-most:]],
        }

    def _of(self, person: Follower) -> Unasked:
        return self._people.setdefault(person.openid, Unasked())


def _broken(known: Unasked, words: str, now: int) -> list[str]:
    """The rules that one more unasked message breaks."""
    day = [said for at, said in known.got if at > now - DAY + SLACK_SECONDS]
    week = [said for at, said in known.got if at > now - 7 * DAY + SLACK_SECONDS]
    stopped = [at for topic, at in known.stopped.items() if topic in words and now - at > HEARD_SECONDS]
    hour = (datetime.fromtimestamp(now, UTC) + timedelta(hours=8)).hour
    broken = {
        "quiet_hours": not QUIET_UNTIL <= hour < QUIET_FROM,
        "per_day": len(day) >= PER_DAY,
        "per_week": len(week) >= PER_WEEK,
        "after_opt_out": bool(stopped),
        "twice": words in day,
    }
    return [rule for rule, is_so in broken.items() if is_so]


def _concerns(order: Order, openid: str, words: str, now: int) -> bool:
    """Does the message name what this person ordered, paid or got back within the last day?"""
    payer = order.payer or str((order.request.get("payer") or {}).get("openid", ""))
    if payer != openid or str(order.request.get("description")) not in words:
        return False
    moments = (order.created_at, order.paid_at, *(refund.done_at for refund in order.refunds.values()))
    return max(moments) > now - ORDER_SECONDS
