"""What editors see of the content: each item beside the others, where readers stop, their words, what is missing."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_in_process import NOON, PAID_WORDS, Bot, Workshop
from shop_at_hand import an_order

from domain.answer import Exposure
from flows import react_to_item
from storage import engagements, exposures, orders, unanswered
from storage.store import Transaction
from tests.web.console_at_hand import Operator, staff_in
from web import console_content


@pytest.fixture
def bot(workshop: Workshop, tmp_path: Path) -> Iterator[Bot]:
    staff_in(tmp_path / "users.json")
    made = workshop.bot(CONSOLE_USERS_FILE=str(tmp_path / "users.json"))
    yield made
    made.close()


def shown(tx: Transaction, slug: str, times: int, opened: int) -> None:
    for n in range(times):
        key = f"{slug}-{n}"
        exposures.add(tx, f"o{n}", NOON - 60, key, [Exposure(key, slug, 1, "blend-1", 1.0, "")])
        if n < opened:
            exposures.open_once(tx, key, NOON - 50)


def read(tx: Transaction, who: str, slug: str, percent: int) -> None:
    engagements.add(tx, who, slug, NOON - 50, 1.0)
    engagements.opened(tx, who, slug, NOON - 50)
    engagements.read(tx, who, slug, NOON - 40, percent, 10)
    if percent >= 90:
        engagements.finished(tx, who, slug, NOON - 40)


def titles(page: str) -> list[str]:
    return re.findall(r'<th scope="row"><a href="/console/content/items/([^"?]*)', page)


def test_each_item_is_a_row_beside_the_others_and_sorted_as_one_asks(bot: Bot) -> None:
    with bot.store.write() as tx:
        shown(tx, "run-30", 40, 10)
        shown(tx, "stretch", 30, 25)
        shown(tx, "ai-ask", 5, 5)
        read(tx, "o1", "ai-ask", 95)
        orders.add(tx, an_order("order0001", slug="ai-ask", state="paid", created_at=NOON - 60, paid_at=NOON - 30))
    edda = Operator(bot, "edda")
    text = edda.get("/console/content?sort=exposed").text
    assert titles(text) == ["run-30", "stretch", "ai-ask"] and "¥9.90" in text and "83%" in text
    assert '<th scope="col" aria-sort="descending">展示</th>' in text
    assert titles(edda.get("/console/content?sort=open").text) == ["stretch", "run-30", "ai-ask"], "5 of 5 says nothing"
    assert titles(edda.get("/console/content?sort=revenue&days=7").text)[0] == "ai-ask"
    bot.clock.now += 8 * 86_400
    edda.sign_in("edda")
    assert not titles(edda.get("/console/content?days=7").text) and titles(edda.get("/console/content?days=30").text)


@pytest.mark.parametrize(
    "query",
    ["sort=x&days=y&page=z", "page=-1", "page=0", "page=" + "9" * 99, "page=١", "sort[]=1", "days=%00", "page=99"],
)
def test_an_address_that_makes_no_sense_shows_the_report_all_the_same(bot: Bot, query: str) -> None:
    edda = Operator(bot, "edda")
    for path in ("/console/content", "/console/content/gaps", "/console/content/items/run-30"):
        assert edda.get(f"{path}?{query}").status_code == 200


def test_many_items_stand_on_several_pages_each_once(workshop: Workshop, tmp_path: Path) -> None:
    staff_in(tmp_path / "users.json")
    bot = workshop.bot(CONSOLE_USERS_FILE=str(tmp_path / "users.json"))
    with bot.store.write() as tx:
        for n in range(65):
            shown(tx, f"gone-{n:02d}", 1, 0)
    edda, path, seen = Operator(bot, "edda"), "/console/content?sort=exposed&days=90", []
    while path:
        text = edda.get(path).text
        seen += titles(text)
        more = re.search(r'href="([^"]*)">下一页', text)
        path = html.unescape(more[1]) if more else ""
    assert len(seen) == len(set(seen)) == 65 and "已下架" in text
    bot.close()


def test_one_item_tells_its_rates_beside_the_others_and_draws_where_readers_stop(
    workshop: Workshop, tmp_path: Path
) -> None:
    staff_in(tmp_path / "users.json")
    passages = "\n\n".join(f"第{n}段" + "甲乙丙丁戊己庚辛壬癸" * 20 for n in range(10))
    shop = workshop.catalog({"articles/long.md": FREE.format(passages)})
    bot = workshop.bot(shop, CONSOLE_USERS_FILE=str(tmp_path / "users.json"))
    with bot.store.write() as tx:
        shown(tx, "long", 60, 50)
        for n in range(60):
            read(tx, f"o{n}", "long", 43 if n < 40 else 97)
    edda = Operator(bot, "edda")
    assert "读到半路走了" in edda.get("/console/content").text
    text = edda.get("/console/content/items/long").text
    assert "83%（" in text and "60 位读者读到「第4段甲" in text and "articles/long.md:" in text
    (lost,) = re.findall(
        r'<rect class="strip__lost" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)"', text
    )
    assert [round(float(one)) for one in lost] == [400, 0, 100, 100]
    stays = [float(one) for one in re.findall(r'<rect class="strip__stay"[^>]* height="([\d.]+)"', text)]
    assert stays == sorted(stays, reverse=True) and round(stays[-1]) == 33
    assert "style=" not in text, "the console's pages allow no inline styles"
    bot.close()


FREE = (
    "---\ntitle: 长文\nkind: article\nprice: 0\ntags: [写作]\nauthor: 林知远\nsummary: 要点\n"
    "published: 2026-09-01\nstatus: published\n---\n{}\n"
)


def test_what_readers_wrote_is_shown_without_who_and_stays_text(bot: Bot) -> None:
    item = bot.live.current.items["tricky"]
    with bot.store.write() as tx:
        read(tx, "oSomebody0123456789", "tricky", 95)
    react_to_item.feedback(bot.store, "oSomebody0123456789", item, 2, "<script>alert(1)</script>看不懂", NOON)
    text = Operator(bot, "edda").get("/console/content/items/tricky").text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;看不懂" in text and "<script" not in text
    assert "★★" in text and "oSom" not in text and PAID_WORDS not in text


def test_an_unknown_item_is_not_found(bot: Bot) -> None:
    edda = Operator(bot, "edda")
    for slug in ("nothing", "a%00b", "x" * 900, "<script>"):
        answer = edda.get(f"/console/content/items/{slug}")
        assert answer.status_code == 404 and "<script" not in answer.text


def test_what_was_asked_in_vain_is_a_list_to_commission_from_without_who_asked(bot: Bot) -> None:
    with bot.store.write() as tx:
        for n in range(5):
            unanswered.add(tx, f"u{n}", f"oAsker{n}", NOON - 60, "想学养猫" if n < 3 else "露营<b>要带什么")
    edda = Operator(bot, "edda")
    text = edda.get("/console/content/gaps").text
    assert "养猫" in text and text.index("养猫") < text.index("露营") and "3 人" in text and "问了 <b>5</b> 次" in text
    assert "oAsker" not in text and "露营<b>" not in text
    assert 'aria-current="page">内容' in text
    bot.clock.now += 31 * 86_400
    edda.sign_in("edda")
    assert "没有读者问到内容里没有的东西" in edda.get("/console/content/gaps").text


@pytest.mark.parametrize("name", ["vera", "fina"])
def test_who_has_nothing_to_do_with_content_does_not_see_it(bot: Bot, name: str) -> None:
    other = Operator(bot, name)
    assert "/console/content" not in other.get("/console/").text
    for path in ("/console/content", "/console/content/gaps", "/console/content/items/run-30"):
        assert other.get(path).status_code == 403


def test_while_one_report_is_counted_another_waits_so_that_followers_are_answered(
    bot: Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    edda, other, seen = Operator(bot, "edda"), Operator(bot, "ada"), []
    counted = console_content.find_gaps

    def slowly(*args: object) -> object:
        seen.append(other.get("/console/content").status_code)
        return counted(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(console_content, "find_gaps", slowly)
    assert edda.get("/console/content/gaps").status_code == 200 and seen == [503]
    assert other.get("/console/content").status_code == 200
