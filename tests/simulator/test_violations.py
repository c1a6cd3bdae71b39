"""The platform counts the rules that an account breaks, each of them, and nothing that is allowed."""

from typing import Any

import pytest
from conftest import CHEN, Api, Control
from shop import Shop

from simulator.clock import PlatformClock
from simulator.violations import RULES

LIN = "oSim02LinXiaoYu4Rt8cZp1Hs6dQ"
KF, TEMPLATE = "/cgi-bin/message/custom/send", "/cgi-bin/message/template/send"
NOTICE, MASS = "/cgi-bin/message/subscribe/bizsend", "/cgi-bin/message/mass/send"
HOUR, DAY = 3_600, 86_400


def text(words: str = "周末动起来", openid: str = CHEN) -> dict[str, Any]:
    return {"touser": openid, "msgtype": "text", "text": {"content": words}}


def to_both(words: str, ours: str) -> dict[str, Any]:
    return {"touser": [CHEN, LIN], "msgtype": "text", "text": {"content": words}, "clientmsgid": ours}


def broken(control: Control) -> dict[str, int]:
    """Rule → times, of those that were broken."""
    return {rule: count for rule, count in control.get("violations")["by_rule"].items() if count}


@pytest.fixture
def chen(control: Control) -> Control:
    """陈远 follows and wrote a minute ago: the window is open until the day after tomorrow."""
    control("follow")
    control("say", text="你好")
    control.post("clock", {"advance": 61})
    return control


@pytest.fixture
def both(chen: Control) -> Control:
    chen("follow", LIN)
    chen.post("clock", {"advance": 61})
    return chen


def test_every_rule_is_told_and_nothing_is_broken_at_first(control: Control) -> None:
    told = control.get("violations")
    assert set(told["by_rule"]) == set(RULES) and told["total"] == 0 and told["violations"] == []


def test_an_answer_within_the_minute_is_asked_for_and_later_it_is_not(control: Control, api: Api) -> None:
    control("follow")
    for number in range(3):
        control("say", text="推荐")
        assert api.post(KF, text(f"答 {number}"))["errcode"] == 0
    assert broken(control) == {} and control.get("violations")["unasked"] == {}
    control.post("clock", {"advance": 61})
    api.post(KF, text())
    assert broken(control) == {} and control.get("violations")["unasked"] == {"kf": 1}


def test_a_second_one_within_a_day(chen: Control, api: Api) -> None:
    api.post(KF, text("一"))
    chen.post("clock", {"advance": 22 * HOUR})
    api.renew()
    api.post(KF, text("二"))
    (found,) = chen.get("violations")["violations"]
    assert (found["rule"], found["channel"], found["openid"], found["words"]) == ("per_day", "kf", CHEN, "二")


def test_one_a_day_is_allowed_and_the_fourth_within_a_week_is_not(chen: Control, api: Api) -> None:
    for number in range(4):
        chen("say", text="在")
        chen.post("clock", {"advance": DAY})
        api.renew()
        api.post(KF, text(f"第 {number} 天"))
    assert broken(chen) == {"per_week": 1}


def test_the_same_words_twice(chen: Control, api: Api) -> None:
    for _ in range(2):
        api.post(KF, text())
    assert broken(chen) == {"per_day": 1, "twice": 1}


@pytest.mark.parametrize(("hours", "night"), [(8.95, False), (9, True), (20.95, True), (21, False)])
def test_unasked_at_night(control: Control, api: Api, hours: float, night: bool) -> None:
    control("follow")  # at noon
    control("say", text="你好")
    control.post("clock", {"advance": hours * HOUR})
    api.renew()
    api.post(KF, text())
    assert broken(control) == ({"quiet_hours": 1} if night else {})


def test_outside_the_window_and_beyond_its_count(chen: Control, api: Api) -> None:
    for number in range(6):
        api.post(KF, text(f"{number}"))
    assert broken(chen)["window"] == 1
    chen.post("clock", {"advance": 49 * HOUR})
    api.renew()
    assert api.post(KF, text("七"))["errcode"] == 45015
    assert broken(chen)["window"] == 2


def test_ordered_refusals_are_nobodys_fault(chen: Control, api: Api) -> None:
    orders = [{"kind": "45009", "path": KF}, {"kind": "busy", "path": KF}, {"kind": "reset_after", "path": KF}]
    chen.post("faults", {"next": orders})
    for number in range(2):
        assert api.post(KF, text(f"{number}"))["errcode"] != 0
    assert broken(chen) == {}


def test_beyond_a_quota(both: Control, api: Api) -> None:
    both.post("quotas", {"path": KF, "limit": 1})
    both.post("quotas", {"path": MASS, "limit": 0})
    for number in range(2):
        api.post(KF, text(f"{number}"))
    assert api.post(MASS, to_both("周末好", "m1"))["errcode"] == 45028
    assert broken(both) == {"quota": 2}
    assert [one["channel"] for one in both.get("violations")["violations"]] == ["kf", "mass"]


