"""WeRoBot with its hazards closed: every type reaches a handler, every handler's mistake ends in a sentence."""

import logging
from typing import Any

import pytest
from bot_in_process import ROOT, Bot

from domain.answer import SILENCE, Answer
from domain.message import Message
from domain.reply import Text
from handlers import events, questions, routes
from wechat.messages import ACCOUNT_EVENTS
from wechat.robot import MOST_ROUTES, Robot

# Section 1.5 of the platform page, name by name, with what makes each of them awkward.
EVENTS: dict[str, dict[str, Any]] = {
    "subscribe": {"EventKey": ""},
    "unsubscribe": {},
    "SCAN": {"EventKey": "c_42", "Ticket": "t"},
    "LOCATION": {"Latitude": "31.2", "Longitude": "121.4", "Precision": "65.0"},
    "CLICK": {"EventKey": "RECOMMEND"},
    "VIEW": {"EventKey": "https://x.example/", "MenuId": 421},
    "view_miniprogram": {"EventKey": "pages/x", "MenuId": "421"},
    "scancode_push": {"EventKey": "6", "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "1"}},
    "scancode_waitmsg": {"EventKey": "6", "ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "2"}},
    "pic_sysphoto": {"EventKey": "6", "SendPicsInfo": {"Count": 1, "PicList": {"item": {"PicMd5Sum": "a"}}}},
    "pic_photo_or_album": {"EventKey": "6", "SendPicsInfo": {"Count": 1, "PicList": {"item": {"PicMd5Sum": "a"}}}},
    "pic_weixin": {"EventKey": "6", "SendPicsInfo": {"Count": 1, "PicList": {"item": {"PicMd5Sum": "a"}}}},
    "location_select": {"EventKey": "6", "SendLocationInfo": {"Location_X": "23", "Location_Y": "113", "Label": "x"}},
    "TEMPLATESENDJOBFINISH": {"MsgID": 200163836, "Status": "failed:user block"},
    "MASSSENDJOBFINISH": {"MsgID": 1, "Status": "err(30003)", "TotalCount": 1, "CopyrightCheckResult": {"Count": 0}},
    "PUBLISHJOBFINISH": {"PublishEventInfo": {"publish_id": 1, "publish_status": 0, "fail_idx": ["1", "2"]}},
    "FREEPUBLISHJOBFINISH": {"PublishEventInfo": {"publish_id": 1}},
    "subscribe_msg_popup_event": {"SubscribeMsgPopupEvent": {"List": [{"TemplateId": "a"}, {"TemplateId": "b"}]}},
    "subscribe_msg_change_event": {"SubscribeMsgChangeEvent": {"List": {"TemplateId": "a"}}},
    "subscribe_msg_sent_event": {"SubscribeMsgSentEvent": {"List": {"TemplateId": "a", "ErrorCode": 0}}},
    "kf_create_session": {"KfAccount": "t@t"},
    "kf_close_session": {"KfAccount": "t@t"},
    "kf_switch_session": {"FromKfAccount": "t@t", "ToKfAccount": "u@t"},
    "user_info_modified": {"OpenID": "o2", "AppID": "wx", "RevokeInfo": "1"},
    "user_authorization_revoke": {"OpenID": "o2", "AppID": "wx", "RevokeInfo": "201"},
    "user_authorization_cancellation": {"OpenID": "o2", "AppID": "wx", "RevokeInfo": "1"},
    "qualification_verify_success": {"ExpiredTime": 1442401156},
    "qualification_verify_fail": {"FailTime": 1442401122, "FailReason": "by time"},
    "naming_verify_success": {"ExpiredTime": 1442401156},
    "naming_verify_fail": {"FailTime": 1442401061, "FailReason": "by time"},
    "annual_renew": {"ExpiredTime": 1442401156},
    "verify_expired": {"ExpiredTime": 1442401156},
    "guide_invite_result_event": {}, "card_pass_check": {"CardId": "c"}, "user_get_card": {}, "poi_check_notify": {},
    "user_pay_from_pay_cell": {}, "WifiConnected": {}, "ShakearoundUserShake": {"ChosenBeacon": {"Uuid": "u"}},
    "user_authorize_invitation": {}, "something_of_2030": {"List": [{"A": {"B": "1"}}, "x"]}, "": {}, "all": {},
    "unknown": {}, "text": {}, "__class__": {}, "跑步": {},
}  # fmt: skip
ANSWERED = ("subscribe", "scan", "click", "scancode_waitmsg")


@pytest.mark.parametrize("case", [str.lower, str.upper, str])
@pytest.mark.parametrize("event", EVENTS)
def test_every_event_is_answered_200(bot: Bot, event: str, case: Any, caplog: pytest.LogCaptureFixture) -> None:
    heard = bot.event("o1", case(event), **EVENTS[event])
    assert heard.status == 200
    assert heard.silent != (event.lower() in ANSWERED)
    assert not [one for one in caplog.records if one.exc_info]
    assert bot.say("o1", "在吗").words == "一直在"  # and the bot lives


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_may_lack_everything(bot: Bot, event: str, caplog: pytest.LogCaptureFixture) -> None:
    heard = bot.event("o1", event)
    assert heard.status == 200
    assert not [one for one in caplog.records if one.exc_info]


@pytest.mark.parametrize("event", ["pic_sysphoto", "pic_photo_or_album", "pic_weixin"])
@pytest.mark.parametrize("count", ["0", "1", "2", "99", "-1", "many", ""])
@pytest.mark.parametrize("sums", [0, 1, 2, 3])
def test_the_count_of_pictures_may_be_wrong(bot: Bot, event: str, count: str, sums: int) -> None:
    items = [{"PicMd5Sum": str(n)} for n in range(sums)]
    info = {"Count": count, "PicList": {"item": items} if items else ""}
    assert bot.event("o1", event, "6", SendPicsInfo=info).silent
    (kept,) = bot.rows("behaviours")
    assert (kept["kind"], kept["detail"]) == ("menu_tap", "6")


@pytest.mark.parametrize(
    "kind", ["notsure", "miniprogrampage", "all", "", "unknown", "x" * 5_000, "click_event", "跑步"]
)
def test_a_type_nobody_knows_is_taken_note_of(bot: Bot, kind: str) -> None:
    heard = bot.media("o1", kind)
    assert heard.status == 200
    assert len(bot.rows("behaviours", openid="o1")) <= 1
    assert bot.say("o1", "在吗").words == "一直在"


def test_names_of_unknown_types_are_not_kept_without_end() -> None:
    robot = routes.make_robot()
    for n in range(3 * MOST_ROUTES):
        robot.answer(Message(f"m{n}", "o1", "", 0, "report", f"new{n}_event"), None)
    assert len(robot._routes) <= MOST_ROUTES


def test_unknown_types_reach_their_own_handlers() -> None:
    robot, heard = Robot(), []
    robot.add_handler(lambda message, visit: heard.append("message") or SILENCE, type="unknown")
    robot.add_handler(lambda message, visit: heard.append("event") or SILENCE, type="unknown_event")
    robot.answer(robot.read({"MsgType": "miniprogrampage", "FromUserName": "o1"}, 0), None)
    robot.answer(robot.read({"MsgType": "event", "Event": "something_of_2030", "FromUserName": "o1"}, 0), None)
    assert heard == ["message", "event"]


def test_newer_events_can_be_given_handlers() -> None:
    """W8: WeRoBot raises KeyError for these."""
    robot = Robot()
    for form in ACCOUNT_EVENTS:
        robot.add_handler(lambda message, visit: SILENCE, type=form)
        assert robot.get_handlers(form)


@pytest.mark.parametrize("wrong", [("a", "b"), {"a": 1}, 7, "text", ["abcd", "efgh", "ijkl"], True, Text("a")])
def test_only_an_answer_is_an_answer(wrong: Any) -> None:
    robot = Robot()

    def handler(message: Message, visit: Any) -> Any:
        return wrong

    robot.add_handler(handler, type="text")
    with pytest.raises(TypeError, match="handler must return an Answer or None"):
        robot.answer(Message("m1", "o1", "", 0, "message", "text", "hi"), None)


def test_the_first_answer_counts_and_none_is_no_answer() -> None:
    robot, asked = Robot(), []
    for name, answer in (("a", None), ("b", Answer(Text("b"))), ("c", Answer(Text("c")))):
        robot.add_handler(lambda m, v, name=name, answer=answer: asked.append(name) or answer, type="text")
    assert robot.answer(Message("m1", "o1", "", 0, "message", "text", "hi"), None).reply == Text("b")
    assert asked == ["a", "b"]


def test_without_a_last_resort_it_is_an_error_not_silence() -> None:
    with pytest.raises(LookupError):
        Robot().answer(Message("m1", "o1", "", 0, "message", "text", "hi"), None)


def test_werobots_own_client_view_and_configuration_files_are_not_used() -> None:
    """W21, W22: the files are executed, the client knows no time limit, the view reads a file for every refusal."""
    rooms = ("handlers", "wechat", "web", "flows", "scheduler")
    sources = [*ROOT.glob("*.py"), *(file for room in rooms for file in (ROOT / room).rglob("*.py"))]
    for source in sources:
        text = source.read_text("utf-8")
        for word in ("werobot.client", "werobot.contrib", "from_pyfile", "make_view", ".client."):
            assert word not in text, source


def test_there_is_no_session_file(bot: Bot, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """W9: WeRoBot writes ``werobot_session`` into the working folder."""
    monkeypatch.chdir(tmp_path)
    routes.make_robot()
    bot.say("o1", "跑步")
    assert list(tmp_path.iterdir()) == []


def boom(*_: Any, **__: Any) -> Any:
    raise RuntimeError("the shelf fell over")


@pytest.mark.parametrize("broken", [boom, lambda *_, **__: ("a", "tuple"), lambda *_, **__: {"a": "dict"}])
def test_a_failing_handler_ends_in_an_apology(
    workshop: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, broken: Any
) -> None:
    broken.__name__ = "broken"
    told = [(form, broken if handler is questions.question else handler) for form, handler in routes.ROUTES]
    monkeypatch.setattr(routes, "ROUTES", tuple(told))
    bot = workshop.bot()
    heard = bot.say("o1", "跑步")
    assert heard.words == "书童刚才走神了，没能答上来。再试一次"
    assert heard.taps == ["跑步"]
    assert "Traceback" not in heard.xml and "RuntimeError" not in heard.xml and "shelf" not in heard.xml
    assert bot.rows("behaviours")[0]["text"] == "跑步"
    (line,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert line.exc_info
    assert bot.say("o1", "在吗").words == "一直在"


def test_what_fails_after_the_handlers_is_an_apology_too(bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.door.render", boom_once(monkeypatch))
    heard = bot.say("o1", "跑步")
    assert heard.words.startswith("书童刚才走神了")
    assert not bot.rows("behaviours")


def boom_once(monkeypatch: pytest.MonkeyPatch) -> Any:
    from wechat.replies import render as real

    calls = []

    def render(*given: Any) -> str:
        calls.append(1)
        return boom() if len(calls) == 1 else real(*given)

    return render


def test_a_failing_event_says_nothing_to_nobody(
    workshop: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A report of WeChat has no follower who could hear an apology."""
    told = [(form, boom if handler is events.reported else handler) for form, handler in routes.ROUTES]
    monkeypatch.setattr(routes, "ROUTES", tuple(told))
    heard = workshop.bot().event("o1", "MASSSENDJOBFINISH", MsgID="1")
    assert heard.silent
    assert [one for one in caplog.records if one.levelno == logging.ERROR]


def test_the_expiry_of_the_verification_reaches_the_operator(bot: Bot, caplog: pytest.LogCaptureFixture) -> None:
    bot.event("gh_platform", "verify_expired", ExpiredTime="1442401156")
    assert any("verify_expired" in one.getMessage() for one in caplog.records if one.levelno == logging.ERROR)


def test_whoever_cancels_is_erased(bot: Bot) -> None:
    bot.say("o2", "跑步")
    bot.say("o3", "跑步")
    bot.event("gh_platform", "user_authorization_cancellation", OpenID="o2", AppID="wx", RevokeInfo="1")
    assert not bot.rows("behaviours", openid="o2") and not bot.rows("interests", openid="o2")
    assert bot.rows("behaviours", openid="o3")
