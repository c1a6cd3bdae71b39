"""A shop that sells by the button of an item's page, and what is done there."""

from __future__ import annotations

from typing import Any

from bot_in_process import SHOP, Bot, Workshop
from shop_at_hand import CHEN, Desk, merchant_settings

from tests.web.signed_in import Reader

COUPONS = {
    "coupons.yaml": "AUTUMN20: {title: 秋日八折, percent_off: 20}\n"
    "TRAVEL5: {title: 旅行立减, off: 5.00, tags: [旅行]}\n"
}


def selling(workshop: Workshop, desk: Desk, **more: str) -> Bot:
    base = desk.platform.base
    shelf = workshop.catalog({**SHOP, **COUPONS})
    return workshop.bot(shelf, WECHAT_API_BASE=base, WECHAT_OAUTH_BASE=base, **merchant_settings(base), **more)


def outside(shop: Bot, agent: str, path: str = "/a/run-30") -> Reader:
    """Somebody outside WeChat with the item open."""
    reader = Reader(shop, agent=agent)
    reader.get(path)
    return reader


def buy(reader: Reader, slug: str = "run-30", sent: Any = None) -> dict[str, Any]:
    answer = reader.post(f"/checkout/{slug}", sent)
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def pay(desk: Desk, order: dict[str, Any], way: str = "pay", openid: str = CHEN) -> None:
    params = order["params"]
    called = params.get("package") or params.get("code_url") or params.get("h5_url")
    prepay = called.rpartition("pr=")[2].rpartition("prepay_id=")[2].partition("&")[0]
    desk.platform.post("pay/choose", {"openid": openid, "prepay_id": prepay, "way": way})


def steps(bot: Bot) -> list[str]:
    order = ("seen", "tapped", "ordered", "opened", "paid")
    return sorted((row["step"] for row in bot.rows("funnel_steps")), key=order.index)


def refused(answer: Any, status: int) -> str:
    """The one Chinese sentence of a refusal."""
    assert answer.status_code == status, answer.text
    sentence = answer.json["error"]
    assert isinstance(sentence, str) and any("\u4e00" <= one <= "\u9fff" for one in sentence)
    return sentence
