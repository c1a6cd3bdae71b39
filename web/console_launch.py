"""Trying a campaign out in the console, and having it sent: only by who types the number of people it will reach."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, Response, request

from domain.campaign import Campaign
from domain.console import FACTS
from errors import Declined
from flows.launch_campaign import launch_now, runnable
from flows.preview_campaign import Preview, Previewer, preview_campaign
from storage import campaign_runs, console_acts
from web.console_campaigns import back_to, campaign_of, note
from web.console_office import Office
from web.places import Places

COUNTED_AT_ONCE = 1
"""A preview of a large account takes a second or two: pushes need the other threads."""
OVER = "这一页放得太久了，再看一遍"
OTHER_NUMBER = "数字不对，没有发：写下会收到的人数"
CHANGED = "人数刚刚变了，没有发，再看一遍"
SENT_MEANWHILE = "这一页打开之后已经发过一次，没有再发，再看一遍"
NOT_NOW = "现在不能发：它是草稿或系列，暂停着，或者正在发"


def add_launch(console: Blueprint, office: Office, previewer: Callable[[], Previewer]) -> None:
    """The preview, and the launch from it."""
    places = Places(COUNTED_AT_ONCE)

    def look(campaign: Campaign) -> Preview:
        """Who may not see what followers told of themselves does not read their names in a sample either."""
        of = previewer()
        with places.one():
            return preview_campaign(of if office.me.may(FACTS) else replace(of, vault=None), campaign, office.now)

    def last_run(campaign: Campaign) -> str:
        """What was launched before: a page left open, or sent twice, must not launch another."""
        with office.store.read() as tx:
            run = campaign_runs.newest(tx, campaign.name)
        return run.id if run else ""

    def page(campaign: Campaign, found: Preview, told: str = "", status: int = 200) -> Response:
        shown = {"campaign": campaign.name, "reaches": found.reaches, "behind": last_run(campaign)}
        ticket = office.door.ticket(office.me, shown, office.now)
        return office.page(
            "campaign_preview.html", status, campaign=campaign, found=found, told=told, ticket=ticket,
            ready=_is_ready(office, campaign),
        )  # fmt: skip

    @console.get("/campaigns/<name>/preview", endpoint="campaign_preview")
    def preview(name: str) -> Response:
        campaign = campaign_of(office, name)
        found = look(campaign)
        note(office, console_acts.CAMPAIGN_PREVIEWED, name)
        return page(campaign, found)

    @console.post("/campaigns/<name>/launch", endpoint="campaign_launch")
    def launch(name: str) -> Response:
        campaign = campaign_of(office, name)
        seen = office.door.open_ticket(office.me, request.form.get("ticket", ""), office.now)
        found = look(campaign)
        if seen is None or seen.get("campaign") != name:
            return page(campaign, found, OVER, 400)
        if request.form.get("people", "").strip() != str(seen["reaches"]):
            return page(campaign, found, OTHER_NUMBER, 400)
        if found.reaches != seen["reaches"]:
            return page(campaign, found, CHANGED, 409)
        if seen.get("behind") != last_run(campaign):
            return page(campaign, found, SENT_MEANWHILE, 409)
        try:
            run = launch_now(office.catalog.current, office.store, name, office.me.name, office.now)
        except Declined:
            return page(campaign, found, NOT_NOW, 409)
        note(office, console_acts.CAMPAIGN_LAUNCHED, name, f"{run.id}, {found.reaches} 人")
        return back_to(name, "launched")


def _is_ready(office: Office, campaign: Campaign) -> bool:
    try:
        runnable(office.catalog.current, campaign.name)
    except Declined:
        return False
    return True
