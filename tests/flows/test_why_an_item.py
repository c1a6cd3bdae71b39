"""Operators ask why one follower is shown an item, or is not."""

from __future__ import annotations

import json
from typing import Any

import pytest
from bot_in_process import NOON, SHOP, Bot, Workshop
from click.testing import CliRunner

from domain.learned import Figures, Learned
from domain.listing import VARIED
from domain.ranking import SEEN_ENOUGH
from errors import Declined
from flows import react_to_item
from flows.know_follower import LATELY
from flows.learn_items import count_items
from flows.why_item import Why, why_item
from follower_commands import follower
from storage import entitlements, opt_outs

WHO = "o1"
TERMS = {"content", "habit", "together", "quality", "fresh", "price", "tired", "varied"}


def why(bot: Bot, slug: str) -> Why:
    found = why_item(bot.store, bot.live.current, WHO, slug, int(bot.clock.now))
    assert found is not None
    return found


def term(of: Why, name: str) -> tuple[float, str]:
    (one,) = (one for one in of.terms if one.name == name)
    return one.value, one.told


def test_every_term_is_told_and_the_sentence_is_the_one_the_follower_reads(bot: Bot) -> None:
    bot.say(WHO, "有没有夜跑的文章")
    found = why(bot, "run-30")
    assert {one.name for one in found.terms} == TERMS and not found.bars
    assert [abs(one.value) for one in found.terms] == sorted((abs(one.value) for one in found.terms), reverse=True)
    assert "读者问过「夜跑」" in term(found, "content")[1]
    assert (found.spoken, found.reason) == ("content", "因为你问过「夜跑」")
    heard = bot.say(WHO, "推荐")
    assert found.place == heard.slugs.index("run-30") + 1 and f"（{found.reason}）" in heard.words


def test_what_is_told_is_what_the_next_list_logs(bot: Bot) -> None:
    bot.say(WHO, "跑步和自驾")
    bot.say(WHO, "推荐")
    before = {slug: why(bot, slug) for slug in bot.live.current.items}
    listed = bot.say(WHO, "推荐").slugs
    assert listed == [one.slug for one in sorted(before.values(), key=lambda one: one.place) if one.place]
    for row in bot.rows("exposures", at=int(bot.clock.now)):
        logged = {name: value for name, value in json.loads(row["terms"]).items() if name in TERMS}
        told = {one.name: round(one.value, 2) for one in before[row["slug"]].terms}
        assert logged == {name: value for name, value in told.items() if value}, row["slug"]
        assert before[row["slug"]].reason == row["reason"]


def test_what_stands_below_another_of_its_subject_says_so(bot: Bot) -> None:
    for tag in ("科技", "旅行", "理财", "美食", "写作"):
        bot.say(WHO, f"别再推{tag}了")
    found = {slug: why(bot, slug) for slug in ("run-30", "dumbbell", "stretch")}
    first, second, third = sorted(found.values(), key=lambda one: one.place)
    assert [one.place for one in (first, second, third)] == [1, 2, 3] and first.of == 3
    assert [term(one, "varied")[0] for one in (first, second, third)] == [0.0, -VARIED, -2 * VARIED]


def test_what_all_followers_taught_is_told_by_title_and_in_numbers(bot: Bot) -> None:
    bot.say(WHO, "你好")
    bot.live.teach(Learned({"one-bag": Figures(200, 60, 40, 30, 5, 50, 11, 4, 0)}, {"stretch": [("one-bag", 0.4)]}, {}))
    react_to_item.progress(bot.store, WHO, bot.live.current.items["stretch"], 100, 300, int(bot.clock.now))
    found = why(bot, "one-bag")
    value, told = term(found, "together")
    assert value > 0 and "《久坐拉伸八分钟》+" in told
    assert "推过 200 次，点开 60 次" in term(found, "quality")[1] and found.rank == 1
    sentences = {"together": "读过《久坐拉伸八分钟》的人也喜欢这篇", "quality": "30 人读完，评分 4.5"}
    assert found.reason == sentences[found.terms[0].name] and found.spoken == found.terms[0].name


def test_it_says_what_bars_an_item_since_when_and_until_when(bot: Bot) -> None:
    bot.say(WHO, "别再推理财了")
    refused_at = int(bot.clock.now)
    with bot.store.write() as tx:
        entitlements.grant(tx, WHO, "ai-ask", "order:1", NOON, NOON + 30 * 86_400)
    react_to_item.progress(bot.store, WHO, bot.live.current.items["stretch"], 100, 300, int(bot.clock.now))
    (refused,), (owned,), (finished,) = (why(bot, slug).bars for slug in ("emergency", "ai-ask", "stretch"))
    assert (refused.why, refused.tag, refused.since) == ("refused", "理财", refused_at)
    assert (owned.why, owned.since, owned.until) == ("owned", NOON, NOON + 30 * 86_400)
    assert finished.why == "finished" and finished.since == refused_at
    barred = why(bot, "emergency")
    assert barred.rank and len(barred.terms) == len(TERMS) and not barred.place


