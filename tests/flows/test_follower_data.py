"""What is kept about a follower: where they came from, what they like and why, what they refuse to be sent."""

from typing import Any

import pytest
from bot_in_process import NOON, Bot

from flows.show_follower import show_follower
from flows.tidy_up import GONE_FOR_SECONDS, forget_who_left
from storage import entitlements


def shown(bot: Bot, openid: str) -> dict[str, Any]:
    document = show_follower(bot.store, openid, int(bot.clock.now), bot.settings.timezone, lambda about: {})
    assert document is not None
    return document


def tags(bot: Bot, openid: str) -> list[str]:
    return [one["tag"] for one in shown(bot, openid)["tags"]]


def test_the_first_source_is_kept(bot: Bot) -> None:
    bot.event("o1", "subscribe", "qrscene_c_42", Ticket="t")
    bot.event("o1", "unsubscribe")
    bot.event("o1", "subscribe", "qrscene_other", Ticket="t")
    bot.event("o1", "SCAN", "third", Ticket="t")
    bot.event("o1", "subscribe", "last_trade_no_4200")
    document = shown(bot, "o1")
    assert document["source"] == "qr:c_42"
    assert document["behaviour_count"] == 5


@pytest.mark.parametrize(
    ("key", "source"),
    [
        ("qrscene_7", "qr:7"),
        ("qrscene_qrscene_7", "qr:qrscene_7"),
        ("last_trade_no_42", "pay"),
        ("", ""),
        (None, ""),
        ("scanbarcode|1", ""),
        ("qrscene_" + "x" * 300, "qr:" + "x" * 125),
    ],
)
def test_how_they_came(bot: Bot, key: str | None, source: str) -> None:
    bot.event("o1", "subscribe", key)
    assert bot.rows("followers")[0]["source"] == source


def test_follow_leave_and_come_back(bot: Bot) -> None:
    bot.event("o1", "subscribe")
    first = shown(bot, "o1")
    assert first["subscribed"] and first["subscribed_at"] == "2026-11-23T12:00:02+08:00"
    assert bot.event("o1", "unsubscribe").silent
    assert not shown(bot, "o1")["subscribed"]
    assert bot.event("o1", "subscribe").words.startswith("你好，我是书童")
    assert shown(bot, "o1")["subscribed_at"] == "2026-11-23T12:00:06+08:00"
    bot.say("o1", "跑步")
    bot.event("o1", "unsubscribe")
    assert bot.event("o1", "subscribe").words.startswith("欢迎回来")


def test_who_left_a_week_ago_is_forgotten_but_keeps_what_was_bought(bot: Bot) -> None:
    bot.say("o1", "跑步")
    with bot.store.write() as tx:
        entitlements.grant(tx, "o1", "run-30", "buy", NOON)
    bot.event("o1", "unsubscribe")
    left = int(bot.clock.now)
    assert forget_who_left(bot.store, left + GONE_FOR_SECONDS).startswith("0 ")
    assert tags(bot, "o1")
    assert forget_who_left(bot.store, left + GONE_FOR_SECONDS + 1).startswith("1 ")
    assert not tags(bot, "o1") and shown(bot, "o1")["owns"] == ["run-30"]


def test_evidence_is_the_followers_own_words(bot: Bot) -> None:
    bot.say("o1", "最近想夜跑")
    (tag,) = [one for one in shown(bot, "o1")["tags"] if one["tag"] == "跑步"]
    assert [(one["kind"], one["text"]) for one in tag["evidence"]] == [("message", "最近想夜跑")]
    assert 0 < tag["weight"] < 1


def test_forgetting_takes_the_tag_and_its_evidence(bot: Bot) -> None:
    bot.say("o1", "跑步")
    bot.say("o1", "有没有理财的文章")
    assert bot.say("o1", "忘记跑步").words == "好的，「跑步」的事我已经忘了。"
    document = shown(bot, "o1")
    assert "跑步" not in tags(bot, "o1") and "理财" in tags(bot, "o1")
    assert all(one["tag"] != "跑步" for one in document["tags"])
    assert "跑步" not in bot.say("o1", "我的").words
    bot.say("o1", "夜跑")
    (tag,) = [one for one in shown(bot, "o1")["tags"] if one["tag"] == "跑步"]
    assert [one["text"] for one in tag["evidence"]] == ["夜跑"]


@pytest.mark.parametrize("unknown", ["忘记咖啡", "忘掉飞碟"])
def test_what_was_never_known_cannot_be_forgotten(bot: Bot, unknown: str) -> None:
    assert bot.say("o1", unknown).words == f"我这里没有记着「{unknown[2:]}」。"


