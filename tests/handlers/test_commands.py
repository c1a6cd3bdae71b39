"""What a follower may type (contract, section 5), with near misses and politeness, and what the menu sends."""

import re
from typing import Any

import pytest
from bot_in_process import LONG_WORDS, NOON, PAID_WORDS, ROOT, SHOP, Bot

from catalog.sentences import SENTENCES
from storage import entitlements

RECOMMENDED = "为你挑了 3 篇："


@pytest.mark.parametrize(
    "words",
    [
        "推荐",
        "推荐一下",
        "请推荐一下",
        "麻烦推荐",
        "给我推荐",
        "推薦",
        "推荐。",
        "推荐！",
        "推荐吧",
        "  推荐 ",
        "有什么推荐吗",
        "求推荐",
        "tuijian",
        "安利",
        "推 荐",
    ],
)
def test_recommend(bot: Bot, words: str) -> None:
    heard = bot.say("o1", words)
    assert heard.words.startswith(RECOMMENDED), heard.words
    assert len(set(heard.slugs)) == 3
    assert {row["policy"] for row in bot.rows("exposures")} == {"blend-2"}


HEARD = {
    "help": (
        SENTENCES["help"],
        [
            "帮助",
            "help",
            "HELP",
            "怎么用",
            "请问怎么用",
            "使用说明",
            "?",
            "？",
            "你能做什么",
            "你是机器人吗？",
            "帮助一下",
        ],
    ),
    "mine": ("你还没有买过", ["我的", "我的兴趣", "我的标签"]),
    "owned": ("你还没有买过", ["已购", "已购买", "我买过什么", "我的已购", "我买的", "已購"]),
    "data": ("我这里存着你的", ["我的数据", "我的隐私", "我的數據"]),
    "export": (SENTENCES["data_export"], ["导出我的数据", "导出数据", "導出我的數據", "请导出我的数据"]),
    "erase": (
        SENTENCES["erase_ask"],
        ["删除我的数据", "刪除我的數據", "请删除我的数据", "删除数据", "忘记我", "忘记所有"],
    ),
    "confirm_erase": (SENTENCES["erase_first"], ["确认删除"]),
    "why": (SENTENCES["why_nothing"], ["为什么", "为啥", "為什麼", "为什么推荐这个", "why", "为什么推荐这"]),
    "resume": ("已恢复", ["恢复订阅", "恢复推送", "恢復訂閱"]),
    "more": ("没有更多了", ["更多", "下一页", "继续"]),
}


@pytest.mark.parametrize(("begins", "words"), [(said, one) for said, listed in HEARD.values() for one in listed])
def test_the_other_commands(bot: Bot, begins: str, words: str) -> None:
    assert bot.say("o1", words).words.startswith(begins)


@pytest.mark.parametrize(
    "words", ["确认", "删除", "删除我的数据吗不是", "我想删除微信里的数据怎么办", "退订怎么收费", "我的天"]
)
def test_what_is_no_command_erases_and_stops_nothing(bot: Bot, words: str) -> None:
    bot.say("o1", "跑步")
    heard = bot.say("o1", words)
    assert heard.status == 200 and heard.words
    assert "确认删除" not in heard.words or words == "删除我的数据吗不是"
    assert bot.weights("o1")["跑步"] > 0
    assert not bot.rows("opt_outs", topic="")


def test_another_batch_shows_others_until_there_are_none(bot: Bot) -> None:
    seen: list[str] = []
    for _ in range(6):
        heard = bot.say("o1", "换一批") if seen else bot.say("o1", "推荐")
        if not heard.slugs:
            break
        assert not set(heard.slugs) & set(seen)
        seen += heard.slugs
    assert heard.words == SENTENCES["nothing_left"]
    assert set(seen) == {name[9:-3] for name in SHOP if name.startswith("articles/")}


@pytest.mark.parametrize("words", ["换一批", "换一换", "再来几篇", "還有嗎", "不喜欢这些"])
def test_ways_to_ask_for_others(bot: Bot, words: str) -> None:
    first = bot.say("o1", "推荐").slugs
    other = bot.say("o1", words).slugs
    assert len(other) == 3 and not set(first) & set(other)


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("1", 0),
        ("2", 1),
        ("３", 2),
        ("第2个", 1),
        ("看3", 2),
        (" 1 ", 0),
        ("2号", 1),
        ("第二篇", 1),
        ("看第三个", 2),
        ("第一", 0),
        ("2、", 1),
    ],
)
def test_a_number_opens_that_item(bot: Bot, words: str, place: int) -> None:
    listed = bot.say("o1", "推荐")
    before = len(bot.rows("exposures"))
    card = bot.say("o1", words)
    assert card.fields["MsgType"] == "news" and card.fields["ArticleCount"] == "1"
    assert card.slugs == [listed.slugs[place]]
    article = card.fields["Articles"]["item"]
    assert article["Title"] in listed.words
    assert card.links[0] in listed.links  # the same exposure: a click counts for the list that showed it
    assert len(bot.rows("exposures")) == before
    assert bot.say("o1", words).slugs == [listed.slugs[place]]


