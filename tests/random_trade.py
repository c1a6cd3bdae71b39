"""Random histories of a shop, and what must hold of the money after each step and when everything has come to rest."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from shop_at_hand import CHEN, NOON
from trade_in_process import Crash, Trade, TradeFair

from domain.claim import ClaimCodes
from domain.order import CLOSED, H5, JSAPI, METHODS, NATIVE, PAID, REFUNDED, REFUNDING, WAITING
from errors import ShutongError
from flows.ask_order import ask_order
from flows.claim_purchase import claim, claim_code
from flows.reconcile import (
    CHINA,
    DAY,
    ask_silent_orders,
    call_about_refunds,
    compare_bill,
    last_bill_day,
    reconcile_now,
)
from flows.refund_order import refund_order, return_within_cooling_off
from flows.start_order import start_order
from simulator.pay.cashier import WAYS
from simulator.pay.tricks import TRICKS
from storage import orders

LIN, READERS = "oSim02LinXiaoYu4Rt8cZp1Hs6dQ", ("r:browser1", "r:browser2")
PRICES = {"run-30": 990, "dumbbell": 1280}
OFF = 100
EDGES = {
    (WAITING, PAID), (WAITING, CLOSED), (CLOSED, PAID), (PAID, REFUNDING), (REFUNDING, PAID), (REFUNDING, REFUNDED),
}  # fmt: skip
PAY_FAULTS = ("pay_busy", "pay_frequency", "pay_502", "pay_reset_before", "pay_reset_after", "pay_signtest")
REFUND_ENDS = ("SUCCESS", "ABNORMAL", "CLOSED")
PAUSES = (1, 5, 15, 60, 300, 600, 1_750, 7_200, DAY)
REST = (60, 60, 300, 600, 1_800, 3_600, 6 * 3_600, 6 * 3_600)
BUYERS, SLUGS = st.sampled_from((CHEN, LIN, *READERS)), st.sampled_from(sorted(PRICES))
COUPONS, NOTICES = st.sampled_from(("", "", "NEW")), st.sampled_from(("", "", "", *TRICKS))
LIES: tuple[dict[str, object], ...] = (
    {}, {"amount": {"total": 990, "currency": "USD"}}, {"amount": {"total": 990, "currency": "CNY"}, "appid": "wx0"},
    {"amount": {"total": 990, "currency": "CNY"}, "mchid": "1"}, {"amount": None}, {"trade_state": "NOTPAY"},
    {"out_trade_no": "nobodys0"},
)  # fmt: skip
ANY = st.integers(0, 99)
"""Which of those there are."""


class RandomTrade(RuleBasedStateMachine):
    """Buyers tap, pay, let it be; WeChat Pay answers late, wrong or not; the process dies and comes back."""

    fair: ClassVar[TradeFair]
    seen: ClassVar[Counter[str]] = Counter()
    """What all histories together came through."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.trade: Trade = self._stack.enter_context(self.fair.trade())
        self.codes = ClaimCodes("a-secret-for-claim-codes")
        self.seen["sequences"] += 1

    def act(self, what: str, deed: Callable[[], Any]) -> Any:
        """A step that may be refused, and in which the process may die."""
        self.seen["steps"] += 1
        try:
            came = deed()
        except Crash:
            self.seen[f"{what}: crash"] += 1
            self.trade.crashed()
            return None
        except ShutongError as refused:
            came = type(refused).__name__
        self.seen[f"{what}: {came}" if isinstance(came, str) else what] += 1
        return came

    def numbers(self, tests: str = "1") -> list[str]:
        """Orders of ours that pass, in the order in which they were made: their numbers are chance."""
        question = f"select order_no from orders join made using (order_no) where {tests} order by nth"
        return [row[0] for row in self.trade.book(question)]

    # --- what may happen ----------------------------------------------------------------------------------------

    @rule(buyer=BUYERS, slug=SLUGS, method=st.sampled_from(METHODS), coupon=COUPONS)
    def a_buyer_taps(self, buyer: str, slug: str, method: str, coupon: str) -> None:
        if buyer in READERS and method == JSAPI:
            method = NATIVE
        price = PRICES[slug]
        offer = {"slug": slug, "price_fen": price, "amount_fen": price - OFF * bool(coupon), "coupon": coupon}
        sale = self.trade.sale(method, buyer, **offer)
        made = self.act("tap", lambda: start_order(self.trade.till, sale, self.trade.now))
        if made and not isinstance(made, str):
            assert made.order.amount_fen == offer["amount_fen"], "the price shown is the price charged"

    @rule(which=ANY, payer=st.sampled_from((CHEN, LIN)), way=st.sampled_from((*WAYS, "pay", "pay")), trick=NOTICES)
    def somebody_is_at_the_cashier(self, which: int, payer: str, way: str, trick: str) -> None:
        if known := [(row, one) for row in self.trade.orders().values() for one in row["prepay_ids"]]:
            self._choose(*known[which % len(known)], payer, way, trick)

    @rule(buyer=BUYERS, slug=SLUGS, method=st.sampled_from(METHODS), coupon=COUPONS, trick=NOTICES)
    def a_buyer_buys(self, buyer: str, slug: str, method: str, coupon: str, trick: str) -> None:
        """Taps, and pays at once."""
        self.a_buyer_taps(buyer, slug, method, coupon)
        if rows := list(self.trade.orders().values()):
            payer = CHEN if buyer in READERS else buyer
            self._choose(rows[-1], rows[-1]["prepay_ids"][-1], payer, "pay", trick)

    def _choose(self, row: dict[str, Any], prepay: str, payer: str, way: str, trick: str) -> None:
        self.trade.platform.post("settings", {"phone_system": "browser" if row["kind"] == H5 else "android"})
        self.trade.tricks(trick)
        wanted = {"openid": payer, "prepay_id": prepay, "way": way}
        self.act("cashier", lambda: self.trade.platform.post("pay/choose", wanted))
        if way != "late":
            self.trade.tricks()

    @rule(seconds=st.sampled_from(PAUSES))
    def time_goes_on(self, seconds: int) -> None:
        self.act("time", lambda: self.trade.advance(seconds))

    @precondition(lambda self: self.trade.sent)
    @rule(which=ANY)
    def an_old_notification_comes_again(self, which: int) -> None:
        self.act("again", lambda: str(self.trade.arrive(which % len(self.trade.sent))))

    @rule(which=ANY, lie=st.sampled_from(LIES))
    def a_notification_lies(self, which: int, lie: dict[str, object]) -> None:
        """Rightly signed, of an order for which no money came."""
        if unpaid := [no for no, row in self.trade.orders().items() if not row.get("transaction_id")]:
            told = {"out_trade_no": unpaid[which % len(unpaid)], "amount": {"total": 1, "currency": "CNY"}, **lie}
            self.act("lie", lambda: str(self.trade.tell(**told)[0]))

    @rule(which=ANY)
    def the_page_asks_about_an_order(self, which: int) -> None:
        if numbers := self.numbers(f"state = '{WAITING}'"):
            with self.trade.bot.store.read() as tx:
                order = orders.find(tx, numbers[which % len(numbers)])
            assert order
            self.act("ask", lambda: ask_order(self.trade.till, order, self.trade.now))

    @rule()
    def the_clock_beats(self) -> None:
        self.act("clock", self._beat)

    def _beat(self) -> None:
        ask_silent_orders(self.trade.till, self.trade.now)
        call_about_refunds(self.trade.till, self.trade.now)

    @rule()
    def an_operator_reconciles(self) -> None:
        self.act("reconcile", lambda: reconcile_now(self.trade.till, self.trade.now))

    @rule(which=ANY, fen=st.sampled_from((None, None, 1, 400, 890)), ends=st.sampled_from(REFUND_ENDS),
          trick=st.sampled_from(("", *TRICKS)), buyer=st.booleans())  # fmt: skip
    def money_is_asked_back(self, which: int, fen: int | None, ends: str, trick: str, buyer: bool) -> None:
        if not (numbers := self.numbers("paid_at is not null")):
            return
        number = numbers[which % len(numbers)]
        self.trade.platform.post("pay/refund-ends", {"statuses": [ends]})
        self.trade.tricks(trick)
        if buyer:
            (row,) = self.trade.book(f"select buyer from orders where order_no = '{number}'")
            back = lambda: return_within_cooling_off(self.trade.till, number, row[0], self.trade.now)  # noqa: E731
        else:
            back = lambda: refund_order(self.trade.till, number, fen, "x", "lin", self.trade.now)  # noqa: E731
        self.act("refund", back)

    @rule(reader=st.sampled_from(READERS), openid=st.sampled_from((CHEN, LIN)))
    def a_follower_claims_what_a_browser_bought(self, reader: str, openid: str) -> None:
        self.act("claim", lambda: self._claim(reader, openid))

    def _claim(self, reader: str, openid: str) -> None:
        store, now = self.trade.bot.store, self.trade.now
        code = claim_code(store, self.codes, reader, now)
        with store.write() as tx:
            claim(tx, self.codes.stored(code), openid, now)

    @rule(kinds=st.lists(st.sampled_from(PAY_FAULTS), min_size=1, max_size=3))
    def wechat_pay_will_be_in_trouble(self, kinds: list[str]) -> None:
        self.trade.spoil(*kinds)

    @rule(steps=st.integers(1, 9))
    def the_process_will_die(self, steps: int) -> None:
        self.trade.fuse.light(steps)

    @rule(steps=st.integers(1, 9), what=st.sampled_from(("pay", "tap", "beat", "reconcile", "refund")), which=ANY,
          method=st.sampled_from(METHODS))  # fmt: skip
    def something_will_happen_in_the_middle(self, steps: int, what: str, which: int, method: str) -> None:
        """As if another process did it, between two steps of this one."""

        def deed() -> None:
            self.seen["in the middle"] += 1
            if what == "pay":
                self.somebody_is_at_the_cashier(which, CHEN, "pay", "")
                self.trade.platform.post("settle")
            elif what == "tap":
                self.a_buyer_taps(CHEN, "run-30", method, "")
            elif what == "beat":
                self.the_clock_beats()
            elif what == "reconcile":
                self.an_operator_reconciles()
            else:
                self.money_is_asked_back(which, None, "SUCCESS", "", False)

        self.trade.fuse.light(steps, deed)

    @rule()
    def the_process_restarts(self) -> None:
        self.trade.restart()

    # --- what must hold -----------------------------------------------------------------------------------------

    @invariant()
    def no_right_without_money(self) -> None:
        paid = {number for number, row in self.trade.orders().items() if row.get("transaction_id")}
        assert {row["source"].removeprefix("order:") for row in self.rights()} <= paid

    @invariant()
    def nothing_is_given_twice(self) -> None:
        sources = [row["source"] for row in self.rights()]
        assert len(sources) == len(set(sources)), "one payment gives one right"
        again = self.trade.book("select buyer, source from grants group by buyer, source having count(*) > 1")
        assert not again, "what was withdrawn comes back by no repetition"

    @invariant()
    def an_order_moves_along_its_edges(self) -> None:
        assert {(row["before"], row["after"]) for row in self.trade.book("select distinct * from edges")} <= EDGES

    @invariant()
    def no_more_goes_back_than_came(self) -> None:
        bad = "refunded_fen > refund_fen or refund_fen > amount_fen or (refund_fen > 0 and paid_at is null)"
        assert not self.numbers(bad)
        reserved = f"select sum(fen) from refunds r where r.order_no = orders.order_no and r.state <> '{CLOSED}'"
        assert not self.numbers(f"refund_fen <> coalesce(({reserved}), 0)")

    @invariant()
    def a_coupon_is_used_as_often_as_allowed(self) -> None:
        waiting = f"order_no in (select order_no from orders where state = '{WAITING}')"
        assert not self.trade.book(
            f"select 1 from coupon_uses where {waiting} group by code, buyer having count(*) > 1"
        )

    def rights(self) -> list[Any]:
        return self.trade.book("select openid, slug, source from entitlements")

    # --- at rest ------------------------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            self.trade.restart()
            self.trade.platform.post("faults/clear")
            self.trade.platform.post("pay/refund-ends", {"statuses": []})
            self.trade.tricks()
            self._come_to_rest()
            self._no_order_is_left_open()
            named = self._money_is_access()
            self._operator_returns(named)
            assert self._money_is_access() <= self._abnormal(), "what the operator could return is returned"
            self._bills_agree()
        finally:
            self._stack.close()

    def _come_to_rest(self) -> None:
        """The outstanding work runs, by the clock alone, as long as it takes."""
        for seconds in REST:
            self.trade.advance(seconds)
            self._beat()
            self.no_right_without_money()
        self.nothing_is_given_twice()
        self.an_order_moves_along_its_edges()

    def _no_order_is_left_open(self) -> None:
        assert not self.numbers(f"state = '{WAITING}'") and not self.trade.book("select * from open_orders")
        payable = {number for number, row in self.trade.orders().items() if row["trade_state"] == "NOTPAY"}
        assert not payable, "what is closed here is closed at WeChat Pay"
        unpaid = "select order_no from orders where paid_at is null"
        assert not self.trade.book(f"select * from coupon_uses where order_no in ({unpaid})"), "a use comes back"
        endless = "select * from refunds where state in ('asked', 'processing')"
        assert not self.trade.book(endless), "every refund has come to an end"

    def _money_is_access(self) -> set[str]:
        """Received less returned, by WeChat Pay's book, is the value of what is given. Returns the numbers of orders
        whose money stays without access, each of which an operator has been told of."""
        held = {row["source"].removeprefix("order:") for row in self.rights()}
        ours = {row["order_no"]: row for row in self.trade.book("select * from orders")}
        named, kept, given = set(), 0, 0
        for number, row in self.trade.orders().items():
            left = _left(row)
            kept += left
            if number in held:
                assert left == ours[number]["amount_fen"] - ours[number]["refunded_fen"] > 0, "as much as is left"
                given += left
            elif left:
                named.add(number)
                given += left
        assert kept == given and held <= set(ours)
        told = {
            row[0] for row in self.trade.book("select order_no from payment_evidence where wrong = 'refund_closed'")
        }
        assert named <= told | self._abnormal(), "money is kept without access, and nobody is told"
        return named

    def _abnormal(self) -> set[str]:
        return {row[0] for row in self.trade.book("select order_no from refunds where state = 'abnormal'")}

    def _operator_returns(self, named: set[str]) -> None:
        for number in sorted(named - self._abnormal()):
            refund_order(self.trade.till, number, None, "x", "lin", self.trade.now)
        self._come_to_rest()

    def _bills_agree(self) -> None:
        """Each day's bill, to a difference of zero."""
        self.trade.advance(2 * DAY)
        day, last = dt.datetime.fromtimestamp(NOON, CHINA).date(), last_bill_day(self.trade.now)
        while day.isoformat() <= last:
            assert compare_bill(self.trade.till, day.isoformat(), self.trade.now) == []
            day += dt.timedelta(days=1)


def _left(row: dict[str, Any]) -> int:
    """What of an order's money is with the merchant, by WeChat Pay's book."""
    came = row["amount"]["total"] if row.get("transaction_id") else 0
    return came - sum(one["amount"]["refund"] for one in row["refunds"] if one["status"] == "SUCCESS")
