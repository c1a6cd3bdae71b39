"""Which way to pay a buyer is shown, and why."""

from __future__ import annotations

import itertools

import pytest

from domain.payment_method import (
    ANDROID,
    DESKTOP,
    FIT,
    H5,
    IOS,
    JSAPI,
    METHODS,
    MOBILE,
    NATIVE,
    OTHER,
    WECHAT,
    Choice,
    Scene,
    Tally,
    choose_method,
    scene_of,
)

IN_WECHAT = Scene(WECHAT, ANDROID, True)
ON_A_PHONE = Scene(MOBILE, ANDROID, False)
AT_A_DESK = Scene(DESKTOP, OTHER, False)


def choice(scene: Scene, fen: int = 990, **known: dict[str, Tally]) -> Choice:
    return choose_method(scene, fen, known.get("history", {}), known.get("health", {}))


@pytest.mark.parametrize(("scene", "method"), [(IN_WECHAT, JSAPI), (ON_A_PHONE, H5), (AT_A_DESK, NATIVE)])
def test_each_scene_has_its_own_shortest_way(scene: Scene, method: str) -> None:
    assert choice(scene).method == method


def test_in_wechat_somebody_unknown_scans_a_code_for_jsapi_must_name_the_payer() -> None:
    made = choice(Scene(WECHAT, ANDROID, False))
    assert made.method == NATIVE
    assert "付款人" in made.rejected[JSAPI] and "微信里打不开" in made.rejected[H5]


def test_one_failure_changes_nothing_many_failures_of_this_buyer_do() -> None:
    once, often = {H5: Tally(0, 1)}, {H5: Tally(0, 5)}
    assert choice(ON_A_PHONE, history=once).method == H5
    turned = choice(ON_A_PHONE, history=often)
    assert turned.method == NATIVE
    assert "手机网页支付近来不顺" in turned.reason and "低于扫码支付" in turned.rejected[H5]


def test_what_went_well_outweighs_what_failed() -> None:
    made = choice(ON_A_PHONE, history={H5: Tally(9, 5)})
    assert made.method == H5 and "付成过 9 次" in made.reason


def test_failures_weigh_more_when_much_money_is_at_stake() -> None:
    failed = {H5: Tally(0, 3)}
    assert choice(ON_A_PHONE, 990, history=failed).method == H5
    assert choice(ON_A_PHONE, 50_000, history=failed).method == NATIVE


def test_a_method_the_gateway_refuses_every_time_is_left_out_while_another_is_possible() -> None:
    down = {H5: Tally(0, 5)}
    made = choice(ON_A_PHONE, health=down)
    assert made.method == NATIVE and made.rejected[H5] == "最近 5 次调用全部失败"
    assert choice(ON_A_PHONE, health={H5: Tally(1, 5)}).method == H5
    assert choice(AT_A_DESK, health={NATIVE: Tally(0, 50)}).method == NATIVE, "the only way is tried nevertheless"


def test_iphones_are_sold_nothing_where_the_operator_blocks_it() -> None:
    phone = Scene(WECHAT, IOS, True)
    blocked = choose_method(phone, 990, {}, {}, "block")
    assert blocked.method == "" and set(blocked.rejected) == set(METHODS) and "苹果" in blocked.reason
    assert choose_method(phone, 990, {}, {}, "allow").method == JSAPI
    assert choose_method(IN_WECHAT, 990, {}, {}, "block").method == JSAPI


def test_nothing_is_paid_for_what_is_free() -> None:
    assert choice(IN_WECHAT, 0).method == ""


def test_every_decision_is_possible_and_says_why_the_others_were_not_taken() -> None:
    tallies = (Tally(), Tally(0, 9), Tally(5, 1))
    for browser, device, known, mine, gateway, fen in itertools.product(
        FIT, (IOS, ANDROID, OTHER), (True, False), tallies, tallies, (1, 90_000)
    ):
        scene = Scene(browser, device, known)
        made = choose_method(scene, fen, dict.fromkeys(METHODS, mine), {H5: gateway, JSAPI: gateway})
        assert made.method in FIT[browser] and (made.method != JSAPI or known)
        assert made.reason and set(made.rejected) == set(METHODS) - {made.method} and all(made.rejected.values())


@pytest.mark.parametrize(
    ("agent", "browser", "device"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) MicroMessenger/8.0.49(0x1800312f) NetType/WIFI", WECHAT, IOS),
        ("Mozilla/5.0 (Linux; Android 14; Pixel 8) MicroMessenger/8.0.49", WECHAT, ANDROID),
        ("Mozilla/5.0 (Windows NT 10.0) WindowsWechat MicroMessenger/7.0", WECHAT, OTHER),
        ("Mozilla/5.0 (iPad; CPU OS 17_0) Safari/604.1", MOBILE, IOS),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile", MOBILE, ANDROID),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/125.0", DESKTOP, OTHER),
        ("", DESKTOP, OTHER),
    ],
)
def test_browsers_are_told_apart_by_what_they_say(agent: str, browser: str, device: str) -> None:
    assert scene_of(agent, True) == Scene(browser, device, True)
