"""Wording for a campaign, proposed by an endpoint outside and checked like an operator's own.

What leaves the house: the campaign's title and purpose, and the title, summary, price, tags and free beginning of its
item, or of three that it could recommend. Nothing about followers, no address, no number of sales. What comes back is a
proposal: nothing is sent and no file that runs is changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from catalog.audiences import Around
from catalog.campaigns import Draft, read_campaigns, with_variants
from catalog.load import Catalog
from catalog.pushes import judge_text
from catalog.yaml_lines import Source
from domain import wording
from domain.campaign import ITS_OWN, MASS, RECOMMEND, SERVICE, STEP, Campaign
from domain.item import Item, yuan
from errors import Declined, WriterSilent
from flows.choose_push import subjects
from writer.chat import Writer

MOST = 10
SAMPLES = 3
FREE_CHARACTERS = 600
LONGEST = 300
"""Characters of a proposal: what is longer is no push."""
_RULES = """你为一个卖知识内容的微信公众号写推送文案。只写给定内容里有的事实，不编造数字、人物、效果。
必须遵守：不承诺收益、疗效、通过考试；不用“最”“第一”“顶级”一类的词；不以转发、分享、关注换取任何东西；不制造假的紧迫感；不写网址。
可以用这些占位符，按原样写花括号：{allowed}。{greeting} 是问候，{link} 是读者点的地方，必须恰好出现一次。
每条不超过 120 个字，口语、具体、不煽情。只输出一个 JSON 数组，每个元素是一条文案（字符串），不要别的话。"""


@dataclass(frozen=True, slots=True)
class Proposal:
    """One wording; with ``problems`` it may not be used, ``advice`` is only advice."""

    text: str
    problems: tuple[str, ...] = ()
    advice: tuple[str, ...] = ()


def propose(writer: Writer, catalog: Catalog, campaign: Campaign, count: int) -> list[Proposal]:
    """At most `count` proposals, those that may be used first. Raises ``WriterSilent``."""
    texts = _read(writer.ask(_rules(campaign), question(catalog, campaign, count)))[:count]
    judged = [_judge(catalog, campaign, text) for text in dict.fromkeys(texts)]
    return sorted(judged, key=lambda one: bool(one.problems))


def question(catalog: Catalog, campaign: Campaign, count: int) -> str:
    """All that leaves the house beside the rules."""
    told = {
        "要几条": count, "活动": campaign.title, "性质": "服务通知" if campaign.purpose == SERVICE else "营销",
        "内容": [_item(one) for one in _items(catalog, campaign)],
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1)


def keep_draft(folder: Path, zone: ZoneInfo, catalog: Catalog, campaign: Campaign, texts: Iterable[str]) -> str:
    """Write the campaign with these wordings beside it, as a draft that never runs; its name. Raises ``Declined``."""
    if STEP in campaign.name:
        raise Declined(f"{campaign.name} is a step of a series — copy the words into campaigns/{campaign.series}.yaml")
    name, chosen = f"{campaign.name}-proposed", [*texts]
    place = folder / "campaigns" / f"{name}.yaml"
    text = with_variants(catalog.campaign_texts[campaign.name], campaign, chosen)
    source = Source(f"campaigns/{name}.yaml")
    read_campaigns([Draft(name, text, source.parse(text), source)], zone, _around(catalog))
    if source.mistakes:
        raise Declined(f"the draft would have a mistake, so it is not written: {source.mistakes[0]}")
    try:
        with place.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Declined(f"campaigns/{name}.yaml exists already — put it away first") from None
    except OSError as trouble:
        raise Declined(f"campaigns/{name}.yaml cannot be written: {trouble.strerror}") from None
    return name


def _around(catalog: Catalog) -> Around:
    tags = {*catalog.synonyms, *(tag for item in catalog.items.values() for tag in item.tags)}
    return Around(tags, catalog.items, catalog.notices, catalog.blocked)


def _rules(campaign: Campaign) -> str:
    personal = wording.PERSONAL if MASS in campaign.channels else ()
    of_item = () if campaign.item else wording.OF_ITEM
    allowed = [name for name in wording.PLACEHOLDERS if name not in (*personal, *of_item)]
    return _RULES.replace("{allowed}", " ".join("{" + name + "}" for name in allowed))


def _items(catalog: Catalog, campaign: Campaign) -> list[Item]:
    if campaign.item not in (RECOMMEND, ITS_OWN):
        return [catalog.items[campaign.item]] if campaign.item in catalog.items else []
    about = subjects(campaign)
    fitting = [item for item in catalog.items.values() if not about or about.intersection(item.tags)]
    return fitting[:SAMPLES]


def _item(item: Item) -> dict[str, object]:
    return {
        "标题": item.title, "摘要": item.summary, "价格": yuan(item.price_fen), "标签": [*item.tags],
        "开头": item.free[:FREE_CHARACTERS],
    }  # fmt: skip


def _read(answer: str) -> list[str]:
    """The texts of a JSON list, whatever stands around it."""
    begin, end = answer.find("["), answer.rfind("]")
    try:
        found = json.loads(answer[begin : end + 1])
    except ValueError:
        found = None
    texts = [one.strip() for one in found if isinstance(one, str) and one.strip()] if isinstance(found, list) else []
    if not texts:
        raise WriterSilent("proposed nothing that can be read — try again, or another model")
    return texts


def _judge(catalog: Catalog, campaign: Campaign, text: str) -> Proposal:
    problems, advice = judge_text(text, campaign, _around(catalog))
    if len(text) > LONGEST:
        problems.append(f"has {len(text)} characters — at most {LONGEST}")
    return Proposal(text, tuple(problems), tuple(advice))
