"""Campaigns in the console: which there are, where each stands, what it brought; pausing, undoing, and their files."""

from __future__ import annotations

from flask import Blueprint, Response, abort, make_response, redirect, request

from catalog.campaign_editor import NEW, version
from catalog.campaigns import NAME
from domain.campaign import FINISHED, LAUNCHING, PAUSED, SCHEDULED, SENDING, Campaign
from domain.console import SEND
from errors import Declined
from flows import launch_campaign
from flows.adjust_shares import shares_of, undo
from flows.list_campaigns import Standing, list_campaigns
from flows.measure_campaigns import report_campaign
from storage import console_acts, share_changes
from web.console_door import PATH
from web.console_office import Office
from web.intervals import drawn
from web.places import Places

MEASURED_AT_ONCE = 1
"""Measuring a large campaign takes a second or two: pushes need the other threads."""
ORDER = {PAUSED: 0, SENDING: 1, LAUNCHING: 1}
"""What is on its way stands first."""
SAVED = "已保存，5 秒内生效。"
NOTICES = {
    "saved": SAVED,
    "launched": "已经开始：先写下发给谁，再一条条发出去。",
    "paused": "已暂停，没发的都停在原处。",
    "resumed": "已继续。",
    "undone": "已撤销，两周内不会自己再调。",
}
READ_ONLY = "内容文件夹只能读，在这里保存不了：把下面的文字交给部署内容的人"
BY_ITSELF = "这样存下去，它到时候会自己发：只有 admin 能存。先加上一行 status: draft 存成草稿，请 admin 看过再去掉"
CHANGED = "这个文件刚刚被别人改过。下面是你写的，先抄下来，再重新打开这一页"


def add_campaigns(console: Blueprint, office: Office) -> None:
    """The list, one campaign, and what may be done without sending anything."""
    places = Places(MEASURED_AT_ONCE)

    @console.get("/campaigns", endpoint="campaigns")
    def listed() -> Response:
        found = sorted(standings(office), key=lambda one: (ORDER.get(one.state, 2), one.next_at or 2**53, one.name))
        return office.page(
            "campaigns.html", found=found, state_of=shown_state, told=NOTICES.get(request.args.get("done", ""), "")
        )

    @console.get("/campaigns/<name>", endpoint="campaign")
    def one(name: str) -> Response:
        campaign = campaign_of(office, name)
        with places.one():
            found = report_campaign(office.store, office.catalog.current, name, office.now, office.zone)
        with office.store.read() as tx:
            shares, changes = shares_of(tx, campaign), share_changes.of(tx, name)[::-1]
        return office.page(
            "campaign.html", campaign=campaign, found=found, shares=shares, changes=changes, drawn=drawn,
            line=next(one for one in standings(office) if one.name == name), state_of=shown_state,
            told=NOTICES.get(request.args.get("done", ""), ""),
        )  # fmt: skip

    @console.post("/campaigns/<name>/pause", endpoint="campaign_pause")
    def pause(name: str) -> Response:
        has_file = name in office.catalog.current.campaigns
        try:
            launch_campaign.pause(office.catalog.current, office.store, name, office.me.name, office.now)
        except Declined:
            return back_to(name, "paused") if has_file else abort(404)
        note(office, console_acts.CAMPAIGN_PAUSED, name)
        return back_to(name, "paused") if has_file else make_response(redirect(f"{PATH}/campaigns?done=paused", 303))

    @console.post("/campaigns/<name>/resume", endpoint="campaign_resume")
    def resume(name: str) -> Response:
        campaign_of(office, name)
        try:
            launch_campaign.resume(office.catalog.current, office.store, name, office.now)
        except Declined:
            return back_to(name, "resumed")
        note(office, console_acts.CAMPAIGN_RESUMED, name)
        return back_to(name, "resumed")

    @console.post("/campaigns/<name>/undo", endpoint="campaign_undo")
    def undone(name: str) -> Response:
        campaign_of(office, name)
        change = undo(office.store, name, office.me.name, office.now)
        if change is not None:
            note(office, console_acts.SHARES_UNDONE, name, change.why)
        return back_to(name, "undone")

    _add_files(console, office)


def _add_files(console: Blueprint, office: Office) -> None:
    """Writing a campaign's file."""

    def form(name: str, text: str, seen: str, status: int = 200, **told: object) -> Response:
        writable = office.campaign_files.writable
        return office.page(
            "campaign_edit.html", status, name=name, text=text, seen=seen, writable=writable,
            read_only="" if writable else READ_ONLY, **{"mistakes": (), "told": "", **told},
        )  # fmt: skip

    @console.get("/campaigns/new", endpoint="campaign_new")
    def new() -> Response:
        return form("", NEW, version(""))

    @console.get("/campaigns/<name>/edit", endpoint="campaign_edit")
    def edit(name: str) -> Response:
        text = office.campaign_files.text(name) if NAME.fullmatch(name) else ""
        if not text:
            abort(404)
        return form(name, text, version(text))

    @console.post("/campaigns/save", endpoint="campaign_save")
    def save() -> Response:
        fields = request.form
        name, seen = fields.get("name", "").strip(), fields.get("seen", "")
        text = "\n".join(fields.get("text", "").splitlines()) + "\n"
        files = office.campaign_files
        if not NAME.fullmatch(name) or name == "new":
            return form(name, text, seen, 400, told="名字只用 a-z、0-9 和 -，最多 48 个，也不能叫 new")
        checked = files.checked(name, text, office.catalog.current)
        if checked.mistakes:
            return form(name, text, seen, 400, mistakes=checked.mistakes)
        if fields.get("only") == "check":
            return form(name, text, seen, told="没有错误。")
        if checked.by_itself and not office.me.may(SEND):
            return form(name, text, seen, 403, told=BY_ITSELF)
        try:
            files.save(name, text, seen)
        except Declined:
            return form(name, text, seen, 409, told=CHANGED if files.writable else READ_ONLY)
        note(office, console_acts.CAMPAIGN_SAVED, name)
        return make_response(redirect(f"{PATH}/campaigns?done=saved", 303))


def standings(office: Office) -> list[Standing]:
    """All campaigns as they stand."""
    return list_campaigns(office.catalog.current, office.store, office.now, office.zone)


def shown_state(one: Standing) -> str:
    """The word for it in ``CAMPAIGN_STATES``: a series is always on, and what has no time is sent by hand."""
    resting = one.state in (SCHEDULED, FINISHED) and one.campaign is not None
    if resting and one.campaign and one.campaign.trigger:
        return "series"
    return "by_hand" if one.state == SCHEDULED and one.next_at is None else one.state


def campaign_of(office: Office, name: str) -> Campaign:
    """The campaign of this name; a page that does not exist otherwise."""
    campaign = office.catalog.current.campaigns.get(name)
    if campaign is None:
        abort(404)
    return campaign


def back_to(name: str, done: str) -> Response:
    """The campaign's page, which says what was done."""
    return make_response(redirect(f"{PATH}/campaigns/{name}?done={done}", 303))


def note(office: Office, act: str, name: str, detail: str = "") -> None:
    """Write an operator's act down."""
    with office.store.write() as tx:
        console_acts.note(tx, office.now, office.me.name, act, name, detail)