def test_what_was_seen_too_often_unopened_comes_again_when_it_is_said_to(bot: Bot) -> None:
    bot.get(bot.say(WHO, "从喘到跑").links[0])  # opened: no silence
    first = 0
    for _ in range(SEEN_ENOUGH):
        assert not why(bot, "run-30").bars
        heard = bot.say(WHO, "从喘到跑")
        assert "run-30" in heard.slugs
        first = first or int(bot.clock.now)
        bot.clock.now += 3_600
    (bar,) = why(bot, "run-30").bars
    assert (bar.why, bar.times, bar.since, bar.until) == ("seen", SEEN_ENOUGH, first, first + LATELY)
    assert bar.until is not None
    bot.clock.now = bar.until
    assert why(bot, "run-30").bars
    bot.clock.now = bar.until + 1
    assert not why(bot, "run-30").bars


def test_what_is_not_on_the_shelf_says_whether_it_is_still_to_come(workshop: Workshop) -> None:
    page = SHOP["articles/run-30.md"]
    more = {
        "articles/later.md": page.replace("2026-09-01", "2026-12-01"),
        "articles/draft.md": page.replace("status: published", "status: draft"),
        "articles/in-review.md": page.replace("status: published", "status: review"),
    }
    bot = workshop.bot(workshop.catalog({**SHOP, **more}))
    bot.say(WHO, "你好")
    bars = {slug: why(bot, slug).bars for slug in ("later", "draft", "in-review", "never-was")}
    assert {slug: bar.why for slug, (bar,) in bars.items()} == {
        "later": "not_out", "draft": "draft", "in-review": "review", "never-was": "missing",
    }  # fmt: skip
    assert bars["later"][0].until == NOON + 8 * 86_400 - 12 * 3_600
    assert not why(bot, "draft").terms
    bot.close()


def test_without_personalisation_nothing_is_told_of_interests(bot: Bot) -> None:
    bot.say(WHO, "夜跑")
    with bot.store.write() as tx:
        opt_outs.stop(tx, WHO, "个性化", NOON)
    found = why(bot, "run-30")
    assert term(found, "content") == (0.0, "读者关闭了个性化，不看兴趣")
    assert why(bot, "ai-ask").reason == "没有按你的兴趣挑，各样看看"


def test_asking_changes_nothing(bot: Bot) -> None:
    bot.say(WHO, "夜跑")
    before = bot.everything()
    why(bot, "run-30")
    assert bot.everything() == before
    assert why_item(bot.store, bot.live.current, "nobody", "run-30", NOON) is None


# --- on the command line -----------------------------------------------------------------------------------------


def run(bot: Bot, *words: str) -> str:
    return CliRunner().invoke(follower, ["show", *words], obj=lambda: bot.house, catch_exceptions=False).output


def asked(bot: Bot, slug: str) -> dict[str, Any]:
    return dict(json.loads(run(bot, WHO, "--why", slug, "--json")))


def test_the_document_holds_all_of_it(bot: Bot) -> None:
    bot.say(WHO, "夜跑")
    bot.say(WHO, "别再推理财了")
    found, barred, unknown = (asked(bot, slug) for slug in ("run-30", "emergency", "never-was"))
    assert found["may_be_shown"] and found["title"] == "从喘到跑" and found["bars"] == []
    assert found["reason"] == {"term": "content", "text": "因为你问过「夜跑」"}
    assert {one["term"] for one in found["terms"]} == TERMS and all(one["text"] for one in found["terms"])
    assert found["score"] == pytest.approx(sum(one["value"] for one in found["terms"]), abs=1e-3)
    assert 1 <= found["rank"] <= found["of"] == 9
    assert not barred["may_be_shown"] and barred["of"] == 10
    (bar,) = barred["bars"]
    assert bar == {
        "why": "refused", "tag": "理财", "times": None, "since": "2026-11-23T12:00:04+08:00", "until": None,
        "text": "读者不想看「理财」，从 2026-11-23 12:00 起",
    }  # fmt: skip
    assert unknown == {
        "slug": "never-was", "title": None, "may_be_shown": False, "score": None, "terms": [], "reason": None,
        "rank": None, "of": None, "place": None,
        "bars": [
            {"why": "missing", "tag": None, "times": None, "since": None, "until": None, "text": "内容里没有这一篇"}
        ],
    }  # fmt: skip


def test_on_a_terminal_it_is_told_in_sentences(bot: Bot) -> None:
    bot.say(WHO, "夜跑")
    lines = run(bot, WHO, "--why", "run-30").splitlines()
    assert lines[0] == "《从喘到跑》 run-30" and "读者会读到：因为你问过「夜跑」" in lines
    assert len(lines) == 4 + len(TERMS) and any("兴趣相合：「跑步」+" in line for line in lines)
    bot.say(WHO, "别再推跑步了")
    text = run(bot, WHO, "--why", "run-30")
    assert "不会推荐：读者不想看「跑步」" in text and "不然按分数是第" in text
    assert run(bot, WHO, "--why", "never-was").splitlines() == ["never-was", "不会推荐：内容里没有这一篇"]


def test_what_the_clock_learned_counts_on_the_command_line_too(bot: Bot) -> None:
    bot.say(WHO, "夜跑")
    count_items(bot.store, int(bot.clock.now))
    assert "口碑：推过 1 次，点开 0 次" in run(bot, WHO, "--why", "run-30")


def test_an_unknown_openid_is_said(bot: Bot) -> None:
    bot.say(WHO, "夜跑")
    for openid, slug in (("nobody", "run-30"), ("\udcff", "run-30"), (WHO, "\udcff")):
        with pytest.raises(Declined, match="no follower" if openid != WHO else "no item"):
            run(bot, openid, "--why", slug)
