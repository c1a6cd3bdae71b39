"""The commands about orders: what an operator sees, returns and compares."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from bot_in_process import Workshop
from click.testing import CliRunner, Result
from shop_at_hand import CHEN, Shop, shop_at_hand

from errors import Declined
from order_commands import order


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Shop]:
    with shop_at_hand(workshop) as one:
        yield one


def run(shop: Shop, *words: str) -> Result:
    result = CliRunner().invoke(order, [*words], obj=lambda: shop.bot.house)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(shop: Shop, *words: str) -> Any:
    return json.loads(run(shop, *words, "--json").stdout)


def test_an_order_is_shown_with_everything_about_it(shop: Shop) -> None:
    bought = shop.buy(amount_fen=890, coupon="NEW")
    shown = told(shop, "show", bought.order_no)
    assert {name: shown[name] for name in ("order_no", "state", "slug", "amount_fen", "coupon", "held_by")} == {
        "order_no": bought.order_no, "state": "paid", "slug": "run-30", "amount_fen": 890, "coupon": "NEW",
        "held_by": CHEN,
    }  # fmt: skip
    assert shown["paid_at"] == "2026-11-23T12:00:00+08:00" and shown["reason"] and shown["refunds"] == []
    plain = run(shop, "show", bought.order_no).output
    assert f"order_no: {bought.order_no}" in plain and "state: paid" in plain
    with pytest.raises(Declined, match="no order"):
        run(shop, "show", "nothing0")


def test_orders_are_listed_by_state(shop: Shop) -> None:
    assert run(shop, "list").output == "no orders\n"
    bought = shop.buy()
    waiting = shop.order(slug="ai-ask").order
    assert {one["order_no"] for one in told(shop, "list")} == {bought.order_no, waiting.order_no}
    assert [one["order_no"] for one in told(shop, "list", "--state", "waiting")] == [waiting.order_no]
    assert len(told(shop, "list", "--most", "1")) == 1
    assert bought.order_no in run(shop, "list").output
    assert run(shop, "list", "--state", "lost").exit_code == 2


def test_a_refund_needs_a_reason_and_says_how_it_stands(shop: Shop) -> None:
    bought = shop.buy()
    assert run(shop, "refund", bought.order_no).exit_code == 2
    assert run(shop, "refund", bought.order_no, "--fen", "0", "--reason", "x").exit_code == 2
    for reason in (" ", "退" * 27):
        with pytest.raises(Declined, match="reason"):
            run(shop, "refund", bought.order_no, "--reason", reason)
    done = run(shop, "refund", bought.order_no, "--fen", "400", "--reason", "内容有误")
    assert done.exit_code == 0 and "¥4.00, processing" in done.output
    shop.advance(61)
    (back,) = told(shop, "show", bought.order_no)["refunds"]
    assert (back["fen"], back["state"], back["reason"], back["asked_by"]) == (400, "done", "内容有误", "command")
    with pytest.raises(Declined, match="at most 590"):
        run(shop, "refund", bought.order_no, "--fen", "591", "--reason", "x")


def test_reconciliation_asks_about_everything_and_names_differences(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.tricks("lost")
    one = shop.order().order
    shop.paid_by(one, one.prepay)
    done = told(shop, "reconcile")
    assert done == {"asked": {"granted": 1}, "date": "2026-11-22", "differences": []}
    shop.advance(22 * 3_600)
    assert "2026-11-23: 0 differences" in run(shop, "reconcile", "--date", "2026-11-23").output
    monkeypatch.setattr(shop.pay, "bill", lambda day: [])
    missing = run(shop, "reconcile", "--json")
    assert missing.exit_code == 1
    assert [one["kind"] for one in json.loads(missing.stdout)["differences"]] == ["not_in_the_bill"]
    assert run(shop, "reconcile", "--date", "yesterday").exit_code == 2
    with pytest.raises(Declined, match="not ready"):
        run(shop, "reconcile", "--date", "2026-11-24")


def test_what_does_not_agree_is_looked_at_once(shop: Shop) -> None:
    assert run(shop, "trouble").output == "nothing to look at\n"
    shop.tricks("wrong_amount")
    bought = shop.buy()
    (odd,) = told(shop, "trouble")["evidence"]
    assert (odd["order_no"], odd["wrong"], odd["fen"]) == (bought.order_no, "wrong_amount", 1)
    assert odd["said"]["payer"] == CHEN, "an operator may read it"
    assert "wrong_amount" in run(shop, "trouble").output
    assert run(shop, "trouble", "--seen", bought.order_no).output == "nothing to look at\n"
    assert "money" not in shop.bot.get("/readyz").json["causes"]
    with pytest.raises(Declined, match="nothing of this number"):
        run(shop, "trouble", "--seen", bought.order_no)
    assert told(shop, "show", bought.order_no)["evidence"][0]["seen_at"], "it stays with the order"


def test_without_a_merchant_the_commands_say_so(workshop: Workshop) -> None:
    bot = workshop.bot()
    for words in (["refund", "n", "--reason", "x"], ["reconcile"]):
        result = CliRunner().invoke(order, words, obj=lambda: bot.house)
        assert isinstance(result.exception, Declined) and "WECHATPAY_MCH_ID" in str(result.exception)
    bot.close()


def test_the_way_to_a_payment_is_counted_by_step_and_method(shop: Shop) -> None:
    assert run(shop, "funnel").stdout == "nobody has seen a price\n"
    shop.buy()
    counts = {(row["step"], row["method"]): row["count"] for row in told(shop, "funnel")}
    assert counts[("paid", "jsapi")] == 1
    assert "paid" in run(shop, "funnel", "--days", "1").stdout
