"""Our books against WeChat Pay's: silent orders and refunds are asked about, and each day's bill is compared line by
line. What differs is named, kept, and told to the operator."""

from __future__ import annotations

import datetime as dt
import json
import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from zoneinfo import ZoneInfo

from domain.order import WAITING, Order
from domain.payment import SUCCESS, BillLine
from domain.refund import CLOSED as GIVEN_UP
from domain.refund import Refund
from errors import Declined, PayDeclined, PayUnclear
from flows.ask_order import ask_order, next_ask
from flows.refund_order import apply_refund, call_about
from flows.settle_payment import WRONG
from flows.till import Till
from storage import evidence, orders, refunds

log = logging.getLogger(__name__)

AT_ONCE = 20
"""Of one round; the rest has its turn in the next, a few seconds later."""
EVERYTHING = 100_000
DAY = 86_400
CHINA = ZoneInfo("Asia/Shanghai")
BILL_READY = dt.timedelta(hours=34)
"""After the beginning of its day: ten o'clock of the next, in China's time."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One line in which our books and WeChat Pay's do not agree; amounts in fen, -1 = not there."""

    kind: str
    order_no: str
    refund_no: str
    ours_fen: int
    theirs_fen: int


def ask_silent_orders(till: Till, now: int) -> str:
    """Ask about the orders whose turn it is; say what came of it, "" when there was none."""
    with till.store.read() as tx:
        due = orders.to_ask(tx, now, AT_ONCE)
    return _told(_ask(till, due, now))


def _ask(till: Till, due: Iterable[Order], now: int) -> Counter[str]:
    """Ask about each, until WeChat Pay gives no clear answer: then it gives none to the next either."""
    outcomes: Counter[str] = Counter()
    for order in due:
        with till.store.write() as tx:
            if not orders.asking(tx, order, next_ask(order, now)):
                continue
        try:
            outcome = ask_order(till, order, now)
            if outcome == WRONG:  # an operator's turn; asking again would hear the same
                with till.store.write() as tx:
                    orders.ask_again(tx, order.order_no, None)
            outcomes[outcome] += 1
        except PayDeclined as declined:
            log.error("order %s: %s", order.order_no, declined)
            outcomes["declined"] += 1
        except PayUnclear as unclear:
            log.warning("order %s: %s", order.order_no, unclear)
            outcomes["unclear"] += 1
            break
    return outcomes


def call_about_refunds(till: Till, now: int) -> str:
    """Send or ask about the refunds whose turn it is; say what came of it, "" when there was none."""
    with till.store.read() as tx:
        due = refunds.to_ask(tx, now, AT_ONCE)
    return _told(Counter(call_about(till, one.refund_no, now).state for one in due))


def _told(outcomes: Counter[str]) -> str:
    return ", ".join(f"{number} {outcome}" for outcome, number in sorted(outcomes.items()))


def reconcile_now(till: Till, now: int) -> dict[str, int]:
    """Ask about everything that is not finished, due or not; return how many came out how."""
    with till.store.read() as tx:
        waiting, unfinished = orders.lately(tx, EVERYTHING, WAITING), refunds.unfinished(tx, EVERYTHING)
    outcomes = _ask(till, waiting, now)
    with till.store.write() as tx:
        for refund in unfinished:
            refunds.note(tx, refund.refund_no, refund.state, refund.refund_id, refund.trouble, now)
    outcomes.update(f"refund {call_about(till, one.refund_no, now).state}" for one in unfinished)
    return dict(outcomes)


# --- the bill of a day -------------------------------------------------------------------------------------------


def last_bill_day(now: int) -> str:
    """The newest day whose bill is ready, YYYY-MM-DD in China's time."""
    return (dt.datetime.fromtimestamp(now, CHINA) - BILL_READY).date().isoformat()


def compare_last_bill(till: Till, now: int) -> str:
    """Compare the newest bill; say how many differences there are."""
    day = last_bill_day(now)
    return f"{day}: {len(compare_bill(till, day, now))} differences"


