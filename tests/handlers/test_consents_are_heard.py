"""WeChat's events about 订阅通知 become consents, whatever order and however often they come."""

from __future__ import annotations

from typing import Any

from bot_in_process import Bot

from storage import consents

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
