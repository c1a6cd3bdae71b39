"""An item dated in the future: nobody meets it before its day, and everybody may on that day."""

import pytest
from bot_in_process import NOON, SHOP, Bot, Workshop, _article

DAY = 86_400
TO_COME = "articles/marathon.md"
CONTENT = {
    **SHOP,
    TO_COME: _article("马拉松前的最后一周", "健身, 跑步, 马拉松", "8.00", "2026-11-25"),
    "tags.yaml": SHOP["tags.yaml"] + "马拉松: [全马]\n",
    "menu.yaml": "- {name: 新书, key: 'ITEM:marathon'}\n- {name: 特荐, key: 'REPLY:soon'}\n"
    "- {name: 跑步, key: 'TAG:跑步'}\n",
    "replies.yaml": "replies:\n  - {name: soon, when: [本周特荐], item: marathon}\n",
}  # fmt: skip
MENU_KEYS = ("ITEM:marathon", "REPLY:soon", "TAG:跑步", "TAG:马拉松", "RECOMMEND")
OUT = 1_795_536_000  # 2026-11-25 00:00 in Shanghai


@pytest.fixture
def bot(workshop: Workshop):  # type: ignore[no-untyped-def]
    made = workshop.bot(workshop.catalog(CONTENT))
    yield made
    made.close()


def asked_everywhere(bot: Bot) -> list[str]:
    """Everything a follower hears who asks in every way."""
    heard = [bot.event("o1", "subscribe")]
    heard += [bot.say("o1", words) for words in ("马拉松", "马拉松前的最后一周", "全马", "我喜欢马拉松", "跑步")]
    heard += [bot.say("o1", words) for words in ("推荐", "换一批", "换一批", "换一批", "本周特荐")]
    heard += [bot.event("o1", "CLICK", key) for key in MENU_KEYS]
    heard += [bot.say("o1", str(number)) for number in (1, 2, 3)]
    return [one.xml for one in heard]


def test_it_is_not_offered_found_or_opened_before_its_day(bot: Bot) -> None:
    bot.clock.now = NOON
    heard = asked_everywhere(bot)
    assert not [xml for xml in heard if "/go/marathon." in xml or "最后一周" in xml]
    assert not bot.rows("exposures", slug="marathon")


def test_its_page_is_not_there_until_its_day_begins(bot: Bot) -> None:
    bot.clock.now = OUT - 1
    page = bot.get("/a/marathon")
    assert page.status_code == 404 and "最后一周" not in page.text
    assert "最后一周" not in bot.get("/a/run-30").text
    assert not bot.rows("behaviours", detail="marathon")
    bot.clock.now = OUT
    assert bot.get("/a/marathon").status_code == 200


def test_on_its_day_it_is_found_offered_and_opened(bot: Bot) -> None:
    bot.clock.now = OUT + 60
    heard = bot.say("o1", "马拉松")
    assert heard.slugs[0] == "marathon"
    assert bot.say("o1", "1").slugs == ["marathon"]
    assert bot.event("o1", "CLICK", "ITEM:marathon").slugs == ["marathon"]
    assert bot.say("o1", "本周特荐").slugs == ["marathon"]
    assert bot.event("o1", "CLICK", "REPLY:soon").slugs == ["marathon"]
    assert bot.get(heard.links[0]).status_code == 302


def test_an_item_put_off_after_it_was_offered_is_not_opened(bot: Bot, workshop: Workshop) -> None:
    bot.clock.now = OUT + 60
    link = bot.say("o1", "马拉松").links[0]
    later = _article("马拉松前的最后一周", "健身, 跑步, 马拉松", "8.00", "2026-12-25")
    bot.live.current = workshop.catalog({**CONTENT, TO_COME: later})
    assert not bot.say("o1", "1").slugs
    assert bot.get(link).status_code == 404 and bot.get("/a/marathon").status_code == 404
    assert not bot.rows("behaviours", kind="click")
    bot.clock.now += 31 * DAY
    assert bot.get(link).status_code == 302