def compare_bill(till: Till, day: str, now: int) -> list[Difference]:
    """Every difference between our books and the bill of a day (YYYY-MM-DD, China's time), kept as evidence.

    Raises ``Declined`` for a day whose bill is not ready, ``PayUnclear`` and ``PayDeclined``.
    """
    begin = int(dt.datetime.fromisoformat(day).replace(tzinfo=CHINA).timestamp())
    if day > last_bill_day(now):
        raise Declined(f"the bill of {day} is not ready: it is at ten o'clock of the next day")
    lines = till.pay.bill(day)
    with till.store.read() as tx:
        ours, back = orders.paid_between(tx, begin, begin + DAY), refunds.asked_between(tx, begin, begin + DAY)
    found = [one for line in lines for one in [_look_at(till, line, now)] if one]
    paid, returned = {line.order_no for line in lines if not line.refund_no}, {line.refund_no for line in lines}
    found += [one for order in ours if order.order_no not in paid for one in [_not_billed(till, order, begin)] if one]
    found += [one for refund in back if refund.refund_no not in returned for one in [_unknown(till, refund)] if one]
    for one in found:
        _keep(till, one, day, now)
    return found


def _look_at(till: Till, line: BillLine, now: int) -> Difference | None:
    """What is wrong with a line of the bill. A payment we had not heard of is settled now."""
    if line.refund_no:
        with till.store.read() as tx:
            refund = refunds.find(tx, line.refund_no)
        if refund is not None and refund.state == GIVEN_UP:
            told = till.pay.ask_refund(line.refund_no)
            if told is not None and told.status == SUCCESS:
                apply_refund(till, told, now)
        if refund is None:
            return Difference("unknown_refund", line.order_no, line.refund_no, -1, line.fen)
        return None if refund.fen == line.fen else _differs(line, refund.fen)
    order = _order(till, line.order_no)
    if order is not None and order.paid_at is None:
        ask_order(till, order, now)
        order = _order(till, line.order_no)
    if order is None or order.paid_at is None:
        return Difference("unknown_order" if order is None else "not_settled", line.order_no, "", -1, line.fen)
    if order.transaction_id != line.transaction_id:
        return Difference("another_transaction", line.order_no, "", order.amount_fen, line.fen)
    return None if order.amount_fen == line.fen else _differs(line, order.amount_fen)


def _differs(line: BillLine, ours: int) -> Difference:
    return Difference("wrong_amount", line.order_no, line.refund_no, ours, line.fen)


def _order(till: Till, order_no: str) -> Order | None:
    with till.store.read() as tx:
        return orders.find(tx, order_no)


def _not_billed(till: Till, order: Order, begin: int) -> Difference | None:
    """An order of ours that the bill does not have, unless WeChat Pay has it on another day."""
    told = till.pay.ask(order.order_no)
    if told is not None and told.paid_at is not None and not begin <= told.paid_at < begin + DAY:
        return None
    return Difference("not_in_the_bill", order.order_no, "", order.amount_fen, -1)


def _unknown(till: Till, refund: Refund) -> Difference | None:
    """A refund of ours that the bill does not have, unless WeChat Pay took it on another day, or has not yet."""
    if not refund.refund_id or till.pay.ask_refund(refund.refund_no) is not None:
        return None
    return Difference("not_in_the_bill", refund.order_no, refund.refund_no, refund.fen, -1)


def _keep(till: Till, one: Difference, day: str, now: int) -> None:
    said = json.dumps({"day": day, **asdict(one)}, sort_keys=True)
    hidden = till.hide(said)
    with till.store.write() as tx:
        new = evidence.keep(tx, said, hidden, now, one.order_no, "bill", one.kind, "", max(one.theirs_fen, 0))
    if new:
        log.error("the bill of %s differs (%s): see python bot.py order show %s", day, one.kind, one.order_no)
