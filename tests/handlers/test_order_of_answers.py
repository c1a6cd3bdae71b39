"""Commands, then the operator's replies, then a search, else a recommendation; and always a true reason."""

from typing import Any

import pytest
from bot_in_process import NOON, SHOP, Bot, real_shelf

from catalog.sentences import SENTENCES
from flows.know_follower import REMEMBERED


def test_a_command_comes_before_a_keyword(bot: Bot) -> None:
    assert bot.say("o1", "推荐").words.startswith("为你挑了")


def test_a_keyword_comes_before_a_search(bot: Bot) -> None:
    assert bot.say("o1", "有没有跑步鞋").words == "鞋的事问店员"
    assert bot.weights("o1").get("跑步", 0) >= 0


def test_a_search_comes_before_a_recommendation(bot: Bot) -> None:
    heard = bot.say("o1", "有没有自驾的文章")
    assert heard.words.startswith("关于「自驾」，对得上的有 1 篇，其余相近：")
    assert heard.slugs[0] == "drive-far" and "（因为你问到「自驾」）" in heard.words
    assert {row["policy"] for row in bot.rows("exposures")} == {"search-1"}


def test_a_question_is_answered_with_what_it_is_about(real_bot: Bot) -> None:
    """入门 goes with every subject: it does not make a coffee article answer a question on running."""
    items = real_bot.live.current.items
    for words, tag, slug in (("跑步怎么入门", "跑步", "running-30"), ("家里wifi慢", "wifi", "wifi-slow")):
        heard = real_bot.say("o1", words)
        assert heard.slugs[0] == slug and f"（因为你问到「{tag}」）" in heard.words
        assert {items[one].subject for one in heard.slugs} == {items[slug].subject}


@pytest.mark.parametrize(
    ("words", "subject"), [("股票怎么买", "理财"), ("附近有什么好玩的", "旅行"), ("减肥", "健身"), ("怎么撸铁", "健身")]
)
def test_everyday_words_lead_to_their_subject(real_bot: Bot, words: str, subject: str) -> None:
    heard = real_bot.say("o1", words)
    assert real_bot.live.current.items[heard.slugs[0]].subject == subject, heard.words


def test_nothing_is_promised_that_is_not_done(bot: Bot) -> None:
    assert "编辑" not in bot.say("o1", "嗯嗯好吧").words


def test_else_a_recommendation(bot: Bot) -> None:
    heard = bot.say("o1", "嗯嗯好吧")
    assert heard.words.startswith(SENTENCES["fallback"])
    assert len(heard.slugs) == 3


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("发票", "发票这样开"),
        ("请问能开票吗", "发票这样开"),
        ("在吗", "一直在"),
        ("第12期", "这一期在这里"),
        ("發票", "发票这样开"),
    ],
)
def test_keywords(bot: Bot, words: str, answer: str) -> None:
    assert bot.say("o1", words).words == answer


@pytest.mark.parametrize("words", ["你还在吗我等你", "看第12期吗"])
def test_what_a_keyword_does_not_say(bot: Bot, words: str) -> None:
    assert bot.say("o1", words).words not in ("一直在", "这一期在这里")


@pytest.mark.parametrize(
    ("hour", "minute", "night"),
    [(21, 59, False), (22, 0, True), (23, 30, True), (0, 0, True), (5, 59, True), (6, 0, False), (12, 0, False)],
)
def test_keywords_have_hours(bot: Bot, hour: int, minute: int, night: bool) -> None:
    bot.clock.now = NOON - 12 * 3600 + hour * 3600 + minute * 60 - 2
    assert (bot.say("o1", "夜聊").words == "夜深了") == night


def test_a_keyword_may_show_an_item(bot: Bot) -> None:
    heard = bot.say("o1", "招牌菜是什么")
    assert heard.fields["MsgType"] == "news" and heard.slugs == ["run-30"]
    (row,) = bot.rows("exposures")
    assert (row["policy"], row["slug"], row["propensity"]) == ("operator", "run-30", 1.0)


def test_a_title_that_is_nearly_right(bot: Bot) -> None:
    assert bot.say("o1", "七天一支登机厢").slugs[0] == "one-bag"


@pytest.mark.parametrize("words", ["我想學跑步", "夜跑", "慢跑怎么开始？", "ＡＩ", "写代码"])
def test_synonyms_traditional_and_full_width(bot: Bot, words: str) -> None:
    assert bot.say("o1", words).slugs[0] in ("run-30", "ai-ask", "read-errors")


def test_every_offer_is_logged_with_its_propensity_and_reason(bot: Bot) -> None:
    heard = bot.say("o1", "推荐")
    rows = sorted(bot.rows("exposures"), key=lambda row: row["position"])
    assert [row["slug"] for row in rows] == heard.slugs
    assert [row["position"] for row in rows] == [1, 2, 3]
    for row in rows:
        assert row["openid"] == "o1" and 0 < row["propensity"] < 1
        assert f"（{row['reason']}）" in heard.words
        assert row["id"] in heard.xml


