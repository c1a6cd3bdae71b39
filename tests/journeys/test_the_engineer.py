"""A man of thirty, engineer, who likes technology, fitness and travel: from following to what is known of him."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from bot_in_process import Heard, Workshop, real_shelf
from shop_at_hand import CHEN, Shop, shop_at_hand

from flows.know_follower import know
from flows.show_follower import show_follower
from tests.web.signed_in import Reader

LIKES = ("科技", "健身", "旅行")
ITEM = re.compile(r"\d\. (?P<title>[^\n]+?)  \S+\n[^\n]*\n（(?P<why>[^\n]*)）")


@pytest.fixture
def shop(workshop: Workshop) -> Iterator[Shop]:
    """The shipped content, and a WeChat Pay to sell it through."""
    with shop_at_hand(workshop, catalog=real_shelf()) as one:
        yield one


def tags(shop: Shop, slug: str) -> set[str]:
    return set(shop.bot.live.current.items[slug].tags)


def require_true_reasons(shop: Shop, heard: Heard) -> None:
    by_title = {item.title: item for item in shop.bot.live.current.items.values()}
    told = list(ITEM.finditer(heard.words))
    assert len(told) == len(heard.slugs) > 0
    for one in told:
        for tag in re.findall(r"喜欢「(.+?)」", one["why"]):
            assert tag in LIKES and tag in by_title[one["title"]].tags, one[0]


def buy_from(shop: Shop, heard: Heard) -> str:
    """He opens the first item that costs something, reads on, gives it a heart and buys it; its slug."""
    link, slug = next(
        (link, slug)
        for link, slug in zip(re.findall(r"(/go/[^\"]+)", heard.xml), heard.slugs, strict=True)
        if shop.bot.live.current.items[slug].price_fen
    )
    reader = Reader(shop.bot, CHEN)
    reader.get(link)
    reader.get(f"/a/{slug}")
    shop.advance(40)
    for path, sent in (("progress", {"percent": 60, "seconds": 40}), ("like", {"on": True})):
        assert reader.post(f"/a/{slug}/{path}", sent).status_code == 200
    made = reader.post(f"/checkout/{slug}", {}).json
    (row,) = shop.bot.rows("orders", order_no=made["order_no"])
    assert shop.platform.post(
        "pay/choose", {"openid": CHEN, "prepay_id": row["prepay"].rpartition("prepay_id=")[2], "way": "pay"}
    )
    shop.settle()
    return slug


def shown(shop: Shop) -> dict[str, Any]:
    vault = shop.bot.house.vault
    assert vault is not None
    document = show_follower(shop.bot.store, CHEN, shop.now, shop.bot.settings.timezone, vault.show_facts)
    assert document is not None
    return document


def test_what_he_says_reads_and_buys_makes_what_is_recommended(shop: Shop) -> None:
    bot = shop.bot
    welcome = bot.event(CHEN, "subscribe", "qrscene_c_42", Ticket="t")
    for liking in LIKES:
        assert f"我喜欢{liking}" in welcome.taps
        chosen = bot.say(CHEN, f"我喜欢{liking}")
        assert chosen.slugs and all(liking in tags(shop, slug) for slug in chosen.slugs)
    assert bot.say(CHEN, "我是30岁的男工程师").words.startswith("记下了")

    offered = [bot.say(CHEN, words) for words in ("推荐", "换一批", "换一批")]
    for heard in offered:
        require_true_reasons(shop, heard)
    slugs = [slug for heard in offered for slug in heard.slugs]
    fitting = [slug for slug in slugs if tags(shop, slug) & set(LIKES)]
    assert len(set(slugs)) == len(slugs) and len(fitting) >= 2 * len(slugs) / 3

    bought = buy_from(shop, offered[0])
    assert shop.owned() == [bought]
    for words in ("推荐", "换一批", "推荐", "换一批"):
        shop.advance(3_600)
        heard = bot.say(CHEN, words)
        require_true_reasons(shop, heard)
        assert bought not in heard.slugs

    bot.say(CHEN, "别再推理财了")
    known = know(bot.store, CHEN, shop.now).follower
    assert known.engaged[bought] > 0.9 and known.paid and known.source == "qr:c_42" and known.owned == (bought,)

    document = shown(shop)
    assert (document["source"], document["subscribed"], document["owns"]) == ("qr:c_42", True, [bought])
    assert {"age": 30, "gender": "male", "occupation": "工程师"}.items() <= document["about"].items()
    assert {one["tag"] for one in document["tags"]} >= set(LIKES) and document["refused"] == ["理财"]
    (subject,) = [one for one in document["tags"] if one["tag"] == bot.live.current.items[bought].subject]
    assert subject["weight"] > 0.9
    assert "purchase" in {one["kind"] for one in subject["evidence"]}
    assert [(one["slug"], one["state"]) for one in document["orders"]] == [(bought, "paid")]
    for words in ("推荐", "换一批", "怎么理财", "换一批"):
        assert not any("理财" in tags(shop, slug) for slug in bot.say(CHEN, words).slugs)
