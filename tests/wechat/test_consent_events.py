"""What followers answered to 订阅通知 is read from every shape in which the events come."""

from __future__ import annotations

from typing import Any

import pytest

from wechat.consent_events import CHANGE, POPUP, SENT, Told, answers, failed_notices


def row(template_id: str, answer: str, scene: str = "") -> dict[str, str]:
    told = {"TemplateId": template_id, "SubscribeStatusString": answer}
    return told | ({"PopupScene": scene} if scene else {})


YES, NO = row("T1", "accept", "1"), row("T2", "reject", "2")


@pytest.mark.parametrize(
    ("form", "report", "told"),
    [
        (POPUP, {"SubscribeMsgPopupEvent": {"List": YES}}, [Told("T1", "accept", "page")]),
        (
            POPUP, {"SubscribeMsgPopupEvent": {"List": [YES, NO]}},
            [Told("T1", "accept", "page"), Told("T2", "reject", "article")],
        ),
        (
            POPUP, {"SubscribeMsgPopupEvent": [{"List": YES}, {"List": NO}]},
            [Told("T1", "accept", "page"), Told("T2", "reject", "article")],
        ),
        (POPUP, {"List": [YES]}, [Told("T1", "accept", "page")]),
        (CHANGE, {"SubscribeMsgChangeEvent": {"List": row("T1", "reject")}}, [Told("T1", "reject", "settings")]),
        (CHANGE, {"SubscribeMsgPopupEvent": {"List": row("T1", "reject")}}, [Told("T1", "reject", "settings")]),
        (POPUP, {"SubscribeMsgPopupEvent": {"List": row("T1", "ACCEPT", "7")}}, [Told("T1", "accept", "")]),
        ("click_event", {"SubscribeMsgPopupEvent": {"List": YES}}, []),
    ],
)  # fmt: skip
def test_each_answer_is_read(form: str, report: dict[str, Any], told: list[Told]) -> None:
    assert answers(form, report) == told


@pytest.mark.parametrize(
    "odd",
    [
        {}, {"SubscribeMsgPopupEvent": ""}, {"SubscribeMsgPopupEvent": {"List": ""}}, {"List": ["", None, 5]},
        {"SubscribeMsgPopupEvent": {"List": [row("T1", "cancel"), row("T1", "filter"), row("", "accept"), {}]}},
    ],
)  # fmt: skip
def test_what_is_neither_yes_nor_no_tells_nothing(odd: dict[str, Any]) -> None:
    assert answers(POPUP, odd) == []


def test_which_notices_did_not_arrive_is_read_too() -> None:
    good = {"TemplateId": "T1", "MsgID": "17", "ErrorCode": "0", "ErrorStatus": "success"}
    bad = {"TemplateId": "T2", "MsgID": "18", "ErrorCode": "43101", "ErrorStatus": "user refuse"}
    assert failed_notices(SENT, {"SubscribeMsgSentEvent": {"List": [good, bad]}}) == [("T2", "refused: 43101")]
    assert failed_notices(SENT, {"SubscribeMsgSentEvent": {"List": good}}) == []
    assert failed_notices(POPUP, {"SubscribeMsgPopupEvent": {"List": bad}}) == []
    assert answers(SENT, {"SubscribeMsgSentEvent": {"List": bad}}) == []
