"""The content-gap board, from what followers really typed to what should be written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot_in_process import Bot, Workshop, real_shelf

from catalog.load import Catalog, build_catalog
from catalog.replies import KeywordReply
from domain.item import Item
from flows.find_gaps import GapBoard, find_gaps
from storage import unanswered
from storage.store import Store

DAY = 86_400
MakeItem = Callable[..., Item]


def board(bot: Bot, catalog: Catalog | None = None, days: int = 30, most: int = 10, skip: int = 0) -> GapBoard:
    return find_gaps(bot.store, catalog or bot.live.current, int(bot.clock.now), days, most, skip)


def names(found: GapBoard) -> list[tuple[str, int]]:
    return [(one.gap.name, one.gap.followers) for one in found.gaps]


def test_what_followers_asked_in_vain_is_a_list_of_things_to_write(real_bot: Bot) -> None:
    for openid in ("o1", "o2", "o3"):
        real_bot.say(openid, "有没有讲法语的文章？")
    real_bot.say("o4", "怎么学法语")
    real_bot.say("o1", "吉他")
    real_bot.say("o5", "跑步")
    found = board(real_bot)
    assert names(found) == [("法语", 4), ("吉他", 1)]
    assert (found.asked, found.answered, found.left, found.cut) == (5, 0, 0, False)
    french, guitar = found.gaps
    assert (french.gap.example, french.gap.times) == ("有没有讲法语的文章", 4)
    assert (french.tag, french.new, guitar.gap.example) == ("法语", True, "")


def test_an_item_published_since_takes_its_question_off_the_board(real_bot: Bot) -> None:
    for openid in ("o1", "o2"):
        real_bot.say(openid, "有没有讲法语的文章？")
        real_bot.say(openid, "吉他")
    old = real_bot.live.current
    written = replace(
        old.items["running-30"], slug="french-30", title="法语三十天", tags=("法语", "入门"), summary="开口说"
    )
    today = build_catalog([*old.items.values(), written], old.synonyms, old.menu, old.replies)
    found = board(real_bot, today)
    assert names(found) == [("吉他", 2)] and (found.asked, found.answered) == (4, 2)


def test_a_reply_written_since_takes_its_question_off_the_board(real_bot: Bot) -> None:
    real_bot.say("o1", "有没有讲法语的文章？")
    old = real_bot.live.current
    reply = KeywordReply("french", ("法语",), "contains", 0, (1320, 360), "法语的课下个月上", "")
    replies = replace(old.replies, replies=(*old.replies.replies, reply))
    assert board(real_bot, build_catalog([*old.items.values()], old.synonyms, old.menu, replies)).gaps == ()


def test_a_tag_without_items_is_named_and_its_synonyms_are_gathered(store: Store, item: MakeItem, now: int) -> None:
    shelf = build_catalog([item("run-30", "健身", "跑步")], {"书法": ("毛笔字",)}, [], real_shelf().replies)
    with store.write() as tx:
        for n, words in enumerate(("书法", "怎么练毛笔字", "学书法")):
            unanswered.add(tx, f"k{n}", f"o{n}", now, words)
    found = find_gaps(store, shelf, now, 30, 10)
    assert [(one.tag, one.new, one.gap.followers) for one in found.gaps] == [("书法", False, 3)]


def test_the_subject_is_what_was_named_beside_or_what_the_askers_like(real_bot: Bot) -> None:
    for openid in ("o1", "o2"):
        real_bot.say(openid, "我喜欢美食")
        real_bot.say(openid, "煲汤")
    (soup,) = board(real_bot).gaps
    assert soup.subject == "美食"
    assert soup.near and all("美食" in item.tags for item in soup.near)


def test_a_subject_that_everybody_likes_is_not_what_a_gap_belongs_to(real_bot: Bot) -> None:
    for n in range(6):
        real_bot.say(f"o{n}", "我喜欢健身")
    for n in range(3):
        real_bot.say(f"o{n}", "我喜欢历史")
        real_bot.say(f"o{n}", "唐朝")
        real_bot.say(f"o{n + 3}", "吉他")
    subjects = {one.tag: one.subject for one in board(real_bot).gaps}
    assert subjects == {"唐朝": "历史", "吉他": ""}


def test_pages_follow_each_other_and_days_are_kept_apart(store: Store, catalog: Catalog, now: int) -> None:
    with store.write() as tx:
        for n, word in enumerate(("法语", "吉他", "书法", "围棋", "陶艺")):
            unanswered.add(tx, f"k{n}", "o1", now - n * DAY, word)
    first, second = (find_gaps(store, catalog, now, 30, 2, skip) for skip in (0, 2))
    assert names(first) == [("法语", 1), ("吉他", 1)] and first.left == 3
    assert names(second) == [("书法", 1), ("围棋", 1)] and second.left == 1
    assert len(find_gaps(store, catalog, now, 2, 10).gaps) == 3


def test_nobody_elses_number_or_id_stands_on_the_board(store: Store, catalog: Catalog, now: int) -> None:
    with store.write() as tx:
        for n, words in enumerate(("13812345678", "加微信lin19880101学法语", "加微信lin19880101学法语")):
            unanswered.add(tx, f"k{n}", f"o{n}", now, words)
    told = repr(
        [(one.gap.name, one.gap.example, one.gap.beside) for one in find_gaps(store, catalog, now, 30, 10).gaps]
    )
    assert "法语" in told and "138" not in told and "1988" not in told


def test_an_account_of_which_nothing_was_asked_has_an_empty_board(workshop: Workshop) -> None:
    bot = workshop.bot()
    assert board(bot) == GapBoard(int(bot.clock.now) - 30 * DAY, 0, 0, (), 0, False)
    bot.close()
