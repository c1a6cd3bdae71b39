"""What operators see of one follower, who may see facts and words, and what is written down about looking."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_in_process import DATA_KEY, NOON, Bot, Workshop
from shop_at_hand import an_order

from domain.answer import Exposure, Lesson
from domain.ids import handle
from flows import react_to_item
from storage import engagements, entitlements, exposures, interests, opt_outs, orders
from storage.vault import Vault
from tests.web.console_at_hand import Operator, staff_in

WHO = "oSim01ChenYuan7Kq2vXw9TbLm3n"


@pytest.fixture
def bot(workshop: Workshop, tmp_path: Path) -> Iterator[Bot]:
    staff_in(tmp_path / "users.json")
    made = workshop.bot(CONSOLE_USERS_FILE=str(tmp_path / "users.json"))
    made.event(WHO, "subscribe", "qrscene_poster-3")
    made.say(WHO, "夜跑膝盖疼怎么办")
    made.say(WHO, "不想学理财")
    yield made
    made.close()


def told(bot: Bot, **facts: object) -> None:
    hidden = Vault([DATA_KEY]).hide(json.dumps(facts, ensure_ascii=False))
    with bot.store.engine.begin() as connection:
        connection.exec_driver_sql("update followers set about = ?", (hidden,))


def address(operator: Operator, openid: str = WHO) -> str:
    """Look a follower up by the form; gives where that led."""
    operator.get("/console/followers")
    answer = operator.post("/console/followers", openid=openid)
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def looked(bot: Bot) -> list[tuple[str, str, str]]:
    return [(row["who"], row["act"], row["about"]) for row in bot.rows("console_acts") if "seen" in row["act"]]


def test_a_follower_is_found_by_openid_and_no_address_tells_it(bot: Bot) -> None:
    ada = Operator(bot, "ada")
    first, second = address(ada), address(ada)
    assert first.startswith("/console/followers/") and WHO not in first and first != second
    assert handle(WHO) in ada.get(first).text
    missed = ada.post("/console/followers", openid="oNobody")
    assert missed.status_code == 404 and "没有这个读者" in missed.text
    for odd in ("", " ", "a\0b", "x" * 5_000, "' or 1=1 --"):
        assert ada.post("/console/followers", openid=odd).status_code == 404


def test_the_page_tells_tastes_with_evidence_where_they_came_from_and_the_last_acts(bot: Bot) -> None:
    item = bot.live.current.items["stretch"]
    react_to_item.progress(bot.store, WHO, item, 60, 200, int(bot.clock.now))
    react_to_item.feedback(bot.store, WHO, item, 2, "太短", int(bot.clock.now))
    with bot.store.write() as tx:
        entitlements.grant(tx, WHO, "run-30", "order:order0001", NOON)
        orders.add(tx, an_order("order0001", buyer=WHO, state="paid", paid_at=NOON))
        opt_outs.stop(tx, WHO, "旅行", NOON)
    fina = Operator(bot, "fina")
    text = fina.get(address(fina)).text
    for words in (
        "二维码「poster-3」", "<b>跑步</b>", "<b>理财</b>", "根据什么", "提问 +1.0", "《从喘到跑》", "还能发", "旅行",
        'href="/console/orders/order0001"', "扫二维码「poster-3」关注了公众号",
        "《久坐拉伸八分钟》读到 60%，用了 3 分钟", "给《久坐拉伸八分钟》打了 2 星",
    ):  # fmt: skip
        assert words in text, words


def test_it_tells_what_was_done_with_each_item_and_what_was_asked_in_vain(bot: Bot) -> None:
    with bot.store.write() as tx:
        engagements.add(tx, WHO, "stretch", NOON, 2.0)
        engagements.finished(tx, WHO, "stretch", NOON)
        engagements.liked(tx, WHO, "stretch", True)
        engagements.rated(tx, WHO, "stretch", 5)
    bot.say(WHO, "火星移民要办什么手续")
    ada = Operator(bot, "ada")
    page = address(ada)
    text = ada.get(page).text
    assert re.search("《久坐拉伸八分钟》 <span[^>]*>读完 · 赞 · 5 星<", text) and ">0.63<" in text
    assert "问了没答上（1）" in text and "火星" not in text
    assert (
        text.count("「火星移民要办什么手续」") == 0
        and ada.post(f"{page}/facts").text.count("「火星移民要办什么手续」") == 2
    )


def test_it_tells_what_was_recommended_why_and_what_the_score_was_made_of(bot: Bot) -> None:
    with bot.store.write() as tx:
        terms_of = {"one-bag": '{"content": 0.61, "tired": -0.2, "new": 0.1}', "drive-far": '{"con'}
        for n, (slug, terms) in enumerate(terms_of.items()):
            key = new_id_of(WHO, n)
            exposures.add(tx, WHO, NOON, key, [Exposure(key, slug, 1, "blend-1", 0.4, "因为你问过「夜跑」", terms)])
        assert exposures.open_once(tx, new_id_of(WHO, 0), NOON)
    fina = Operator(bot, "fina")
    part = fina.get(address(fina)).text.partition("推荐过什么")[2].partition("</section>")[0]
    first = part.partition("《七天一只登机箱》")[2].partition("</li>")[0]
    other = part.partition("《第一次长途自驾》")[2].partition("</li>")[0]
    assert "因为你问过「夜跑」" in first and "点开了" in first and "分数从哪里来" in first
    assert re.findall(r"<dt>(.*?)</dt>", first) == ["兴趣相合", "看腻了", "new"], "the largest first"
    assert re.findall(r">([+-][\d.]+)<", first) == ["+0.61", "-0.20", "+0.10"]
    assert "没点开" in other and "分数从哪里来" not in other


def new_id_of(openid: str, number: int) -> str:
    """An exposure's id, as ``lately`` finds it."""
    return f"{handle(openid)}{NOON:09x}{number:012x}"


