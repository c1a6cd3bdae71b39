"""Whatever a merchant sends, the pay side answers a signed 4xx with a code and goes on."""

import json
from typing import Any

import pytest
from conftest import Control
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from shop import Shop, pay, refund

SCALARS = some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(max_size=5)
ODD = some.recursive(
    SCALARS,
    lambda inner: some.lists(inner, max_size=2) | some.dictionaries(some.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)
FIELDS = (
    "payer",
    "amount",
    "scene_info",
    "description",
    "out_trade_no",
    "notify_url",
    "time_expire",
    "attach",
    "detail",
)


def refused(answer: Any) -> bool:
    return 400 <= answer.status_code < 500 and bool(answer.get_json()["code"])


@pytest.mark.parametrize("timestamp", ["²", "9" * 5000, "-1", "", "1e9"])
def test_odd_timestamps(shop: Shop, timestamp: str) -> None:
    answer = shop.call("GET", "/v3/certificates", timestamp=timestamp)
    assert (answer.status_code, answer.get_json()["code"]) == (401, "SIGN_ERROR")


@pytest.mark.parametrize("body", ['{"attach": "\\ud800"}', "[" * 100_000, "\ufeff{", "null", "3"])
def test_odd_bodies(shop: Shop, body: str) -> None:
    answer = shop.send("POST", "/v3/pay/transactions/native", body.encode())
    assert (answer.status_code, answer.get_json()["code"]) == (400, "PARAM_ERROR")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=some.sampled_from(["jsapi", "native", "h5", "app"]), name=some.sampled_from(FIELDS), value=ODD)
def test_odd_fields_of_an_order(shop: Shop, control: Control, kind: str, name: str, value: Any) -> None:
    answer = shop.prepay(kind, **{"number": "order-odd", name: value})
    assert answer.status_code == 200 or refused(answer), answer.data
    for order in control.get("pay/orders")["orders"]:
        if order["trade_state"] == "NOTPAY":
            pay(control, order["prepay_ids"][0])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    name=some.sampled_from(["out_trade_no", "transaction_id", "out_refund_no", "amount", "notify_url", "reason"]),
    value=ODD,
)
def test_odd_fields_of_a_refund(shop: Shop, name: str, value: Any) -> None:
    shop.prepay()
    answer = refund(shop, **{name: value})
    assert refused(answer), json.loads(answer.data)
