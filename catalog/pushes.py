"""The words of a campaign file: its item, its variants, and whether they fit every channel they may go through."""

from __future__ import annotations

import re
from collections.abc import Collection

from catalog.audiences import Around, read_audience, told
from catalog.blocked_words import note_blocked
from catalog.yaml_lines import Node, Source
from domain import wording
from domain.advice import findings
from domain.audience import EVERYBODY, All, Condition
from domain.campaign import FOLLOWED, ITS_OWN, MARKETING, MASS, RECOMMEND, SERVICE, Campaign, Variant
from domain.contradiction import contradictions, is_owner_only
from domain.delivery import NOTICE, TEMPLATE, WINDOW
from domain.item import Item
from domain.notice import Notice, sort_of
from domain.quota import NOTICE_VALUE_CHARACTERS

MOST_VARIANTS = 10
ONLY = "main"
"""The name of the variant of a campaign that has one text."""
_VARIANT = re.compile(r"[a-z0-9-]{1,32}")


def read_item(node: Node, campaign: Campaign, around: Around | None) -> str:
    """The item of ``message``: a slug, ``recommend``, ``ITS_OWN`` where the trigger's event has one, "" for none."""
    message = node.get("message")
    child = message.get("item") if message else None
    if child is None:
        about_one = campaign.trigger is not None and campaign.trigger.event != FOLLOWED
        return ITS_OWN if about_one else ""
    slug = child.text()
    if around and slug != RECOMMEND and slug not in around.items:
        child.wrong(f'there is no published item "{slug}" — a slug of articles/, or {RECOMMEND}')
    if campaign.purpose == MARKETING and is_owner_only(campaign.audience, slug):
        child.wrong("everybody of the audience owns it already, and nobody is offered what they own")
    return slug


def read_variants(node: Node, campaign: Campaign, around: Around | None) -> tuple[Variant, ...]:
    """The texts: ``message.text``, or ``variants``; composed for each item where neither is written."""
    message, listed = node.get("message"), node.get("variants")
    if message:
        message.only("text", "item")
    text = message.get("text") if message else None
    if message is None and listed is None:
        node.wrong('message: is missing — e.g. message: {text: "{greeting}，{title} {link}", item: recommend}')
    if listed is None:
        return (Variant(ONLY, text.text() if text else wording.COMPOSED),)
    if text:
        text.wrong("stands beside variants — keep one of them")
    variants = tuple(_variant(child, around) for child in listed.elements())
    _check_variants(listed, variants, campaign.audience)
    return variants or (Variant(ONLY, wording.COMPOSED),)


def _variant(node: Node, around: Around | None) -> Variant:
    node.only("name", "text", "share", "audience")
    name, text, share, audience = node.get("name"), node.get("text"), node.get("share"), node.get("audience")
    if name is None or not _VARIANT.fullmatch(repr(name)):
        (name or node).wrong(f"{'' if name else 'name: '}write a name of a-z, 0-9 and -, at most 32, e.g. name: short")
    if text is None:
        node.wrong("text: is missing — what this variant says")
    return Variant(
        repr(name) if name else "",
        text.text() if text else "",
        share.share(1, "its share of the people, above 0 and up to 1, e.g. 0.5") if share else 1.0,
        read_audience(audience, around) if audience else None,
    )


def _check_variants(node: Node, variants: Collection[Variant], audience: Condition) -> None:
    names = [variant.name for variant in variants]
    if not 1 <= len(names) <= MOST_VARIANTS:
        node.wrong(f"has {len(names)} — from 1 to {MOST_VARIANTS}")
    for child, variant in zip(node.elements(), variants, strict=True):
        if names.count(variant.name) > 1:
            child.wrong(f'the name "{variant.name}" is given twice')
        if variant.audience and audience != EVERYBODY:
            for one, other in contradictions(All((audience, variant.audience))):
                child.wrong(f"nobody gets it: nobody can be both {told(one)} and {told(other)}")
    if names and all(variant.audience for variant in variants):
        node.wrong("each has an audience — leave it out of one, which everybody else gets")


