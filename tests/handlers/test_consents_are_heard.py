"""WeChat's events about 订阅通知 become consents, whatever order and however often they come."""

from __future__ import annotations

from typing import Any

from bot_in_process import Bot

from storage import campaign_deliveries, campaign_sending, consents
from storage.campaign_deliveries import Plan
from storage.campaign_sending import Settled

ANNA = "oAnna"


def popup(bot: Bot, *rows: tuple[str, str], scene: str = "1") -> dict[str, Any]:
    told = [{"TemplateId": template, "SubscribeStatusString": answer, "PopupScene": scene} for template, answer in rows]
    more: Any = told[0] if len(told) == 1 else told
    return bot.event_fields(ANNA, "subscribe_msg_popup_event", SubscribeMsgPopupEvent={"List": more})


def left(bot: Bot, template: str = "T1") -> int:
    with bot.store.read() as tx:
        return consents.left(tx, ANNA, template)


def test_a_yes_counts_once_however_often_it_is_pushed(bot: Bot) -> None:
    event = popup(bot, ("T1", "accept"), ("T2", "reject"))
    assert bot.push(event).silent
    bot.clock.now += 5
    assert bot.push(event).silent
    assert (left(bot), left(bot, "T2")) == (1, 0)
    assert {row["scene"] for row in bot.rows("consents")} == {"page"}


def test_two_yeses_allow_two_messages(bot: Bot) -> None:
    for _ in range(2):
        bot.clock.now += 2
        bot.push(popup(bot, ("T1", "accept")))
    assert left(bot) == 2


def test_switched_off_in_the_settings_nothing_is_left(bot: Bot) -> None:
    bot.push(popup(bot, ("T1", "accept"), scene="2"))
    row = {"TemplateId": "T1", "SubscribeStatusString": "reject"}
    bot.event(ANNA, "subscribe_msg_change_event", SubscribeMsgChangeEvent={"List": row})
    assert left(bot) == 0


def test_events_that_come_in_the_wrong_order_are_put_right(bot: Bot) -> None:
    bot.clock.now += 10
    early = popup(bot, ("T1", "accept"))
    bot.clock.now += 10
    late = popup(bot, ("T1", "reject"))
    bot.push(late)
    bot.push(early)
    assert left(bot) == 0, "the no was said last"


def test_an_event_about_consents_is_nothing_the_follower_did(bot: Bot) -> None:
    bot.push(popup(bot, ("T1", "accept")))
    assert bot.rows("behaviours") == [] and bot.rows("followers") == []


def test_who_has_their_data_erased_agreed_to_nothing(bot: Bot) -> None:
    bot.push(popup(bot, ("T1", "accept")))
    bot.say(ANNA, "删除我的数据")
    bot.say(ANNA, "确认删除")
    assert bot.rows("consents") == []


def sent(bot: Bot, run: str, channel: str, message_id: str = "") -> None:
    """A run's message to her, taken by WeChat."""
    now = int(bot.clock.now)
    with bot.store.write() as tx:
        campaign_deliveries.plan(tx, run, [Plan(ANNA, "planned")], now)
        assert campaign_sending.take(tx, run, ANNA, channel, "", "me", now)
        done = Settled(ANNA, "sent", "", channel, "", now, now, message_id)
        campaign_sending.settle(tx, run, "me", [done])
        if channel == "notice":
            assert consents.spend(tx, ANNA, "T1", run, now)


def states(bot: Bot) -> dict[str, tuple[str, str]]:
    return {row["run_id"]: (row["state"], row["why"]) for row in bot.rows("campaign_deliveries")}


def test_a_notice_that_did_not_arrive_is_no_longer_counted_as_sent(bot: Bot) -> None:
    for run in ("early@1", "late@2"):
        bot.clock.now += 60
        bot.push(popup(bot, ("T1", "accept")))
        sent(bot, run, "notice")
    report = {"TemplateId": "T1", "MsgID": "17", "ErrorCode": "43101", "ErrorStatus": "user refuse"}
    assert bot.event(ANNA, "subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": report}).silent
    assert states(bot) == {"early@1": ("sent", ""), "late@2": ("failed", "refused: 43101")}
    arrived = {**report, "ErrorCode": "0", "ErrorStatus": "success"}
    bot.event(ANNA, "subscribe_msg_sent_event", SubscribeMsgSentEvent={"List": arrived})
    assert states(bot)["early@1"] == ("sent", "")


def test_a_template_message_of_a_campaign_that_did_not_arrive_says_so(bot: Bot) -> None:
    sent(bot, "one@1", "template", "1001")
    sent(bot, "two@2", "template", "1002")
    bot.event(ANNA, "TEMPLATESENDJOBFINISH", MsgID="1001", Status="success")
    bot.event(ANNA, "TEMPLATESENDJOBFINISH", MsgID="1002", Status="failed:user block")
    assert states(bot) == {"one@1": ("sent", ""), "two@2": ("failed", "failed:user block")}