def test_exact_words_and_facts_are_for_who_may_see_them_and_on_demand_only(bot: Bot) -> None:
    told(bot, name="小李", age=30)
    fina, ada = Operator(bot, "fina"), Operator(bot, "ada")
    for operator in (fina, ada):
        text = operator.get(address(operator)).text
        assert "膝盖疼" not in text and "小李" not in text and "写了 8 个字" in text
        assert ("个人信息和原话" in text) is (operator is ada)
    page = address(ada)
    ada.get(page)
    text = ada.post(f"{page}/facts").text
    assert "写了「夜跑膝盖疼怎么办」" in text and "小李" in text and "年龄" in text
    assert fina.post(f"{page}/facts").status_code == 403


@pytest.mark.parametrize("name", ["vera", "edda"])
def test_who_only_looks_at_orders_or_content_sees_no_follower(bot: Bot, name: str) -> None:
    told(bot, name="小李")
    with bot.store.write() as tx:
        orders.add(tx, an_order("order0001", buyer=WHO))
    page, other = address(Operator(bot, "ada")), Operator(bot, name)
    assert "看这位读者" not in other.get("/console/orders/order0001").text and "/console/followers" not in other.page
    for path in (page, "/console/followers", "/console/orders/order0001/buyer"):
        answer = other.get(path)
        assert answer.status_code == 403 and "跑步" not in answer.text
    for path in (f"{page}/facts", "/console/followers"):
        assert other.post(path, openid=WHO).status_code == 403
    assert not looked(bot)


def test_every_look_is_written_down_without_the_openid(bot: Bot) -> None:
    ada, fina = Operator(bot, "ada"), Operator(bot, "fina")
    page = address(ada)
    ada.get(page)
    ada.post(f"{page}/facts")
    ada.post(f"{page}/facts")
    fina.get(page)
    seen = [("ada", "follower_seen"), ("ada", "facts_seen"), ("ada", "facts_seen"), ("fina", "follower_seen")]
    assert sorted(looked(bot)) == sorted((who, act, handle(WHO)) for who, act in seen)
    log = ada.get("/console/log").text
    assert "查看读者的个人信息和原话" in log and handle(WHO) in log and WHO not in log