@pytest.mark.parametrize("way", ["kf", "mass"])
def test_who_left_gets_nothing_once_the_account_can_know(both: Control, api: Api, way: str) -> None:
    both("unfollow")
    both("say", LIN, text="在")

    def send(number: int) -> None:
        if way == "kf":
            api.post(KF, text(f"{number}"))
        else:
            api.post(MASS, {**to_both(f"{number}", f"m{number}"), "touser": [CHEN, LIN, third]})

    third = both.post("followers", {"name": "第三人"})["openid"]
    both("follow", third)
    send(1)
    assert broken(both) == {}
    both.post("clock", {"advance": 61})
    send(2)
    assert broken(both)["left"] == 1


def test_nothing_unasked_after_the_words_that_stop_it(chen: Control, api: Api) -> None:
    chen("say", text="退订 理财")
    chen.post("clock", {"advance": 2 * DAY - 120})
    api.renew()
    api.post(KF, text("基金怎么挑"))
    assert broken(chen) == {}
    chen("say", text="在")
    chen.post("clock", {"advance": DAY + 120})
    api.renew()
    api.post(KF, text("理财新课"))
    assert broken(chen) == {"after_opt_out": 1}
    chen("say", text="退订")
    chen("say", text="恢复订阅")
    chen.post("clock", {"advance": DAY + 120})
    api.renew()
    api.post(KF, text("理财又一课"))
    assert broken(chen) == {"after_opt_out": 1}
    chen("say", text="退订")
    chen.post("clock", {"advance": 2 * DAY - 120})
    api.renew()
    api.post(KF, text("什么都不行"))
    assert broken(chen)["after_opt_out"] == 2


def test_a_notice_needs_consent_and_counts_as_unasked(chen: Control, api: Api) -> None:
    chen.post("templates", {"template_id": "N1", "title": "更新", "fields": {"thing1": "内容"}, "kind": "notice"})
    body = {"touser": CHEN, "template_id": "N1", "data": {"thing1": {"value": "新课来了"}}}
    assert api.post(NOTICE, body)["errcode"] == 43101
    chen("consent", templates={"N1": "accept"})
    assert api.post(NOTICE, body)["errcode"] == 0
    assert broken(chen) == {"no_consent": 1} and chen.get("violations")["unasked"] == {"notice": 1}


def test_a_template_message_that_advertises_is_one_and_an_honest_one_is_not(chen: Control, api: Api) -> None:
    chen.post("templates", {"template_id": "T1", "title": "购买成功", "fields": {"thing1": "商品"}, "kind": "template"})
    for words in ("从喘到跑", "限时优惠三折"):
        api.post(TEMPLATE, {"touser": CHEN, "template_id": "T1", "data": {"thing1": {"value": words}}})
    assert broken(chen) == {"template_marketing": 1}


def test_a_mass_send_counts_for_everybody_it_reaches(both: Control, api: Api) -> None:
    api.post(MASS, to_both("周末好", "m1"))
    assert both.get("violations")["unasked"] == {}  # it is on its way
    both.post("clock", {"advance": 3})
    assert both.get("violations")["unasked"] == {"mass": 2} and broken(both) == {}
    both.post("clock", {"advance": 61})
    assert api.post(MASS, to_both("周末好", "m1"))["errcode"] == 45065  # the same job: nothing new
    assert api.post(MASS, {**to_both("一个人", "m2"), "touser": [CHEN]})["errcode"] == 40130
    assert broken(both) == {"mass_list": 1}


def test_the_fifth_mass_message_of_a_month(both: Control, api: Api, clock: PlatformClock) -> None:
    clock.advance(6 * DAY)  # 1 December
    for number in range(5):
        api.renew()
        api.post(MASS, to_both(f"第 {number} 封", f"m{number}"))
        both.post("clock", {"advance": 3 * DAY})
    assert broken(both) == {"mass_month": 2}  # for each of the two


def test_news_of_what_was_ordered_is_not_unasked_for_a_day(chen: Control, api: Api, shop: Shop) -> None:
    prepay_id = shop.prepay().get_json()["prepay_id"]
    for words in ("「跑步三十天」还没付款", "还有别的课"):
        api.post(KF, text(words))
    assert chen.get("violations")["unasked"] == {"kf": 1}
    chen.post("clock", {"advance": HOUR})
    chen.post("pay/choose", {"openid": CHEN, "prepay_id": prepay_id, "way": "pay"})
    api.post(KF, text("付款成功：「跑步三十天」"))
    assert broken(chen) == {}
    chen("say", text="在")
    chen.post("clock", {"advance": DAY + HOUR})
    api.renew()
    api.post(KF, text("「跑步三十天」读了吗"))
    assert chen.get("violations")["unasked"] == {"kf": 2} and broken(chen) == {}
