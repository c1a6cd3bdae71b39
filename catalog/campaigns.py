"""``content/campaigns/<name>.yaml``: one campaign a file, or one series of which each step becomes a campaign."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml

from catalog.audiences import Around, read_audience
from catalog.mistakes import ContentWrong
from catalog.pushes import check_words, read_item, read_variants
from catalog.schedules import read_after, read_schedule, read_trigger
from catalog.yaml_lines import Node, Source
from domain.campaign import (
    CHANNELS,
    ITEM_PUBLISHED,
    ITS_OWN,
    MARKETING,
    NOT_READ_ON,
    ORDER_ABANDONED,
    PURPOSES,
    RIGHT_ENDS,
    SERVICE,
    STEP,
    Campaign,
    Caps,
    Schedule,
    Trigger,
)
from domain.delivery import NOTICE, TEMPLATE, WINDOW
from domain.notice import NOTICES
from domain.quota import MASS_PER_MONTH
from errors import Declined

KEYS = (
    "title", "purpose", "status", "audience", "schedule", "trigger", "steps", "channels", "message", "variants",
    "notice", "topics", "holdout", "caps", "adjust", "until_hours",
)  # fmt: skip
STEP_KEYS = ("after", "before", "message", "variants")
STATUSES = ("draft", "ready")
TITLE_CHARACTERS, MOST_STEPS = 64, 10
MOST_HOLDOUT = 0.9
"""Above it hardly anybody is sent anything."""
MOST_PER_DAY, MOST_PER_WEEK = 3, 7
"""Whoever is written to more often leaves."""
USUAL_HOURS, MOST_HOURS = 24, 7 * 24

NAME = re.compile(r"[a-z0-9-]{1,48}")


@dataclass(frozen=True)
class Draft:
    """A file that was read and not looked at yet."""

    name: str
    text: str
    root: Node | None
    source: Source


def open_campaigns(folder: Path) -> list[Draft]:
    """The files of ``campaigns/`` in the content folder. Without that folder there are no campaigns."""
    place = folder / "campaigns"
    found = sorted(place.glob("*.yaml")) if place.is_dir() else []
    return [_open(file, folder) for file in found if not file.name.startswith(".")]


def notices_named(drafts: Sequence[Draft]) -> set[str]:
    """The templates that the files speak of."""
    named = (draft.root.get("notice") for draft in drafts if draft.root)
    return {repr(node) for node in named if node}


def read_campaigns(
    drafts: Sequence[Draft], zone: ZoneInfo, around: Around
) -> tuple[Mapping[str, Campaign], Mapping[str, str]]:
    """(name -> campaign, name -> text of its file, which a run keeps as its snapshot); mistakes are in the sources."""
    campaigns, texts = {}, {}
    for draft in (_with_the_only_notice(one, around) for one in drafts):
        for campaign in _read(draft, zone, around):
            campaigns[campaign.name] = campaign
            texts[campaign.name] = draft.text
    return campaigns, texts


def read_snapshot(name: str, text: str, zone: ZoneInfo) -> Campaign:
    """The campaign, or the step of a series, as its file was when it was launched; what it speaks of is not looked up,
    for it may be gone. Raises ``ContentWrong`` when the text holds no such campaign."""
    source = Source(f"campaigns/{name.partition(STEP)[0]}.yaml")
    draft = Draft(name.partition(STEP)[0], text, source.parse(text), source)
    for campaign in _read(draft, zone, None):
        if campaign.name == name:
            return campaign
    source.wrong(1, f'holds no campaign "{name}"')
    raise ContentWrong(source.mistakes)


def with_variants(text: str, campaign: Campaign, wordings: Sequence[str]) -> str:
    """The text of a file as a draft with these variants in place of its words; the rest stands as it was written.
    Raises ``Declined`` where its keys do not stand on lines of their own."""
    root = Source("").parse(text)
    lines, begins = text.splitlines(), sorted(node.line for _, node in root.items()) if root else []
    if root is None or len(begins) != len({*begins}) or any(lines[at - 1][:1].isspace() for at in begins):
        raise Declined("write each key of the file on a line of its own first")
    for key in ("message", "variants", "status"):
        if node := root.get(key):
            end = next((at for at in begins if at > node.line), len(lines) + 1)
            lines[node.line - 1 : end - 1] = [""] * (end - node.line)
    kept = [line for n, line in enumerate(lines) if line or (n and lines[n - 1])]
    written = {"status": "draft"} | ({"message": {"item": campaign.item}} if campaign.item not in ("", ITS_OWN) else {})
    variants = [{"name": f"proposed-{n}", "text": one} for n, one in enumerate(wordings, 1)]
    return "\n".join(kept).rstrip() + "\n" + yaml.safe_dump(
        {**written, "variants": variants}, allow_unicode=True, sort_keys=False, width=1_000
    )  # fmt: skip


def _open(file: Path, folder: Path) -> Draft:
    source = Source(file.relative_to(folder).as_posix())
    text = source.read(file)
    root = source.parse(text) if text else None
    if not NAME.fullmatch(file.stem):
        source.wrong(1, f'the file name "{file.stem}" may hold only a-z, 0-9 and "-", at most 48')
    if root is None and not source.mistakes:
        source.wrong(1, "is empty — begin with title: …, purpose: marketing, message: …")
    return Draft(file.stem, text, root, source)


def _with_the_only_notice(draft: Draft, around: Around) -> Draft:
    """A file that asks for 订阅通知 and names none gets the only one there is for campaigns, also in what is kept of
    its text."""
    root = draft.root
    channels = root.get("channels") if root else None
    if root is None or channels is None or root.get("notice") or draft.text.lstrip().startswith("{"):
        return draft
    wants = isinstance(channels.value, list) and NOTICE in map(repr, channels.value)
    found = [name for name, one in around.notices.items() if name not in NOTICES and one.kind == NOTICE]
    if not wants or len(found) != 1:
        return draft
    text = f"{draft.text.rstrip()}\nnotice: {found[0]}\n"
    return replace(draft, text=text, root=draft.source.parse(text))


def _read(draft: Draft, zone: ZoneInfo, around: Around | None) -> list[Campaign]:
    if draft.root is None or not isinstance(draft.root.value, dict):
        if draft.root is not None:
            draft.root.wrong("must be a mapping — begin with title: …, purpose: marketing, message: …")
        return []
    node = draft.root
    node.only(*KEYS)
    campaign = _campaign(draft.name, node, zone, around)
    steps = _steps(node, campaign, around)
    for one, place in steps:
        check_words(one, place, node, around)
    return [one for one, _ in steps]


def _campaign(name: str, node: Node, zone: ZoneInfo, around: Around | None) -> Campaign:
    """All but its words."""
    purpose = _choice(node, "purpose", PURPOSES, "")
    schedule, trigger = node.get("schedule"), node.get("trigger")
    if schedule and trigger:
        trigger.wrong("stands beside schedule — a campaign goes by one of them")
    notice, topics, audience = node.get("notice"), node.get("topics"), node.get("audience")
    holdout, hours, adjust = node.get("holdout"), node.get("until_hours"), node.get("adjust")
    if adjust and not isinstance(adjust.value, bool):
        adjust.wrong(f'"{adjust!r}" is not known — true or false')
    return Campaign(
        name,
        _title(node),
        purpose or MARKETING,
        (),
        _channels(node, purpose, around),
        read_audience(audience, around),
        _schedule(name, schedule, zone, around) if schedule else None,
        read_trigger(trigger, around) if trigger else None,
        notice=notice.text() if notice else "",
        topics=_topics(topics, around.tags if around else None) if topics else (),
        holdout=_holdout(holdout) if holdout else 0.0,
        caps=_caps(node.get("caps")),
        names_caps=node.get("caps") is not None,
        adjust=adjust is not None and adjust.value is True,
        until_hours=hours.whole(1, MOST_HOURS, "hours") if hours else USUAL_HOURS,
        draft=_choice(node, "status", STATUSES, "ready") == "draft",
    )


def _steps(node: Node, campaign: Campaign, around: Around | None) -> list[tuple[Campaign, Node]]:
    """(a campaign, where its words stand): one, or one for each step of the series."""
    _check_purpose(node, campaign)
    steps = node.get("steps")
    if steps is None:
        return [(_worded(campaign, node, around), node)]
    if campaign.trigger is None:
        steps.wrong("need a trigger that begins them, e.g. trigger: followed")
    for key in ("message", "variants"):
        if beside := node.get(key):
            beside.wrong("stands beside steps — each step has its own message")
    places = [*steps.elements()]
    if not 1 <= len(places) <= MOST_STEPS:
        steps.wrong(f"has {len(places)} steps — from 1 to {MOST_STEPS}")
    found = []
    for number, place in enumerate(places, 1):
        place.only(*STEP_KEYS)
        begins = campaign.trigger or Trigger("", 0)
        trigger = replace(begins, after=begins.after + read_after(place, begins.event))
        step = replace(campaign, name=f"{campaign.name}{STEP}{number}", trigger=trigger)
        found.append((_worded(step, place, around), place))
    return found


def _check_purpose(node: Node, campaign: Campaign) -> None:
    """What an event allows: only what people own may be told of as a service, and what they own is not offered."""
    event, place = campaign.trigger.event if campaign.trigger else "", node.get("purpose") or node
    if event in (ORDER_ABANDONED, ITEM_PUBLISHED) and campaign.purpose != MARKETING:
        place.wrong(f"a series about {event} is marketing: it offers what they do not own — write purpose: marketing")
    if event in (NOT_READ_ON, RIGHT_ENDS) and campaign.purpose == MARKETING:
        place.wrong(f"a series about {event} tells of what they own, and marketing never does — write purpose: service")


def _worded(campaign: Campaign, node: Node, around: Around | None) -> Campaign:
    item = read_item(node, campaign, around)
    return replace(campaign, item=item, variants=read_variants(node, campaign, around))


def _schedule(name: str, node: Node, zone: ZoneInfo, around: Around | None) -> Schedule | None:
    schedule, at = read_schedule(node, zone), node.get("at")
    if at and around and schedule and schedule.at is not None and around.late(name, schedule.at):
        at.wrong(f'"{at!r}" is past, and it never ran — write a moment to come, or put the file away')
    return schedule


def _title(node: Node) -> str:
    child = node.get("title")
    title = child.text() if child else ""
    if not title:
        (child or node).wrong(f"{'' if child else 'title: '}is missing — what operators call it, e.g. 周末健身专题")
    elif child and len(title) > TITLE_CHARACTERS:
        child.wrong(f"has {len(title)} characters — at most {TITLE_CHARACTERS}")
    return title


def _choice(node: Node, key: str, choices: tuple[str, ...], default: str) -> str:
    child = node.get(key)
    if child is not None and child.value in choices:
        return str(child.value)
    if child is not None:
        child.wrong(f'"{child!r}" is not known — one of {", ".join(choices)}')
    elif not default:
        node.wrong(f"{key}: is missing — one of {', '.join(choices)}")
    return default


def _channels(node: Node, purpose: str, around: Around | None) -> tuple[str, ...]:
    """In the order they are tried. One that has no template is left out, and so is what may not be sent by it."""
    child, notice = node.get("channels"), node.get("notice")
    kind = _kind(notice, around) if notice else ""
    if child is None:
        return (WINDOW, kind) if kind in CHANNELS and (kind, purpose) != (TEMPLATE, MARKETING) else (WINDOW,)
    taken: list[str] = []
    for element in child.elements():
        channel = element.text()
        if channel not in CHANNELS:
            element.wrong(f'"{channel}" is not known — one of {", ".join(CHANNELS)}')
        elif channel in taken:
            element.wrong(f'"{channel}" stands twice — keep one of them')
        elif channel == TEMPLATE and purpose != SERVICE:
            element.wrong("a template message may only carry a service notice: WeChat bans accounts for marketing")
        elif channel == TEMPLATE and notice is None:
            element.wrong("needs a notice: the name of its template in templates.yaml, e.g. notice: course-opens")
        elif channel == NOTICE and notice is None:
            element.advise("is not used: no notice names its template of templates.yaml, e.g. notice: new-item")
        elif channel in (NOTICE, TEMPLATE) and around and kind not in ("", channel):
            element.wrong(f"the notice of this campaign is of kind {kind} — take out {channel}, or name another notice")
        else:
            taken.append(channel)
    if isinstance(child.value, list) and not child.value:
        child.wrong(f"is empty — at least one of {', '.join(CHANNELS)}")
    return tuple(taken)


def _kind(notice: Node, around: Around | None) -> str:
    """Template message or 订阅通知; "" with a mistake noted, or where it is not looked up."""
    name = repr(notice)
    if name in NOTICES:
        notice.wrong(f'"{name}" is what buyers are told about their order — make an entry of its own in templates.yaml')
    elif around and name not in around.notices:
        notice.wrong(f'there is no template "{name}" in templates.yaml')
    elif around:
        return around.notices[name].kind
    return ""


def _topics(node: Node, tags: Collection[str] | None) -> tuple[str, ...]:
    topics = node.texts()
    for topic in topics:
        if tags is not None and topic not in tags:
            node.wrong(f'there is no tag "{topic}" — one of tags.yaml or of an article')
    return topics


def _holdout(node: Node) -> float:
    wanted = f"the share that is never sent to, from 0 to {MOST_HOLDOUT:g}, e.g. 0.1"
    return 0.0 if repr(node) in ("0", "0.0") else node.share(MOST_HOLDOUT, wanted)


def _caps(node: Node | None) -> Caps:
    usual = Caps()
    if node is None:
        return usual
    node.only("per_day", "per_week", "mass_per_week")
    day, week, mass = node.get("per_day"), node.get("per_week"), node.get("mass_per_week")
    caps = Caps(
        day.whole(1, MOST_PER_DAY, "messages a day") if day else usual.per_day,
        week.whole(1, MOST_PER_WEEK, "messages a week") if week else usual.per_week,
        mass.whole(1, MASS_PER_MONTH, "mass messages a week") if mass else usual.mass_per_week,
    )
    if caps.per_week < caps.per_day:
        (week or node).wrong("is less than per_day — a week holds at least what a day holds")
    return caps
