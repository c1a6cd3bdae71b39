"""What a campaign says to one person: their item, their reason, their name where they told it, a link of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from bot_in_process import NOON, SHOP, Bot, Workshop

from catalog.load import Catalog
from domain import wording
from domain.audience import Likes, Not
from domain.campaign import MARKETING, MASS, RECOMMEND, SERVICE, Campaign, Variant
from domain.delivery import NOTICE, TEMPLATE, WINDOW
from domain.learned import NOTHING_LEARNED, Figures
from domain.link import LinkSigner
from domain.quota import REPLY_TEXT_BYTES
from flows.choose_push import item_for, reason_for, subjects
from flows.claim_pushes import Taken
from flows.deliver_receipt import Place
from flows.push_letters import Pen
from flows.write_push import About, Push, names_told, write_push
from storage import followers
from storage.campaign_sending import Due
from wiring import vault

LINKS = LinkSigner("secret")
TEMPLATES = (
    'new-item: {kind: notice, template_id: "1234567890", fields: {thing1: "{title}", amount2: "{price}",'
    ' thing3: "{campaign}", time4: "{date}"}}\n'
)
WEEKEND = """title: 周末
purpose: marketing
channels: [window, notice]
notice: new-item
message: {item: recommend}
"""


@pytest.fixture(scope="module")
def shop(workshop: Workshop) -> Catalog:
    return workshop.catalog({**SHOP, "templates.yaml": TEMPLATES, "campaigns/weekend.yaml": WEEKEND})


@pytest.fixture
def bot(workshop: Workshop, shop: Catalog) -> Iterator[Bot]:
    made = workshop.bot(shop)
    yield made
    made.store.close()


def a_campaign(text: str = wording.COMPOSED, **more: Any) -> Campaign:
    values = {"purpose": MARKETING, "channels": (WINDOW,), "item": RECOMMEND, **more}
    return Campaign("weekend", "周末", variants=(Variant("main", text),), **values)


def written(bot: Bot, campaign: Campaign, about: About, channel: str = WINDOW, now: int = NOON) -> Push | None:
    place = Place(bot.settings.public_url, bot.settings.timezone)
    return write_push(place, LINKS, bot.live.current, campaign, channel, about, now)


def text(bot: Bot, campaign: Campaign, about: About, channel: str = WINDOW) -> str:
    push = written(bot, campaign, about, channel)
    assert push is not None
    return push.text


ABOUT = About("main", "run-30", "因为你问过「跑步」", "e1", "小李")


def test_a_push_is_whole(bot: Bot) -> None:
    assert text(bot, a_campaign(), ABOUT) == (
        "小李，中午好！因为你问过「跑步」。\n《从喘到跑》要点在这里\n"
        f'<a href="https://read.example.cn/go/{LINKS.token("run-30", "e1")}">点开试读</a>'
        "\n不想收这类，回复「退订 健身」；都不想收，回复「退订」"
    )


def test_every_push_tells_how_to_get_no_more_where_there_is_room_and_it_does_not_say_so_itself(bot: Bot) -> None:
    assert text(bot, a_campaign("周末愉快", item=""), About("main")) == "周末愉快\n不想收到，回复「退订」"
    topical = a_campaign("周末愉快", item="", topics=("节日",))
    assert text(bot, topical, About("main")).endswith("回复「退订 节日」；都不想收，回复「退订」")
    own = "周末愉快，不想收就回复「退订」"
    assert text(bot, a_campaign(own, item=""), About("main")) == own
    service = a_campaign("课程今天开始", item="", purpose=SERVICE)
    assert text(bot, service, About("main")) == "课程今天开始"
    full = "满" * (REPLY_TEXT_BYTES // 3)
    assert text(bot, a_campaign(full, item=""), About("main")) == full


def test_numbers_are_told_where_there_are_enough(bot: Bot) -> None:
    figures = Figures(0, 0, 0, 1_284, 0, 0, 0, 0, 0)
    bot.live.teach(type(NOTHING_LEARNED)({"run-30": figures}, {}, {}))
    try:
        assert "\n1,284 人读完\n" in text(bot, a_campaign(), ABOUT)
    finally:
        bot.live.teach(NOTHING_LEARNED)


def test_a_mass_message_is_the_same_for_all(bot: Bot) -> None:
    said = text(bot, a_campaign(channels=(WINDOW, MASS)), ABOUT, MASS)
    assert said == text(bot, a_campaign(), About("main", "run-30", "另一个原因", "e1", "小王"), MASS)
    assert said.startswith("你好！\n《从喘到跑》") and "小李" not in said and "跑步" not in said


def test_the_words_to_tap_promise_what_the_page_gives(bot: Bot) -> None:
    assert ">点开试读</a>" in text(bot, a_campaign(), ABOUT)
    assert ">免费读全文</a>" in text(bot, a_campaign(), About("main", "stretch"))
    assert ">点开看看</a>" in text(bot, a_campaign(purpose=SERVICE), ABOUT)


def test_a_sample_leads_to_the_page_itself(bot: Bot) -> None:
    assert '"https://read.example.cn/a/run-30"' in text(bot, a_campaign(), About("main", "run-30"))


def test_a_notice_fills_its_fields(bot: Bot) -> None:
    push = written(bot, bot.live.current.campaigns["weekend"], ABOUT, NOTICE)
    assert push is not None and push.url.startswith("https://read.example.cn/go/run-30.")
    assert {key: one["value"] for key, one in push.data.items()} == {
        "thing1": "从喘到跑", "amount2": "9.90元", "thing3": "周末", "time4": "2026年11月23日 12:00",
    }  # fmt: skip


def test_nothing_is_said_of_what_is_gone(bot: Bot) -> None:
    assert written(bot, a_campaign(), About("main", "gone")) is None
    assert written(bot, a_campaign(), About("other", "run-30")) is None
    assert text(bot, a_campaign("周末愉快", item=""), About("main")).startswith("周末愉快")


def test_a_text_that_has_grown_too_long_is_shortened_or_not_sent(bot: Bot) -> None:
    long = a_campaign("字" * 600 + "{title}{summary}" * 13)
    push = written(bot, long, ABOUT)
    assert push is not None and "要点在这里" not in push.text and len(push.text.encode()) <= 2048
    assert written(bot, a_campaign("字" * 700), ABOUT) is None


def test_names_are_used_only_where_they_were_told_and_wanted(bot: Bot) -> None:
    people = ["told", "silent", "private"]
    for openid in people:
        bot.event(openid, "subscribe", "")
    for openid in ("told", "private"):
        bot.say(openid, "叫我小李")
    bot.say("private", "关闭个性化")
    secrets = vault(bot.settings)
    assert names_told(bot.store, secrets, bot.live.current, a_campaign(), people) == {"told": "小李"}
    assert names_told(bot.store, secrets, bot.live.current, a_campaign("{title} {link}"), people) == {}
    assert names_told(bot.store, None, bot.live.current, a_campaign(), people) == {}


def test_each_is_offered_what_suits_them_with_the_true_reason(bot: Bot) -> None:
    bot.event("runner", "subscribe", "")
    bot.say("runner", "有没有跑步的文章")
    now = int(bot.clock.now)
    assert item_for(bot.store, bot.live.current, a_campaign(), "runner", now) == ("run-30", "因为你问过「跑步」")
    slug, _ = item_for(bot.store, bot.live.current, a_campaign(), "runner", now, ["健身"])
    assert slug and "健身" not in bot.live.current.items[slug].tags
    assert item_for(bot.store, bot.live.current, a_campaign("{title}"), "runner", now) == ("run-30", "")


def test_a_stranger_hears_no_reason_that_says_nothing(bot: Bot) -> None:
    bot.event("stranger", "subscribe", "")
    slug, reason = item_for(bot.store, bot.live.current, a_campaign(), "stranger", int(bot.clock.now))
    assert slug and reason in ("", "因为它刚上新")


def test_what_a_campaign_is_about_is_what_it_recommends(bot: Bot) -> None:
    bot.event("runner", "subscribe", "")
    bot.say("runner", "有没有跑步的文章")
    now, shelf = int(bot.clock.now), bot.live.current
    savers = a_campaign(topics=("理财",))
    assert shelf.items[item_for(bot.store, shelf, savers, "runner", now)[0]].subject == "理财"
    assert subjects(a_campaign(audience=Likes("健身", 0.3))) == {"健身"}
    assert subjects(a_campaign(audience=Not(Likes("健身", 0.3)))) == set()
    assert item_for(bot.store, shelf, a_campaign(topics=("密码",)), "runner", now) == ("", "")


def test_a_fixed_item_has_its_reason_too(bot: Bot) -> None:
    bot.event("runner", "subscribe", "")
    bot.say("runner", "有没有跑步的文章")
    now, shelf = int(bot.clock.now), bot.live.current
    assert item_for(bot.store, shelf, a_campaign(item="run-30"), "runner", now) == ("run-30", "因为你问过「跑步」")
    assert item_for(bot.store, shelf, a_campaign("你好", item=""), "runner", now) == ("", "")
    assert reason_for(bot.store, shelf, a_campaign(), "runner", "gone", now) == ""


def letter(bot: Bot, campaign: Campaign, channel: str, slug: str = "run-30") -> tuple[str, dict[str, Any]] | None:
    pen = Pen(LINKS, Place(bot.settings.public_url, bot.settings.timezone), vault(bot.settings))
    due = Due("told", "main", slug, "", "", "", "", NOON, None, 0)
    (made,) = pen.letters(bot.store, bot.live.current, campaign, "r@1", [Taken(due, channel, "e1", NOON)], NOON)
    return (made.path, json.loads(made.body)) if made else None


def test_letters_carry_the_name_the_words_and_the_link(bot: Bot) -> None:
    bot.event("told", "subscribe", "")
    bot.say("told", "叫我小李")
    weekend = bot.live.current.campaigns["weekend"]
    path, told = letter(bot, weekend, WINDOW) or ("", {})
    assert path == "/cgi-bin/message/custom/send" and told["text"]["content"].startswith("小李，中午好！\n《从喘到跑》")
    path, told = letter(bot, weekend, NOTICE) or ("", {})
    assert path.endswith("bizsend") and told["data"]["thing1"] == {"value": "从喘到跑"}
    assert told["page"] == f"https://read.example.cn/go/{LINKS.token('run-30', 'e1')}"
    assert letter(bot, weekend, WINDOW, "gone") is None
    with pytest.raises(ValueError, match="service notice"):
        letter(bot, weekend, TEMPLATE)


def test_a_name_that_only_a_file_tells_is_not_used(bot: Bot) -> None:
    secrets = vault(bot.settings)
    with bot.store.write() as tx:
        for openid, facts in (("ours", {"name": "小李", "imported": ["name"]}), ("theirs", {"name": "小王"})):
            followers.bring(tx, openid, NOON, NOON, secrets.hide(json.dumps(facts)))
    assert names_told(bot.store, secrets, bot.live.current, a_campaign(), ["ours", "theirs"]) == {"theirs": "小王"}


def test_numbers_are_the_proof_and_not_the_reason(bot: Bot) -> None:
    bot.event("stranger", "subscribe", "")
    well = Figures(400, 300, 300, 250, 90, 480, 100, 60, 0)
    bot.live.teach(type(NOTHING_LEARNED)({"run-30": well}, {}, {}))
    try:
        now, fixed = int(bot.clock.now), a_campaign(item="run-30")
        assert item_for(bot.store, bot.live.current, fixed, "stranger", now) == ("run-30", "")
        assert "250 人读完" in text(bot, fixed, About("main", "run-30"))
    finally:
        bot.live.teach(NOTHING_LEARNED)
