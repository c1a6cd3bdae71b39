"""The ``audience`` of a campaign file: conditions in plain words, all of which must hold.

A list means any of it: ``owning: [a, b]`` is who owns a or b, ``not_owning: [a, b]`` who owns neither. ``all``, ``any``
and ``not`` join further conditions and may stand in each other.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

from catalog.yaml_lines import Node
from domain.about import GENDERS
from domain.audience import (
    EVERYBODY,
    ActiveWithin,
    All,
    Bought,
    CameBy,
    Condition,
    Did,
    Either,
    FollowedWithin,
    Likes,
    Not,
    Owns,
    Reached,
    Told,
    conditions,
)
from domain.contradiction import contradictions
from domain.item import Item
from domain.notice import Notice

LEAST_WEIGHT = 0.3
"""Of a tag written without a weight: a question asked once weighs more (``domain/interests.py``)."""
MOST_DAYS = 3_650
ACTS = ("opened", "read", "finished", "liked", "shared")
STEPS = ("seen", "tapped", "ordered", "paid")
ANYTHING = "any"
"""As an item: any item."""
_SPAN = re.compile(r"(\d{1,3})-(\d{1,3})")


def never_late(name: str, at: int) -> bool:
    """What was good when it was saved stays good: time alone is no mistake."""
    return False


@dataclass(frozen=True)
class Around:
    """What a campaign may speak of: tags, items by slug, templates by name, words that must not be used. ``late`` says
    of a campaign and its moment (seconds since 1970) that it never came and never will."""

    tags: Collection[str] = ()
    items: Mapping[str, Item] = field(default_factory=dict)
    notices: Mapping[str, Notice] = field(default_factory=dict)
    blocked: Collection[str] = ()
    late: Callable[[str, int], bool] = never_late


def read_audience(node: Node | None, around: Around | None) -> Condition:
    """The condition; mistakes are noted. Without `around` (a snapshot) names are taken as they are."""
    if node is None:
        return EVERYBODY
    rule = _all(node, around)
    for one, other in contradictions(rule):
        _place(node, other).wrong(f"nobody can be both {told(one)} and {told(other)} — take one of them out")
    return rule


def _place(node: Node, rule: Condition) -> Node:
    """The last of the audience's keys that says this condition, or its contrary."""
    said, before = rule.of if isinstance(rule, Not) else rule, len(node.source.mistakes)
    places = [
        child for key, child in node.items() if key in _READERS and said in conditions(_READERS[key](child, None))
    ]
    del node.source.mistakes[before:]  # they are told already
    return places[-1] if places else node


def told(rule: Condition) -> str:
    """A condition as it is written in a file, for messages."""
    match rule:
        case Not(of):
            return f"not ({told(of)})"
        case All(of):
            return f"all of {', '.join(map(told, of))}"
        case Either(of):
            return f"any of {', '.join(map(told, of))}"
        case Likes(tag, weight):
            return f"tags {tag}: {weight:g}"
        case ActiveWithin(days):
            return f"active_within_days {days}"
        case FollowedWithin(days):
            return f"followed_within_days {days}"
        case CameBy(source):
            return f"came_by {source or 'other'}"
        case Owns(slug):
            return f"owning {slug}"
        case Bought():
            return f"bought {rule.times} times"
        case Did(act, slug):
            return f"{act} {slug or ANYTHING}"
        case Reached(step, slug):
            return f"reached {step} of {slug or ANYTHING}"
        case Told(fact, words):
            return f"{fact} {' or '.join(words) if words else f'{rule.least}-{rule.most}'}"


def _all(node: Node, around: Around | None) -> Condition:
    node.only(*_READERS)
    rules = [_READERS[key](child, around) for key, child in node.items() if key in _READERS]
    return rules[0] if len(rules) == 1 else All(tuple(rules))


def _branches(node: Node, around: Around | None) -> tuple[Condition, ...]:
    rules = tuple(_all(child, around) for child in node.elements())
    if not rules and isinstance(node.value, list):
        node.wrong("is empty — give at least one condition, e.g. [{tags: [健身]}]")
    return rules


def _not(node: Node, around: Around | None) -> Condition:
    return Not(Either(_branches(node, around)) if isinstance(node.value, list) else _all(node, around))


def _tags(node: Node, around: Around | None) -> Condition:
    """``{健身: 0.3}`` or ``[健身]``: at least one of them."""
    if isinstance(node.value, list):
        wanted = [(element, element.text(), LEAST_WEIGHT) for element in node.elements()]
    else:
        wanted = [(child, tag, child.share(1, "a weight above 0 and up to 1, e.g. 0.3")) for tag, child in node.items()]
    for place, tag, _ in wanted:
        if around and tag not in around.tags:
            place.wrong(f'there is no tag "{tag}" — one of tags.yaml or of an article')
    return _any(node, [Likes(tag, weight) for _, tag, weight in wanted], "a tag, e.g. {健身: 0.3}")


