"""What operators see and do about orders: lists, one order, evidence, the funnel, and money that goes back."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_in_process import PAID_WORDS, Workshop
from shop_at_hand import CHEN, Shop, shop_at_hand

from domain.order import NATIVE
from storage import deliveries, evidence, funnel
from storage.funnel import Step
from tests.web.console_at_hand import Operator, staff_in


@pytest.fixture
def shop(workshop: Workshop, tmp_path: Path) -> Iterator[Shop]:
    staff_in(tmp_path / "users.json")
    with shop_at_hand(workshop, CONSOLE_USERS_FILE=str(tmp_path / "users.json")) as one:
        yield one


def at_desk(shop: Shop, name: str) -> Operator:
    return Operator(shop.bot, name, shop.bot.settings.public_url)


def odd_payment(shop: Shop, order_no: str, wrong: str = "wrong_amount") -> None:
    hidden = shop.till.hide('{"payer": "oPayerOfSomethingElse0123456", "trade_state": "SUCCESS"}')
    with shop.bot.store.write() as tx:
        evidence.keep(tx, f"{order_no}{wrong}", hidden, shop.now, order_no, "notify", wrong, "4200001234", 100)


# --- looking ----------------------------------------------------------------------------------------------------


def test_orders_are_listed_by_state_with_buyers_shortened(shop: Shop) -> None:
    bought, waits = shop.buy(), shop.order(NATIVE, "r:0123456789abcdef").order
    vera = at_desk(shop, "vera")
    text = vera.get("/console/orders").text
    assert bought.order_no in text and waits.order_no in text and "¥9.90" in text
    assert (
        CHEN not in text and f"{CHEN[:4]}…{CHEN[-4:]}" in text and "浏览器" in text and "r:0123456789abcdef" not in text
    )
    paid = vera.get("/console/orders?state=paid").text
    assert bought.order_no in paid and waits.order_no not in paid
    assert "没有这种状态的订单" in vera.get("/console/orders?state=refunded").text
    assert vera.get("/console/orders?state=%27or&after=x.%27").status_code == 200


def test_every_order_stands_on_exactly_one_page(shop: Shop) -> None:
    made = {shop.order(NATIVE, f"r:reader{number:02d}").order.order_no for number in range(65)}  # all in one second
    vera, path, seen = at_desk(shop, "vera"), "/console/orders", []
    while path:
        text = vera.get(path).text
        seen += re.findall(r"<code>([a-z0-9]{24})</code>", text)
        more = re.search(r'href="([^"]*after=[^"]*)"', text)
        path = html.unescape(more[1]) if more else ""
    assert len(seen) == 65 and set(seen) == made


def test_an_order_is_found_by_the_numbers_on_the_buyers_bill(shop: Shop) -> None:
    bought = shop.buy()
    vera = at_desk(shop, "vera")
    for number in (bought.order_no, bought.order_no[:6], f" {bought.transaction_id} "):
        assert vera.get(f"/console/orders?number={number}").headers["Location"] == f"/console/orders/{bought.order_no}"
    for number in ("nosuchorder", "%25%25%25%25", "____", "<script>"):
        answer = vera.get(f"/console/orders?number={number}")
        assert answer.status_code == 200 and "没有找到" in answer.text and "<script" not in answer.text


def test_one_order_tells_its_method_its_steps_and_its_messages_but_never_the_paid_part(shop: Shop) -> None:
    bought = shop.buy(amount_fen=790, coupon="AUTUMN")
    with shop.bot.store.write() as tx:
        funnel.add(tx, Step(funnel.OPENED, shop.now, CHEN, "run-30", "wechat", "", bought.order_no, "jsapi"))
    text = at_desk(shop, "vera").get(f"/console/orders/{bought.order_no}").text
    for told in (
        "已付款",
        "¥7.90",
        "AUTUMN",
        "微信内支付",
        "在微信里",
        "打开收银台",
        "付了款",
        "购买通知",
        "有效",
        bought.transaction_id,
    ):
        assert told in text, told
    assert CHEN not in text and PAID_WORDS not in text and bought.prepay not in text and "退款…" not in text


def test_who_returns_money_sees_the_whole_openid_and_that_is_written_down(shop: Shop) -> None:
    bought = shop.buy()
    assert CHEN in at_desk(shop, "fina").get(f"/console/orders/{bought.order_no}").text
    seen = [row for row in shop.bot.rows("console_acts") if row["act"] == "order_seen"]
    assert [(row["who"], row["about"]) for row in seen] == [("fina", bought.order_no)]


def test_an_unknown_order_is_not_found(shop: Shop) -> None:
    fina = at_desk(shop, "fina")
    for path in ("nosuchorder", "a%00b", "nosuchorder/refund"):
        assert fina.get(f"/console/orders/{path}").status_code == 404


def test_the_funnel_tells_how_many_paid_by_each_method(shop: Shop) -> None:
    shop.buy()
    shop.order(NATIVE, "r:reader")
    with shop.bot.store.write() as tx:
        for number in range(4):
            funnel.add(tx, Step(funnel.SEEN, shop.now, f"o{number}", "run-30", "wechat"))
        for number, method in enumerate(["jsapi", "jsapi", "native"]):
            funnel.add(tx, Step(funnel.ORDERED, shop.now, "o", "run-30", "wechat", "", f"order{number}", method))
    vera = at_desk(shop, "vera")
    rows = re.findall(r'<th scope="row">(.*?)</th>' + r"<td>(.*?)</td>" * 4, vera.get("/console/funnel?days=7").text)
    found = {name: numbers for name, *numbers in rows}
    assert found["微信内支付"][2:] == ["1", "50%"] and found["扫码支付"][2:] == ["0", "0%"]
    assert found["合计"][2] == "1"
    shop.bot.clock.now += 60
    assert vera.get("/console/funnel?days=x").status_code == 200


def test_the_first_page_tells_what_needs_somebody(shop: Shop) -> None:
    vera = at_desk(shop, "vera")
    assert "没有要处理的事" in vera.get("/console/").text
    bought = shop.buy()
    odd_payment(shop, bought.order_no)
    with shop.bot.store.write() as tx:
        deliveries.owe(tx, "reminder", CHEN, "lostmessage", "run-30", shop.now, shop.now)
        deliveries.claim(tx, "reminder:lostmessage", "window", "me", shop.now)
        deliveries.unsure(tx, "reminder:lostmessage", "me", "silence")
    shop.bot.live.mistakes = ['articles/x.md:7: price: "abc" is not an amount']
    text = html.unescape(vera.get("/console/").text)
    for told in ("金额不符", "lostmessage", "不确定发出没有", 'articles/x.md:7: price: "abc"'):
        assert told in text, told
    assert "没有要处理的事" not in text


# --- evidence ---------------------------------------------------------------------------------------------------


def test_evidence_is_looked_at_and_marked_by_who_may(shop: Shop) -> None:
    odd_payment(shop, "notourorder01", "unknown_order")
    odd_payment(shop, "", "not_settled")
    vera, fina = at_desk(shop, "vera"), at_desk(shop, "fina")
    text = vera.get("/console/evidence").text
    assert "没有这个订单" in text and "没有单号" in text and "标记为已处理" not in text
    assert vera.post("/console/evidence", order_no="notourorder01").status_code == 403
    sheet = vera.get("/console/orders/notourorder01").text
    assert "不是我们的订单" in sheet and "oPayerOfSomethingElse0123456" not in sheet
    assert "oPayerOfSomethingElse0123456" in fina.get("/console/orders/notourorder01").text
    for number in ("notourorder01", "notourorder01", ""):
        assert fina.post("/console/evidence", order_no=number, note=" 已在\n商户平台退回 ").status_code == 303
    assert "没有。每一笔钱都对得上" in vera.get("/console/evidence").text
    acts = [row for row in shop.bot.rows("console_acts") if row["act"] == "evidence_settled"]
    assert sorted((row["about"], row["detail"]) for row in acts) == [
        ("", "已在 商户平台退回"), ("notourorder01", "已在 商户平台退回"),
    ]  # fmt: skip


# --- money goes back --------------------------------------------------------------------------------------------


def ticket_of(operator: Operator) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', operator.page)
    assert found, operator.page
    return html.unescape(found[1])


def plan(operator: Operator, order_no: str, **fields: str) -> str:
    """Fill the form in; the ticket of the page that tells what will happen."""
    operator.get(f"/console/orders/{order_no}/refund")
    form = {"how": "whole", "reason": "内容有误"} | fields
    assert operator.post(f"/console/orders/{order_no}/refund", **form).status_code == 200, operator.page
    return ticket_of(operator)


def test_a_whole_refund_tells_what_will_happen_and_happens_once_however_often_it_is_sent(shop: Shop) -> None:
    bought, fina = shop.buy(), at_desk(shop, "fina")
    ticket = plan(fina, bought.order_no)
    for told in ("确认退 ¥9.90", "不能再读", "内容有误", "不能撤回"):
        assert told in fina.page
    assert not shop.bot.rows("refunds")  # nothing happened yet
    for _ in range(3):
        answer = fina.post(f"/console/orders/{bought.order_no}/refund/confirmed", ticket=ticket)
        assert answer.headers["Location"] == f"/console/orders/{bought.order_no}#refunds"
    shop.advance(61)
    (refund,) = shop.bot.rows("refunds")
    assert (refund["fen"], refund["asked_by"], refund["state"]) == (990, "fina", "done")
    assert shop.row(bought).state == "refunded" and shop.owned() == []
    acts = [row for row in shop.bot.rows("console_acts") if row["act"] == "refund"]
    assert [(row["who"], row["about"], row["detail"]) for row in acts] == [("fina", bought.order_no, "¥9.90 内容有误")]
    text = fina.get(f"/console/orders/{bought.order_no}").text
    assert "钱已退回" in text and "退款…" not in text


def test_a_part_goes_back_and_the_right_to_read_stays(shop: Shop) -> None:
    bought, ada = shop.buy(), at_desk(shop, "ada")
    ticket = plan(ada, bought.order_no, how="part", yuan="3.5")
    assert "仍然能读" in ada.page and "还剩 ¥6.40" in ada.page
    ada.post(f"/console/orders/{bought.order_no}/refund/confirmed", ticket=ticket)
    shop.advance(61)
    row = shop.row(bought)
    assert (row.state, row.refunded_fen) == ("paid", 350) and shop.owned() == ["run-30"]


@pytest.mark.parametrize(
    "fields",
    [
        {"how": "part", "yuan": "9.91"}, {"how": "part", "yuan": "0"}, {"how": "part", "yuan": "-1"},
        {"how": "part", "yuan": "1e2"}, {"how": "part", "yuan": "1.234"}, {"how": "part", "yuan": "١"},
        {"how": "part", "yuan": ""}, {"how": "other", "yuan": ""}, {"reason": "  "}, {"reason": "错" * 27},
        {"reason": "a\u202eb"},
    ],
)  # fmt: skip
def test_an_amount_or_a_reason_that_cannot_be_is_refused_with_what_to_write(shop: Shop, fields: dict[str, str]) -> None:
    bought, fina = shop.buy(), at_desk(shop, "fina")
    fina.get(f"/console/orders/{bought.order_no}/refund")
    answer = fina.post(f"/console/orders/{bought.order_no}/refund", **({"how": "whole", "reason": "内容有误"} | fields))
    assert answer.status_code == 400 and 'role="alert"' in answer.text and "ticket" not in answer.text
    assert not shop.bot.rows("refunds")


def test_only_what_was_shown_to_this_session_a_moment_ago_can_be_confirmed(shop: Shop) -> None:
    bought, other, fina, ada = shop.buy(), shop.order(NATIVE, "r:2").order, at_desk(shop, "fina"), at_desk(shop, "ada")
    ticket = plan(fina, bought.order_no)
    path = f"/console/orders/{bought.order_no}/refund/confirmed"
    assert ada.post(path, ticket=ticket).status_code == 400
    assert fina.post(f"/console/orders/{other.order_no}/refund/confirmed", ticket=ticket).status_code == 400
    for forged in ("", "x", ticket[:-2], ticket + "x"):
        assert fina.post(path, ticket=forged).status_code == 400
    assert fina.post(path, token="", ticket=ticket).status_code == 400
    assert at_desk(shop, "vera").post(path, ticket=ticket).status_code == 403
    shop.bot.clock.now += 16 * 60
    assert fina.post(path, ticket=ticket).status_code == 400 and "放得太久" in fina.page
    assert not shop.bot.rows("refunds")


def test_who_confirms_what_somebody_else_returned_meanwhile_is_told_and_nothing_more_goes_back(shop: Shop) -> None:
    bought, fina, ada = shop.buy(), at_desk(shop, "fina"), at_desk(shop, "ada")
    first, second = plan(fina, bought.order_no, how="part", yuan="1"), plan(ada, bought.order_no, how="part", yuan="2")
    path = f"/console/orders/{bought.order_no}/refund/confirmed"
    assert fina.post(path, ticket=first).status_code == 303
    assert ada.post(path, ticket=second).status_code == 409 and "刚刚有变化" in ada.page
    assert [row["fen"] for row in shop.bot.rows("refunds")] == [100]


def test_when_wechat_pay_does_not_answer_the_refund_is_kept_and_the_page_says_so(shop: Shop) -> None:
    bought, fina = shop.buy(), at_desk(shop, "fina")
    ticket = plan(fina, bought.order_no)
    shop.spoil("pay_reset_after")
    assert fina.post(f"/console/orders/{bought.order_no}/refund/confirmed", ticket=ticket).status_code == 303
    assert "已提交，等微信支付受理" in fina.get(f"/console/orders/{bought.order_no}").text
