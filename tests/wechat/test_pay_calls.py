"""WeChat Pay's calls: what is sent is right, what comes back is believed only when WeChat Pay signed it, and it is
always clear whether nothing came of a call or something may have."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from unittest.mock import patch

import pytest
import requests
from shop_at_hand import CHEN, NOON, Desk, an_order, desk_at_hand, pay_api

from domain.order import H5, JSAPI, NATIVE
from domain.payment import NOTPAY, SUCCESS, disagreement
from domain.refund import Refund
from errors import PayDeclined, PayUnclear


@pytest.fixture
def desk() -> Iterator[Desk]:
    with desk_at_hand() as one:
        yield one


@pytest.fixture(params=[False, True], ids=["public key", "platform certificates"])
def either(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with desk_at_hand(request.param) as one:
        yield one


REFUND = Refund("refund0001", "order0001", 100, "内容有误", "lin", "asked", NOON)


def test_a_payment_from_order_to_refund_and_bill_in_both_key_modes(either: Desk) -> None:
    order = an_order()
    prepay = either.pay.prepay(order)
    told = either.pay.ask("order0001")
    assert told and told.trade_state == NOTPAY
    assert either.paid_by(order, prepay).endswith(":ok")
    payment = either.pay.ask("order0001")
    assert payment and payment.trade_state == SUCCESS and payment.paid_at == NOON
    assert disagreement(payment, order, either.pay.merchant) == ""
    assert not either.pay.close_order("order0001"), "it is paid"
    back = either.pay.send_back(REFUND, order)
    assert (back.refund_no, back.status, back.fen, back.total_fen) == ("refund0001", "PROCESSING", 100, 990)
    assert either.pay.send_back(REFUND, order).refund_id == back.refund_id, "the same number is one refund"
    either.advance(60)
    again = either.pay.ask_refund("refund0001")
    assert again and again.status == "SUCCESS"
    either.advance(86_400)
    lines = either.pay.bill("2026-11-23")
    assert [(line.order_no, line.refund_no, line.fen) for line in lines] == [
        ("order0001", "", 990),
        ("order0001", "refund0001", 100),
    ]
    assert lines[0].transaction_id == payment.transaction_id
    assert either.pay.bill("2026-11-22") == []


@pytest.mark.parametrize(("method", "begins"), [(JSAPI, "wx"), (NATIVE, "weixin://wxpay/bizpayurl"), (H5, "http")])
def test_each_method_gives_what_calls_up_its_payment(desk: Desk, method: str, begins: str) -> None:
    prepay = desk.pay.prepay(an_order(method=method), client_ip="1.2.3.4")
    assert prepay.startswith(begins)
    kept = desk.orders()["order0001"]
    assert kept["trade_state" if "trade_state" in kept else "state"] == NOTPAY


def test_the_cashier_takes_what_the_page_is_given(desk: Desk) -> None:
    params = desk.pay.bridge(desk.pay.prepay(an_order()), NOON)
    assert isinstance(params["timeStamp"], str)
    sheet = desk.platform.post("pay/cashier", {"openid": CHEN, "params": params})
    assert (sheet["amount_fen"], sheet["description"]) == (990, "从喘到跑")


def test_a_closed_order_cannot_be_paid_and_closing_again_is_no_mistake(desk: Desk) -> None:
    prepay = desk.pay.prepay(an_order())
    assert desk.pay.close_order("order0001") and desk.pay.close_order("order0001")
    assert desk.pay.close_order("order0009"), "WeChat Pay never heard of it"
    told = desk.pay.ask("order0001")
    assert told and told.trade_state == "CLOSED"
    with pytest.raises(requests.HTTPError, match="409"):
        desk.paid_by(an_order(), prepay)


def test_what_wechat_pay_never_heard_of_is_none(desk: Desk) -> None:
    assert desk.pay.ask("order0009") is None and desk.pay.ask_refund("refund0009") is None


@pytest.mark.parametrize("fault", ["pay_busy", "pay_502", "pay_reset_before", "pay_reset_after", "pay_signtest"])
def test_an_unclear_prepay_is_repeated_once_and_is_one_order(desk: Desk, fault: str) -> None:
    desk.spoil(fault)
    assert desk.pay.prepay(an_order()).startswith("wx")
    assert list(desk.orders()) == ["order0001"]


@pytest.mark.parametrize("fault", ["pay_busy", "pay_frequency", "pay_502", "pay_reset_after", "pay_signtest"])
def test_a_call_that_stays_unclear_says_that_something_may_have_come_of_it(desk: Desk, fault: str) -> None:
    desk.spoil(fault, fault)
    with pytest.raises(PayUnclear) as told:
        desk.pay.prepay(an_order())
    assert told.value.again and CHEN not in str(told.value)


def test_a_refusal_names_wechat_pays_reason_and_is_not_repeated(desk: Desk) -> None:
    with pytest.raises(PayDeclined) as told:
        desk.pay.prepay(an_order(payer="o-of-another-account"))
    assert told.value.code == "PARAM_ERROR" and not told.value.again
    desk.pay.prepay(an_order())
    with pytest.raises(PayDeclined) as told:
        desk.pay.prepay(an_order(amount_fen=1))
    assert told.value.code == "OUT_TRADE_NO_USED"


def test_an_answer_that_is_five_minutes_old_is_not_believed(desk: Desk) -> None:
    late = pay_api(desk.platform.base, desk.clock)
    with patch.object(late._core.seal, "_clock", lambda: NOON + 300.0), pytest.raises(PayUnclear, match="timestamp"):
        late.ask("order0001")
    with patch.object(late._core.seal, "_clock", lambda: NOON + 299.0):
        assert late.ask("order0001") is None


def test_nothing_is_asked_of_wechat_pay_before_it_is_needed(desk: Desk) -> None:
    pay_api("http://127.0.0.1:9", desk.clock)
    pay_api("http://127.0.0.1:9", desk.clock, certificates=True)


def test_an_unknown_serial_makes_one_outbound_call_a_minute_at_most(desk: Desk) -> None:
    for serial in ("5F00", "5F01", "PUB_KEY_ID_9", "not hex", "../x", ""):
        assert desk.pay._core.key_of(serial) is None
    wire = desk.platform.get("wire?kind=pay")
    entries = wire["wire"] if isinstance(wire, dict) else wire
    assert [entry["what"] for entry in entries] == ["GET /v3/certificates"]


def test_a_platform_certificate_that_has_run_out_verifies_nothing() -> None:
    with desk_at_hand(certificates=True) as desk:
        assert desk.pay.ask("order0009") is None
        serial = next(iter(desk.pay._core._by_serial))
        assert desk.pay._core.key_of(serial) is not None
        with patch.object(desk.pay._core, "_clock", lambda: NOON + 10 * 365 * 86_400.0):
            assert desk.pay._core.key_of(serial) is None


def test_a_bill_that_was_changed_on_its_way_is_not_believed(desk: Desk) -> None:
    order = an_order()
    desk.paid_by(order, desk.pay.prepay(order))
    desk.advance(86_400)
    real = desk.pay._core.request

    def meddled(path: str, *more: object, **options: object) -> tuple[int, bytes]:
        status, raw = real(path, *more, **options)
        return status, raw + b"\n" if "billdownload" in path else raw

    with patch.object(desk.pay._core, "request", meddled), pytest.raises(PayUnclear, match="bill"):
        desk.pay.bill("2026-11-23")


def test_neither_log_nor_error_holds_a_key_or_an_openid(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    desk.pay.prepay(an_order())
    with pytest.raises(PayDeclined):
        desk.pay.prepay(an_order(amount_fen=2))
    ours = "".join(f"{record.name} {record.getMessage()}" for record in caplog.records if record.name != "simulator")
    assert CHEN not in ours and "WECHATPAY2-SHA256" not in ours