def _slugs(make: Callable[[str], Condition], anything: bool = False) -> Callable[[Node, Around | None], Condition]:
    def read(node: Node, around: Around | None) -> Condition:
        if anything and node.value == ANYTHING:
            return make("")
        places = [*node.elements()] if isinstance(node.value, list) else [node]
        slugs = [place.text() for place in places]
        for place, slug in zip(places, slugs, strict=True):
            if around and slug not in around.items:
                place.wrong(f'there is no published item "{slug}"')
        return _any(node, [make(slug) for slug in slugs], "an item, e.g. [running-30]")

    return read


def _none_of(read: Callable[[Node, Around | None], Condition]) -> Callable[[Node, Around | None], Condition]:
    return lambda node, around: Not(read(node, around))


def _days(make: Callable[[int], Condition]) -> Callable[[Node, Around | None], Condition]:
    return lambda node, around: make(node.whole(1, MOST_DAYS, "days"))


def _any(node: Node, rules: list[Condition], wanted: str) -> Condition:
    if not rules and isinstance(node.value, dict | list):
        node.wrong(f"is empty — give at least {wanted}")
    return rules[0] if len(rules) == 1 else Either(tuple(rules))


def _came_by(node: Node, around: Around | None) -> Condition:
    places = [*node.elements()] if isinstance(node.value, list) else [node]
    sources = [place.text() for place in places]
    for place, source in zip(places, sources, strict=True):
        if source not in ("pay", "other") and not (source.startswith("qr:") and len(source) > 3):
            place.wrong(f'"{source}" is not known — qr: and the scene of the code (qr:c_42), pay, or other')
    return _any(node, [CameBy("" if source == "other" else source) for source in sources], "a source, e.g. [qr:c_42]")


def _bought(node: Node, around: Around | None) -> Condition:
    """``true``, ``false``, or ``{times: 2, yuan: 50.00, within_days: 90}``."""
    if isinstance(node.value, bool):
        return Bought() if node.value else Not(Bought())
    node.only("times", "yuan", "within_days")
    times, amount, days = node.get("times"), node.get("yuan"), node.get("within_days")
    return Bought(
        times.whole(1, 10_000, "times") if times else 1,
        amount.fen() if amount else 0,
        days.whole(1, MOST_DAYS, "days") if days else None,
    )


def _reached(node: Node, around: Around | None) -> Condition:
    """``ordered``, or ``{step: ordered, item: running-30, within_days: 7}``."""
    if not isinstance(node.value, dict):
        return Reached(_step(node))
    node.only("step", "item", "within_days")
    step, item, days = node.get("step"), node.get("item"), node.get("within_days")
    slug = item.text() if item else ""
    if item and slug and around and slug not in around.items:
        item.wrong(f'there is no published item "{slug}"')
    return Reached(_step(step or node), slug, days.whole(1, MOST_DAYS, "days") if days else 30)


def _step(node: Node) -> str:
    if node.value not in STEPS:
        written = "step: is missing" if isinstance(node.value, dict) else f'"{node!r}" is not known'
        node.wrong(f"{written} — one of {', '.join(STEPS)}: the furthest they came")
        return STEPS[0]
    return str(node.value)


def _about(node: Node, around: Around | None) -> Condition:
    """``{gender: [female], occupation: [教师], city: [成都], age: 25-35}``: what they told, all of it."""
    node.only("gender", "occupation", "city", "age")
    rules: list[Condition] = []
    for fact, child in node.items():
        if fact == "age":
            rules.append(_age(child))
        else:
            words = child.texts() if isinstance(child.value, list) else (child.text(),)
            rules.append(Told(fact, tuple(_gender(child, word) for word in words) if fact == "gender" else words))
    return rules[0] if len(rules) == 1 else All(tuple(rules))


def _gender(node: Node, word: str) -> str:
    known = {**{english: english for english in GENDERS}, **{chinese: english for english, chinese in GENDERS.items()}}
    if word not in known:
        node.wrong(f'"{word}" is not known — one of {", ".join(known)}')
    return known.get(word, word)


def _age(node: Node) -> Condition:
    shape = _SPAN.fullmatch(repr(node))
    if not shape or int(shape[1]) > int(shape[2]):
        node.wrong(f'"{node!r}" is no span of ages — the youngest and the oldest, e.g. 25-35')
        return Told("age")
    return Told("age", (), int(shape[1]), int(shape[2]))


_READERS: Mapping[str, Callable[[Node, Around | None], Condition]] = {
    "tags": _tags,
    "not_tags": _none_of(_tags),
    "active_within_days": _days(ActiveWithin),
    "inactive_for_days": _none_of(_days(ActiveWithin)),
    "followed_within_days": _days(FollowedWithin),
    "followed_for_days": _none_of(_days(FollowedWithin)),
    "came_by": _came_by,
    "owning": _slugs(Owns),
    "not_owning": _none_of(_slugs(Owns)),
    "bought": _bought,
    **{act: _slugs(lambda slug, act=act: Did(act, slug), anything=True) for act in ACTS},  # type: ignore[misc]
    **{f"not_{act}": _none_of(_slugs(lambda slug, act=act: Did(act, slug), anything=True)) for act in ACTS},  # type: ignore[misc]
    "reached": _reached,
    "about": _about,
    "all": lambda node, around: All(_branches(node, around)),
    "any": lambda node, around: Either(_branches(node, around)),
    "not": _not,
}
"""What may stand in an audience -> how it is read."""