def test_opting_out_and_in_again_leaves_rows(bot: Bot) -> None:
    assert bot.say("o1", "退订 理财").words.startswith("好的，不再给你推送「理财」")
    bot.say("o1", "退订 定投")
    assert shown(bot, "o1")["opted_out"] == ["基金", "理财"]
    assert bot.say("o1", "退订").words.startswith("好的，不再给你推送。")
    assert shown(bot, "o1")["opted_out"] == ["", "基金", "理财"]
    assert bot.rows("opt_outs", topic="")[0]["at"] == bot.clock.now
    assert bot.say("o1", "恢复订阅").words.startswith("已恢复")
    assert shown(bot, "o1")["opted_out"] == []


@pytest.mark.parametrize("words", ["退订", "TD", "ｔｄ", "退訂", "取消推送", "请退订", "退订吧", "别再推送"])
def test_ways_to_opt_out(bot: Bot, words: str) -> None:
    bot.say("o1", words)
    assert [row["topic"] for row in bot.rows("opt_outs")] == [""]


@pytest.mark.parametrize(
    "words",
    [
        "TDD是什么",
        "tdengine 怎么用",
        "我的td怎么了",
        "怎么退订别的号的短信",
        "退订了好几次还是天天收到垃圾短信骚扰电话，请问到底应该怎么办才好呢",
    ],
)
def test_ways_to_say_something_else(bot: Bot, words: str) -> None:
    assert bot.say("o1", words).status == 200
    assert not bot.rows("opt_outs")


def test_opting_out_does_not_end_the_talk(bot: Bot) -> None:
    bot.say("o1", "退订")
    assert bot.say("o1", "跑步").slugs[0] == "run-30"


def test_erasing_takes_two_messages(bot: Bot) -> None:
    bot.event("o1", "subscribe", "qrscene_7")
    bot.say("o1", "跑步")
    bot.say("o1", "退订 理财")
    with bot.store.write() as tx:
        entitlements.grant(tx, "o1", "run-30", "buy", NOON)
    bot.say("o2", "跑步")
    other = [row for rows in bot.everything().values() for row in rows if row.get("openid") == "o2"]
    assert "十分钟内回复「确认删除」" in bot.say("o1", "删除我的数据").words
    assert tags(bot, "o1")
    assert bot.say("o1", "确认删除").words.startswith("已全部删除")
    document = shown(bot, "o1")
    assert document["tags"] == [] and document["source"] == "" and document["owns"] == ["run-30"]
    assert document["opted_out"] == ["理财"]  # a refusal outlives the rest
    assert [row["text"] for row in bot.rows("behaviours", openid="o1")] == ["确认删除"]
    assert not bot.rows("exposures", openid="o1") and not bot.rows("interests", openid="o1")
    assert other == [row for rows in bot.everything().values() for row in rows if row.get("openid") == "o2"]


@pytest.mark.parametrize(("wait", "erased"), [(590, True), (598, True), (601, False), (100_000, False)])
def test_the_confirmation_counts_for_ten_minutes(bot: Bot, wait: int, erased: bool) -> None:
    bot.say("o1", "跑步")
    bot.say("o1", "删除我的数据")
    bot.clock.now += wait
    heard = bot.say("o1", "确认删除")
    assert heard.words.startswith("已全部删除") == erased
    assert bool(tags(bot, "o1")) != erased


def test_a_confirmation_of_nothing_erases_nothing(bot: Bot) -> None:
    bot.say("o2", "删除我的数据")
    bot.say("o1", "跑步")
    assert bot.say("o1", "确认删除").words == "要删除数据，请先回复「删除我的数据」。"
    assert tags(bot, "o1")


def test_other_words_in_between_do_not_matter(bot: Bot) -> None:
    bot.say("o1", "删除我的数据")
    bot.say("o1", "在吗")
    assert bot.say("o1", "确认删除").words.startswith("已全部删除")


def test_everything_a_follower_does_leaves_a_row(bot: Bot) -> None:
    bot.event("o1", "subscribe", "qrscene_7")
    heard = bot.say("o1", "跑步")
    bot.event("o1", "CLICK", "RECOMMEND")
    bot.event("o1", "SCAN", "scene")
    bot.event("o1", "VIEW", "https://read.example.cn/x")
    bot.media("o1", "image", PicUrl="http://p", MediaId="1")
    bot.get(heard.links[0], follow_redirects=True)
    bot.event("o1", "unsubscribe")
    rows = sorted(bot.rows("behaviours", openid="o1"), key=lambda row: (row["at"], row["kind"]))
    assert [(row["kind"], row["text"], row["detail"]) for row in rows if row["kind"] not in ("click",)] == [
        ("follow", "", "qrscene_7"),
        ("message", "跑步", ""),
        ("menu_tap", "", "RECOMMEND"),
        ("scan", "", "scene"),
        ("view", "", "https://read.example.cn/x"),
        ("media", "", "1"),
        ("page_view", "", "run-30"),
        ("unfollow", "", ""),
    ]
    assert [row["kind"] for row in rows].count("click") == 1
    assert [row["at"] for row in rows] == sorted(row["at"] for row in rows)
