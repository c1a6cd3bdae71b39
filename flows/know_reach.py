"""What decides whether somebody may be written to now, read for a whole page of people at once."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from domain.campaign import DAY, MARKETING, MASS, Campaign, Person
from domain.delivery import WINDOW
from domain.mass_send import mass_left
from domain.quota import MASS_PER_MONTH, WINDOW_MESSAGE_SECONDS, Ledger, month_began
from domain.window import Window, window
from storage import behaviours, consents, entitlements, followers, interests, opt_outs, sends
from storage.sends import SHUT, Sent
from storage.store import Transaction

TOUCHED_SECONDS = 7 * DAY
"""How far back the caps look."""
SPARE_SECONDS = 30
"""A push is begun no later before its window ends: the call comes up to 25 seconds after the claim."""


def reach(
    tx: Transaction, campaign: Campaign, template_id: str, openids: Collection[str], now: int
) -> dict[str, Person]:
    """Openid -> what decides, of at most ``among.MOST`` people; `template_id` is the one of the campaign's 订阅通知,
    "" for none. Seven reads, however many people. Who said 别再推X counts as having opted out of X."""
    following = followers.following(tx, openids)
    topics, refused = opt_outs.of_many(tx, openids), interests.refused_by(tx, openids)
    owned = entitlements.owned_by(tx, openids, now)
    sent = sends.lately(tx, openids, min(month_began(now), now - TOUCHED_SECONDS))
    windows = windows_of(tx, following, sent, now, SPARE_SECONDS) if WINDOW in campaign.channels else {}
    agreed = consents.left_of(tx, openids, template_id) if template_id else {}
    return {
        openid: Person(
            openid,
            openid in following,
            [*topics.get(openid, ()), *refused.get(openid, ())],
            owned.get(openid, ()),
            _touched(sent.get(openid, ()), now),
            windows[openid].left if openid in windows else 0,
            agreed.get(openid, 0),
            mass_left(
                [one.at for one in sent.get(openid, ()) if one.channel == MASS], now, campaign.caps.mass_per_week
            ),
        )
        for openid in openids
    }


def windows_of(
    tx: Transaction, following: Collection[str], sent: dict[str, list[Sent]], now: int, spare: int = 0
) -> dict[str, Window]:
    """The customer-service windows of people who follow, as they stand in `spare` seconds if nothing happens; `sent`
    reaches back at least as far as a window."""
    acts = behaviours.newest_acts(tx, following, now - WINDOW_MESSAGE_SECONDS, now)
    return {openid: _window(acts.get(openid, ()), sent.get(openid, ()), now + spare) for openid in following}


def window_of(tx: Transaction, openid: str, subscribed: bool, now: int) -> Window:
    """The follower's customer-service window as it stands."""
    sent = sends.lately(tx, (openid,), now - WINDOW_MESSAGE_SECONDS)
    return windows_of(tx, (openid,), sent, now)[openid] if subscribed else window((), False, now)


def ledger_of(tx: Transaction, openid: str, now: int) -> tuple[Ledger, Window]:
    """Everything that decides what may be sent to one person now, whatever it is about; and their window."""
    follows = bool(followers.following(tx, (openid,)))
    sent = sends.lately(tx, (openid,), min(month_began(now), now - TOUCHED_SECONDS))
    window = window_of(tx, openid, follows, now)
    found = sent.get(openid, ())
    ledger = Ledger(
        follows,
        window.left,
        window.until,
        sum(consents.of(tx, openid).values()),
        mass_left([one.at for one in found if one.channel == MASS], now, MASS_PER_MONTH),
        _touched(found, now),
        "" in opt_outs.of(tx, openid),
    )
    return ledger, window


def _touched(sent: Iterable[Sent], now: int) -> list[int]:
    return [one.at for one in sent if one.purpose == MARKETING and one.at > now - TOUCHED_SECONDS]


def _window(acts: Iterable[tuple[str, str, int]], sent: Iterable[Sent], now: int) -> Window:
    shut_at = max((one.at for one in sent if one.channel == SHUT), default=0)
    return window(acts, True, now, [one.at for one in sent if one.channel == WINDOW], shut_at)