def test_the_buyer_of_an_order_is_one_tap_away_unless_it_is_a_browser(bot: Bot) -> None:
    with bot.store.write() as tx:
        orders.add(tx, an_order("order0001", buyer=WHO))
        orders.add(tx, an_order("order0002", buyer="r:0123456789abcdef", slug="dumbbell"))
        orders.add(tx, an_order("order0003", buyer="oNeverHeardOf", slug="dumbbell"))
    fina = Operator(bot, "fina")
    assert 'href="/console/orders/order0001/buyer"' in fina.get("/console/orders/order0001").text
    assert "/buyer" not in fina.get("/console/orders/order0002").text
    leads = fina.get("/console/orders/order0001/buyer")
    assert leads.status_code == 303 and WHO not in leads.headers["Location"]
    assert handle(WHO) in fina.get(leads.headers["Location"]).text
    for number in ("order0002", "order0003", "nosuchorder", "a%00b"):
        assert fina.get(f"/console/orders/{number}/buyer").status_code == 404


def test_a_made_up_or_damaged_address_leads_to_nobody(bot: Bot) -> None:
    ada = Operator(bot, "ada")
    page = address(ada)
    hidden = Vault([DATA_KEY]).hide(WHO)  # another key of the house
    changed = page[:60] + ("B" if page[60] == "A" else "A") + page[61:]
    names = (WHO, hidden, handle(WHO), "ü", "a%00b")
    for odd in (page[:-2], page[:60], changed, *(f"/console/followers/{name}" for name in names)):
        assert ada.get(odd).status_code == 404, odd
        assert ada.post(f"{odd}/facts").status_code == 404
    assert not looked(bot)


def test_facts_are_not_shown_without_the_token_of_the_form(bot: Bot) -> None:
    told(bot, name="小李")
    ada = Operator(bot, "ada")
    page = address(ada)
    for path in (f"{page}/facts", "/console/followers"):
        answer = ada.post(path, token="", openid=WHO)
        assert answer.status_code == 400 and "小李" not in answer.text
    assert ada.get(f"{page}/facts").status_code == 405
    assert not looked(bot)


def test_facts_that_no_key_reads_are_told_so_and_the_rest_is_shown(bot: Bot) -> None:
    with bot.store.engine.begin() as connection:
        connection.exec_driver_sql("update followers set about = 'not encrypted by us'")
    ada = Operator(bot, "ada")
    text = ada.post(f"{address(ada)}/facts").text
    assert "DATA_KEYS" in text and "跑步" in text


def test_whatever_a_follower_writes_stays_text(bot: Bot) -> None:
    evil = "<script>alert(1)</script>'\""
    told(bot, name=evil, city=evil, notes=[evil, "<i>"])
    bot.say(WHO, f"夜跑 {evil}")
    react_to_item.feedback(bot.store, WHO, bot.live.current.items["tricky"], 1, evil, int(bot.clock.now))
    with bot.store.write() as tx:
        interests.learn(tx, WHO, [Lesson("<b>'\"", 3.0, "ask", evil), Lesson(evil, -3.0, evil[:16], evil)], NOON)
        opt_outs.stop(tx, WHO, evil, NOON)
    ada = Operator(bot, "ada")
    text = ada.post(f"{address(ada)}/facts").text
    assert not re.search(r"<script|<b>'|<i>|alert\(1\)</script>", text)
    assert text.count("&lt;script&gt;alert(1)&lt;/script&gt;&#39;&#34;") >= 6


def test_who_was_erased_is_still_found_but_nothing_is_told(bot: Bot) -> None:
    told(bot, name="小李")
    bot.say(WHO, "删除我的数据")
    bot.say(WHO, "确认删除")
    ada = Operator(bot, "ada")
    text = ada.post(f"{address(ada)}/facts").text
    assert "小李" not in text and "跑步" not in text and "poster-3" not in text and "还不知道" in text