def test_the_reasons_are_true(bot: Bot) -> None:
    """A stranger is not told of questions never asked; an asker is told of his own words only."""
    stranger = bot.say("o1", "推荐").words
    assert "你问" not in stranger and "你说过" not in stranger and "你点过" not in stranger
    assert "（因为它刚上新）" in stranger  # 手冲咖啡, three days old
    bot.say("o2", "最近想夜跑")
    asker = bot.say("o2", "推荐").words
    assert "（因为你问过「夜跑」）" in asker
    for _ in range(3):
        bot.event("o3", "CLICK", "TAG:科技")
        bot.clock.now += 100
    bot.clock.now += REMEMBERED  # what the taps showed is rested
    assert "（因为你点过「科技」）" in bot.say("o3", "推荐").words
    heard = bot.say("o4", "推荐")
    for link in heard.links:
        bot.get(link)
    assert "的内容）" in bot.say("o4", "推荐").words


def test_an_empty_shelf_is_said_plainly(workshop: Any) -> None:
    bot = workshop.bot(workshop.catalog({"replies.yaml": "replies:\n  - {name: a, when: [在吗], text: 在}\n"}))
    for words in ("推荐", "换一批", "跑步", "随便", "1", "我喜欢跑步", "为什么"):
        heard = bot.say("o1", words)
        assert heard.status == 200 and heard.words and not heard.slugs
    assert bot.say("o1", "推荐").words == SENTENCES["empty_shelf"]
    assert bot.say("o1", "在吗").words == "在"
    for event, key in (("subscribe", None), ("CLICK", "RECOMMEND"), ("CLICK", "TAG:健身"), ("SCAN", "1")):
        assert bot.event("o1", event, key).words


def test_operators_write_the_sentences(workshop: Any) -> None:
    words = {**SHOP, "replies.yaml": "sentences: {fallback: '说点别的？', welcome: '{choices} 你来啦 {{笑}}'}\n"}
    bot = workshop.bot(workshop.catalog(words))
    assert bot.say("o1", "嗯嗯好吧").words.startswith("说点别的？")
    assert bot.event("o1", "subscribe").words.endswith("你来啦 {笑}")


def test_the_engineer_of_the_source_document(real_bot: Bot) -> None:
    """A man of 30 who talks of artificial intelligence, programming, running and driving gets those three subjects."""
    real_bot.event("engineer", "subscribe")
    for words in ("最近有什么人工智能的文章", "想学编程", "想开始跑步", "周末想自驾旅行"):
        heard = real_bot.say("engineer", words)
        assert heard.slugs and heard.words.startswith("关于「")
    heard = real_bot.event("engineer", "CLICK", "RECOMMEND")
    subjects = [real_shelf().items[slug].subject for slug in heard.slugs]
    assert sorted(subjects) == sorted(["科技", "健身", "旅行"])
    assert heard.words.count("（因为你问过「") == 3
    assert len(heard.text.encode()) <= 2_048


@pytest.mark.parametrize(
    ("chat", "subjects"),
    [
        (["有没有理财的文章", "想学基金定投"], {"理财"}),
        (["宝宝要上幼儿园了", "给宝宝讲睡前故事"], {"育儿"}),
        (["失眠怎么办", "最近很焦虑"], {"心理"}),
    ],
)
def test_a_short_chat_brings_its_subject_first(real_bot: Bot, chat: list[str], subjects: set[str]) -> None:
    for words in chat:
        real_bot.say("o1", words)
    first = real_bot.event("o1", "CLICK", "RECOMMEND").slugs[0]
    assert real_shelf().items[first].subject in subjects


def test_every_subject_of_the_welcome_leads_somewhere(real_bot: Bot) -> None:
    heard = real_bot.event("o1", "subscribe")
    assert {"我喜欢科技", "我喜欢健身", "我喜欢旅行", "我喜欢理财"} <= set(heard.taps)
    for n, sent in enumerate(heard.taps):
        told = real_bot.say(f"p{n}", sent, bizmsgmenuid="tap")
        assert told.words.startswith(f"记下了，你喜欢「{sent.removeprefix('我喜欢')}」。") and told.slugs


def test_without_tappable_text_the_choices_are_plain(workshop: Any) -> None:
    bot = workshop.bot(WECHAT_TAPPABLE_TEXT="no")
    heard = bot.event("o1", "subscribe")
    assert "「我喜欢健身」" in heard.text and "weixin://" not in heard.text
    listed = bot.say("o1", "推荐")
    assert "「换一批」" in listed.text and "weixin://" not in listed.text
    assert "「更多」" in bot.say("o1", "长文").text