@pytest.mark.parametrize("words", ["4", "9", "第8个", "0", "12", "99篇"])
def test_a_number_nobody_offered(bot: Bot, words: str) -> None:
    bot.say("o1", "推荐")
    assert bot.say("o1", words).words == SENTENCES["no_such_number"]
    assert bot.say("o2", words).words == SENTENCES["no_such_number"]


def test_a_number_of_an_item_that_is_gone(bot: Bot, workshop: Any) -> None:
    listed = bot.say("o1", "推荐")
    less = {name: text for name, text in SHOP.items() if f"articles/{listed.slugs[0]}.md" != name}
    less["replies.yaml"] = "replies: []\n"
    bot.live.current = workshop.catalog(less)
    assert bot.say("o1", "1").words == SENTENCES["sold_out"]
    assert bot.say("o1", "2").slugs == [listed.slugs[1]]
    assert listed.slugs[0] not in bot.say("o1", "推荐").slugs


def own(bot: Bot, *slugs: str, until: int | None = None) -> None:
    with bot.store.write() as tx:
        for slug in slugs:
            entitlements.grant(tx, "o1", slug, "buy", NOON, until)


@pytest.mark.parametrize(
    "ask", ["推荐", "跑步", "健身", "我喜欢跑步", "从喘到跑", "换一批", "今天随便聊聊", "RECOMMEND", "TAG:健身", "SCAN"]
)
def test_what_is_owned_is_never_offered(bot: Bot, ask: str) -> None:
    own(bot, "run-30", "stretch")
    bot.say("o1", "跑步")
    heard = bot.event("o1", "SCAN", "7") if ask == "SCAN" else None
    heard = heard or (bot.event("o1", "CLICK", ask) if ask.isascii() else bot.say("o1", ask))
    assert heard.words and not {"run-30", "stretch"} & set(heard.slugs)


def test_a_right_that_has_ended_is_no_right(bot: Bot) -> None:
    own(bot, "run-30", until=NOON + 1)
    assert "run-30" in bot.say("o1", "跑步").slugs


def test_what_is_owned_is_listed(bot: Bot) -> None:
    own(bot, "run-30")
    heard = bot.say("o1", "已购")
    assert heard.words == "你已拥有：\n· 从喘到跑"
    assert heard.links == ["/a/run-30"]
    assert PAID_WORDS not in heard.xml


def test_mine_says_what_is_remembered(bot: Bot) -> None:
    bot.say("o1", "跑步")
    assert "我记得你感兴趣的：跑步" in bot.say("o1", "我的").words


@pytest.mark.parametrize(
    "words", ["不想学理财", "不喜欢理财", "别再推理财", "别推理财了", "我对投资没兴趣", "不要再推荐基金和理财"]
)
def test_a_refused_subject_gives_none_of_it(bot: Bot, words: str) -> None:
    bot.say("o1", "有没有理财的文章")
    heard = bot.say("o1", words)
    money = {"index-fund", "emergency"}
    assert not money & set(heard.slugs)
    for ask in ("推荐", "换一批", "换一批", "今天随便聊聊"):
        assert not money & set(bot.say("o1", ask).slugs)
    assert bot.weights("o1")["理财"] < 0


def test_a_refusal_can_be_taken_back(bot: Bot) -> None:
    bot.say("o1", "不想学理财")
    heard = bot.say("o1", "我喜欢理财")
    assert heard.words.startswith("记下了，你喜欢「理财」。")
    assert {"index-fund", "emergency"} & set(heard.slugs)


@pytest.mark.parametrize("words", ["我喜欢跑步", "喜欢夜跑", "我也喜欢慢跑", "我特别喜欢跑步！"])
def test_liking(bot: Bot, words: str) -> None:
    heard = bot.say("o1", words)
    assert heard.words.startswith("记下了，你喜欢「跑步」。")
    assert heard.slugs == ["run-30"] and "（因为你说过喜欢「跑步」）" in heard.words
    assert "「跑步」：" not in heard.words
    (lesson,) = [row for row in bot.rows("interests") if row["tag"] == "跑步"]
    assert lesson["cause"] == "like"


def test_liking_shows_that_subject_whatever_else_is_liked(bot: Bot) -> None:
    for words in ("我喜欢理财", "我喜欢科技", "我喜欢旅行", "我喜欢理财", "我喜欢科技", "我喜欢旅行"):
        bot.say("o1", words)
    assert set(bot.say("o1", "我喜欢健身").slugs) == {"run-30", "dumbbell", "stretch"}