def check_words(campaign: Campaign, node: Node, root: Node, around: Around | None) -> None:
    """Note what is wrong with the words of a campaign: its texts are where `node` has them, its notice in `root`."""
    items = _items(campaign, around)
    for place, variant in _places(campaign, node):
        if variant.text:
            _check_text(place, variant.text, campaign, items, around)
    if around and campaign.notice in around.notices and {NOTICE, TEMPLATE} & {*campaign.channels}:
        _check_notice(campaign, around.notices[campaign.notice], root.get("notice") or root, items or [], around)


def judge_text(text: str, campaign: Campaign, around: Around) -> tuple[list[str], list[str]]:
    """(mistakes, advice) of a wording that stands in no file yet."""
    source = Source("")
    _check_text(Node(text, 1, "", source), text, campaign, _items(campaign, around), around)
    return [one.problem for one in source.mistakes], [one.problem for one in source.advice]


def _check_text(
    place: Node, text: str, campaign: Campaign, items: Collection[Item] | None, around: Around | None
) -> None:  # fmt: skip
    _check_what_is_said(place, text, campaign.purpose == SERVICE, around)
    if _placeholders_stand(place, text, campaign) and items is not None:
        size = wording.longest(text, items)
        if size > wording.TEXT_BYTES and {WINDOW, MASS} & {*campaign.channels}:
            place.wrong(f"may have {size:,} bytes when it is filled in — at most {wording.TEXT_BYTES:,}")


def _items(campaign: Campaign, around: Around | None) -> list[Item] | None:
    """The items it may tell of, None where that is not known."""
    if around is None:
        return None
    if campaign.item in (RECOMMEND, ITS_OWN):
        return [*around.items.values()]
    return [around.items[campaign.item]] if campaign.item in around.items else []


def _places(campaign: Campaign, node: Node) -> list[tuple[Node, Variant]]:
    listed, message = node.get("variants"), node.get("message")
    if listed is not None:
        found = [child.get("text") or child for child in listed.elements()]
        return [*zip(found, campaign.variants, strict=False)]
    place = (message.get("text") if message else None) or message or node
    return [(place, variant) for variant in campaign.variants]


def _placeholders_stand(node: Node, text: str, campaign: Campaign) -> bool:
    try:
        asked = wording.placeholders(text)
    except ValueError:
        node.wrong("has a brace without its partner — write {{ for a brace that shall be seen")
        return False
    written = text != wording.COMPOSED
    good = True
    for name in dict.fromkeys(asked):
        problem = ""
        if name not in wording.PLACEHOLDERS:
            allowed = ", ".join("{" + one + "}" for one in wording.PLACEHOLDERS)
            problem = f"{{{name}}} is not filled here — allowed: {allowed}"
        elif name in wording.OF_ITEM and not campaign.item:
            problem = f"{{{name}}} needs an item — write item: a slug, or item: {RECOMMEND}"
        elif name in wording.PERSONAL and MASS in campaign.channels and written:
            problem = f"{{{name}}} differs for each person, a mass message does not — take one of both out"
        if problem:
            node.wrong(problem)
            good = False
    if written and good and campaign.item and wording.LINK not in asked:
        node.advise("has no {link}: nobody can tap it, and nothing can be measured")
    return good


def _check_what_is_said(node: Node, text: str, service: bool, around: Around | None) -> None:
    for one in findings(text, service):
        (node.wrong if one.forbidden else node.advise)(f'"{one.words}" {one.why}')
    if around:
        note_blocked(node, text, around.blocked)


def _check_notice(campaign: Campaign, notice: Notice, place: Node, items: Collection[Item], around: Around) -> None:
    for key, words in notice.fields.items():
        _check_what_is_said(place, words, campaign.purpose == SERVICE, around)
        asked = wording.placeholders(words)
        if not {*asked} <= {*wording.NOTICE_PLACEHOLDERS}:
            continue  # told where it stands
        lacking = [name for name in asked if name in wording.OF_ITEM and not campaign.item]
        if lacking:
            place.wrong(f"its field {key} needs {{{lacking[0]}}} — write item: a slug, or item: {RECOMMEND}")
            continue
        if not wording.fill(words, wording.LEAST):
            place.wrong(f"its field {key} may be empty, and WeChat refuses the whole notice then — add words to it")
        most, size = NOTICE_VALUE_CHARACTERS[sort_of(key)], wording.longest_field(words, items, campaign.title)
        if size > most:
            say = place.advise if sort_of(key) == "thing" else place.wrong
            say(f"its field {key} may have {size} characters when it is filled in — it is cut to {most}")
