"""The commands about followers: what is held is handed out whole, and erased when it must be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from bot_in_process import Bot, Workshop
from click.testing import CliRunner, Result
from shop_at_hand import CHEN, Shop, shop_at_hand

from errors import Declined
from follower_commands import follower
from storage.follower_rows import LEFT_OUT, LINKED, persons_of, rows_about
from storage.schema import metadata


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Shop]:
    with shop_at_hand(workshop) as one:
        yield one


def run(bot: Bot, *words: str, sent: str = "") -> Result:
    result = CliRunner().invoke(follower, [*words], obj=lambda: bot.house, input=sent)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def exported(bot: Bot, openid: str) -> dict[str, Any]:
    return dict(json.loads(run(bot, "export", openid).stdout))


def live_a_little(shop: Shop) -> None:
    bot = shop.bot
    bot.event(CHEN, "subscribe", "qrscene_7")
    for words in ("我叫小陈，30岁", "有没有跑步的文章", "退订 理财", "推荐", "2"):
        bot.say(CHEN, words)
    shop.buy(amount_fen=890, coupon="NEW")


def test_an_export_holds_every_row_about_the_follower_and_no_row_of_others(shop: Shop) -> None:
    live_a_little(shop)
    shop.bot.say("somebody-else", "我叫阿花，有没有理财的文章")
    document = exported(shop.bot, CHEN)
    assert document["summary"]["about"] == {"name": "小陈", "age": 30}
    tables = document["tables"]
    assert {"followers", "behaviours", "interests", "exposures", "opt_outs", "orders", "entitlements"} <= set(tables)
    assert tables["followers"][0]["about"]["name"] == "小陈", "decrypted"
    assert tables["orders"][0]["paid_at"].startswith("2026-11-23T12:00:")
    for name, rows in tables.items():
        theirs = [row for row in shop.bot.rows(name) if CHEN in row.values()]
        assert len(rows) == len(theirs) or name in LINKED, name
    assert "somebody-else" not in json.dumps(document) and "阿花" not in json.dumps(document, ensure_ascii=False)


@pytest.mark.parametrize("table", metadata.sorted_tables, ids=lambda table: table.name)
def test_every_table_with_a_person_in_it_is_exported_or_says_why_not(table: Any, bot: Bot) -> None:
    """A new table with an openid is found here; one that leads to a person by another way must be named in LINKED."""
    row = {
        column.name: 0 if "INT" in str(column.type) or "FLOAT" in str(column.type) else "x" for column in table.columns
    }
    persons = [column.name for column in persons_of(table)]
    told = [name for name in ("openid", "buyer", "payer", "claimed_by") if name in table.c]
    assert all(name in persons or f"{table.name}.{name}" in LEFT_OUT for name in told)
    for name in persons:
        with bot.store.engine.begin() as connection:
            connection.execute(table.delete())
            connection.execute(table.insert().values({**row, **dict.fromkeys(persons, "z"), name: "who"}))
        with bot.store.read() as tx:
            assert len(rows_about(tx, "who", str)[table.name]) == 1, name


def test_taking_an_export_is_written_down(bot: Bot) -> None:
    bot.say("o1", "跑步")
    exported(bot, "o1")
    (act,) = bot.rows("console_acts")
    assert act["act"] == "follower_exported" and act["who"].startswith("shell:") and act["about"] != "o1"


def test_erasing_is_what_the_chat_does_and_says_what_stays(shop: Shop) -> None:
    live_a_little(shop)
    assert "1 orders, 1 rights to read" in run(shop.bot, "erase", CHEN, "--yes").output
    tables = exported(shop.bot, CHEN)["tables"]
    assert {"followers", "opt_outs", "orders", "entitlements"} <= set(tables)
    assert not {"behaviours", "interests", "exposures", "replies", "engagements"} & set(tables)
    assert tables["followers"][0]["about"] == ""
    assert {act["act"] for act in shop.bot.rows("console_acts")} == {"follower_erased", "follower_exported"}


def test_erasing_needs_a_yes(bot: Bot) -> None:
    bot.say("o1", "跑步")
    with pytest.raises(Declined, match="--yes"):
        run(bot, "erase", "o1")
    assert bot.weights("o1")


@pytest.mark.parametrize("words", [("show",), ("export",), ("erase", "--yes")])
def test_an_unknown_openid_is_said(bot: Bot, words: tuple[str, ...]) -> None:
    for openid in ("nobody", "\udcff"):
        with pytest.raises(Declined, match="no follower"):
            run(bot, words[0], openid, *words[1:])