def test_liking_something_without_a_subject_is_a_question(bot: Bot) -> None:
    assert bot.say("o1", "喜欢的人不理我怎么办").slugs


@pytest.mark.parametrize("words", ["忘记密码怎么办", "忘记密码"])
def test_a_question_that_looks_like_forgetting(real_bot: Bot, words: str) -> None:
    """A subject's word may begin like a command: this reader wants the article on passwords."""
    heard = real_bot.say("o1", words)
    assert "没有记着" not in heard.words
    assert any("password" in slug or "密码" in heard.words for slug in heard.slugs)


def test_the_reasons_are_told_when_asked(bot: Bot) -> None:
    listed = bot.say("o1", "跑步")
    given = re.findall(r"（(因为[^）]*|[^）]*)）", listed.words)
    why = bot.say("o1", "为什么").words
    assert why.splitlines() == [
        f"上次推给你的「{title}」：{reason}。"
        for title, reason in zip(re.findall(r"\d\. (.*?)  ", listed.words), given, strict=True)
    ]


@pytest.mark.parametrize(
    ("minutes", "open_"), [(9 * 60 - 1, False), (9 * 60, True), (21 * 60 - 1, True), (21 * 60, False), (3 * 60, False)]
)
@pytest.mark.parametrize("words", ["人工", "转人工", "找人工", "客服", "SERVICE"])
def test_a_person_in_service_hours_only(bot: Bot, words: str, minutes: int, open_: bool) -> None:
    bot.clock.now = NOON - 12 * 3600 + minutes * 60 - 2
    heard = bot.event("o1", "CLICK", words) if words.isascii() else bot.say("o1", words)
    if open_:
        assert heard.fields["MsgType"] == "transfer_customer_service"
    else:
        assert heard.words == SENTENCES["service_closed"].format(hours="09:00-21:00")


MENU = {
    "RECOMMEND": RECOMMENDED,
    "MORE": RECOMMENDED,
    "MINE": "你还没有买过",
    "HELP": SENTENCES["help"],
    "REPLY:here": "一直在",
}


@pytest.mark.parametrize("key", MENU)
def test_the_menu(bot: Bot, key: str) -> None:
    assert bot.event("o1", "CLICK", key).words.startswith(MENU[key])
    (row,) = bot.rows("behaviours")
    assert (row["kind"], row["detail"]) == ("menu_tap", key)


def test_the_menu_shows_a_subject(bot: Bot) -> None:
    heard = bot.event("o1", "CLICK", "TAG:健身")
    assert set(heard.slugs) == {"run-30", "dumbbell", "stretch"}
    assert "因为你点过「健身」" in heard.words
    assert bot.weights("o1")["健身"] > 0


def test_the_menu_shows_an_item(bot: Bot) -> None:
    assert bot.event("o1", "CLICK", "ITEM:run-30").slugs == ["run-30"]
    assert bot.event("o1", "CLICK", "REPLY:card").slugs == ["run-30"]


@pytest.mark.parametrize(
    "key",
    [
        "OLD",
        "",
        "TAG:",
        "TAG:没有的标签",
        "ITEM:gone",
        "ITEM:../../etc",
        "REPLY:gone",
        "recommend ",
        "TAG",
        "x" * 5_000,
        "{}",
    ],
)
def test_a_key_the_menu_no_longer_has_gets_a_recommendation(bot: Bot, key: str) -> None:
    assert bot.event("o1", "CLICK", key).words.startswith(RECOMMENDED)
    assert bot.weights("o1") == {}


def test_every_button_of_our_own_menu_answers(real_bot: Bot) -> None:
    keys = re.findall(r'key: "?([^"}]+)"?}', (ROOT / "content" / "menu.yaml").read_text("utf-8"))
    assert len(keys) >= 8
    for key in keys:
        heard = real_bot.event("o1", "CLICK", key)
        assert heard.words or heard.fields["MsgType"] in ("news", "transfer_customer_service")


def test_more_pages_of_a_long_answer(bot: Bot) -> None:
    heard, pages = bot.say("o1", "长文"), []
    for _ in range(10):
        assert len(heard.text.encode()) <= 2_048
        if "更多" not in heard.taps:
            break
        pages.append(heard.words.removesuffix("更多").rstrip())
        heard = bot.say("o1", "更多")
    pages.append(heard.words)
    assert len(pages) >= 3
    assert "\n".join(pages).split() == LONG_WORDS.split()
    assert bot.say("o1", "更多").words == SENTENCES["no_more"]
    assert bot.say("o2", "更多").words == SENTENCES["no_more"]


def test_a_retried_more_gives_the_same_page(bot: Bot) -> None:
    bot.say("o1", "长文")
    fields = bot.message("o1", Content="更多")
    assert bot.push(fields).xml == bot.push(fields).xml
