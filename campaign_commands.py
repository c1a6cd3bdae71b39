"""The front door's commands about campaigns: whom they reach, launching, pausing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from command_line import OpenHouse, json_option, operator, print_json, progress
from domain.moment import minute, rfc3339
from effect_commands import report, shares, undo
from errors import Declined
from wording_commands import propose

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zoneinfo import ZoneInfo

    from flows.list_campaigns import Standing
    from flows.preview_campaign import Preview
    from wiring import House

CAUSES = {
    "not_following": "do not follow any more",
    "opted_out": "opted out of it",
    "owned": "own the item already",
    "enough": "were written to often enough lately",
    "too_late": "could not be written to before it is of no use",
    "no_item": "have no item left that suits them",
}
CHANNELS = {
    "window": "as a customer-service message, their window is open",
    "notice": "as a 订阅通知 they agreed to",
    "template": "as a template message",
    "mass": "by mass send",
    "visit": "at their next visit, no channel is open",
}
STATES = {
    "planned": "still to send", "sending": "on their way", "grouped": "waiting for a mass send",
    "held_out": "held out", "held": "waiting for their next visit", "shown": "shown at a visit",
}  # fmt: skip
SHOWN_OF_OPENID = 6
"""Characters: enough to tell two apart, too few to know who it is."""


@click.group()
def campaign() -> None:
    """Campaigns: what is sent to whom, and what it brought."""


campaign.add_command(propose)
campaign.add_command(report)
campaign.add_command(shares)
campaign.add_command(undo)


@campaign.command("list")
@json_option
@click.pass_obj
def list_(open_house: OpenHouse, as_json: bool) -> None:
    """Every campaign, when it is due next, and what its last run did.

    Example: python bot.py campaign list
    """
    from flows.list_campaigns import list_campaigns

    house = open_house()
    zone = house.settings.timezone
    found = list_campaigns(house.catalog.current, house.store, int(house.clock()), zone)
    if as_json:
        print_json([_document(one, zone) for one in found])
        return
    for one in found:
        click.echo("\n  ".join(_lines(one, zone)))
    if not found:
        click.echo("no campaigns: write one into content/campaigns/")


@campaign.command("preview")
@click.argument("name")
@json_option
@click.pass_obj
def preview(open_house: OpenHouse, name: str, as_json: bool) -> None:
    """What it would do if it were launched now: how many, who not and why, in which words. Nothing is sent.

    Example: python bot.py campaign preview weekend-fitness
    """
    found = _preview(open_house(), name)
    if as_json:
        print_json(_contract(found))
    else:
        click.echo("\n".join(_told(found)))


@campaign.command("launch")
@click.argument("name")
@click.option("--expect", type=click.IntRange(0), default=None, help="Only if it reaches just so many people.")
@click.pass_obj
def launch(open_house: OpenHouse, name: str, expect: int | None) -> None:
    """Send it now. On a terminal the number of people it will reach is asked for.

    Example: python bot.py campaign launch weekend-fitness --expect 120
    """
    import clockwork
    from flows.launch_campaign import launch_now, runnable
    from flows.plan_audience import plan_run

    house = open_house()
    catalog = house.catalog.current
    runnable(catalog, name)
    found = _preview(house, name)
    _agree(found, expect)
    run = launch_now(catalog, house.store, name, operator(), int(house.clock()))
    with progress("writing down whom it goes to") as report:
        written = 0

        def count(people: int) -> None:
            nonlocal written
            written += people
            report(min(written / max(found.audience, 1), 1.0))

        whole = plan_run(clockwork.planner(house), house.store, run, count)
    click.echo(_launched(house, run.id) if whole else f"{run.id} is begun, and the clock goes on with it")


def _agree(found: Preview, expect: int | None) -> None:
    """Refuse, unless the number is what the operator expects, or types."""
    if expect is None and sys.stdin.isatty():
        click.echo("\n".join(_told(found)))
        expect = click.prompt("to launch it, type the number of people it will reach", type=int)
    if expect is not None and expect != found.reaches:
        raise Declined(f"it would reach {found.reaches} people, not {expect}: nothing was launched")


def _launched(house: House, run_id: str) -> str:
    from storage import campaign_deliveries as deliveries

    with house.store.read() as tx:
        people = deliveries.by_state(deliveries.counts(tx, run_id))
    states = ", ".join(f"{count} {STATES.get(state, state)}" for state, count in people.items())
    return f"launched {run_id}: {states or 'nobody is of its audience'}"


@campaign.command("pause")
@click.argument("name")
@click.pass_obj
def pause(open_house: OpenHouse, name: str) -> None:
    """Stop it where it is, and launch it no more until it is resumed. What is on its way to WeChat still arrives.

    Example: python bot.py campaign pause weekend-fitness
    """
    from flows.launch_campaign import pause as stop

    house = open_house()
    stopped = stop(house.catalog.current, house.store, name, operator(), int(house.clock()))
    click.echo(f"{name} is paused: {stopped} runs stopped where they were; it is not launched until it is resumed")


@campaign.command("resume")
@click.argument("name")
@click.pass_obj
def resume(open_house: OpenHouse, name: str) -> None:
    """Let it go on where it was paused. Its moments that passed meanwhile are not made up.

    Example: python bot.py campaign resume weekend-fitness
    """
    from flows.launch_campaign import resume as go_on

    house = open_house()
    going = go_on(house.catalog.current, house.store, name, int(house.clock()))
    click.echo(f"{name} is resumed: {going} runs go on")


# --- previews -------------------------------------------------------------------------------------------------------


def _preview(house: House, name: str) -> Preview:
    import wiring
    from flows.preview_campaign import preview_campaign

    found = house.catalog.current.campaigns.get(name)
    if found is None:
        raise Declined(f'there is no campaign "{name}" — python bot.py campaign list names them')
    with progress("counting whom it reaches") as report:
        return preview_campaign(wiring.previewer(house), found, int(house.clock()), report)


def _contract(found: Preview) -> dict[str, Any]:
    samples = [{"openid": one.openid, "channel": one.channel, "text": one.text} for one in found.samples]
    return {
        "name": found.name, "audience": found.audience, "excluded": dict(found.excluded), "holdout": found.holdout,
        "by_channel": dict(found.by_channel), "reaches": found.reaches, "samples": samples,
        "problems": [*found.problems],
    }  # fmt: skip


def _told(found: Preview) -> Iterator[str]:
    """For people at a terminal: who reads along needs no whole openid."""
    yield f"{found.name}: {found.audience:,} people are of its audience, and it would reach {found.reaches:,} of them"
    yield from (f"  {people:>9,} {CAUSES.get(why, why)}" for why, people in found.excluded.items())
    if found.holdout:
        yield f"  {found.holdout:>9,} are held out and never sent it, to measure what it brings"
    yield from (f"  {people:>9,} get it {CHANNELS.get(how, how)}" for how, people in found.by_channel.items())
    for one in found.samples:
        yield f"\n{one.channel}, to {one.openid[:SHOWN_OF_OPENID]}…:"
        yield "\n".join(f"  | {line}" for line in one.text.splitlines())
    yield from (f"\nnote: {problem}" for problem in found.problems)


# --- the list -------------------------------------------------------------------------------------------------------


def _document(one: Standing, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "name": one.name, "title": one.campaign.title if one.campaign else None,
        "purpose": one.campaign.purpose if one.campaign else None, "state": one.state,
        "next_at": rfc3339(one.next_at, zone), "missed_at": rfc3339(one.missed_at, zone), "trouble": one.trouble,
        "last": {
            "run": one.last.id, "at": rfc3339(one.last.slot, zone), "state": one.last.state,
            "launched_by": one.last.launched_by, "people": one.people,
        } if one.last else None,
    }  # fmt: skip


def _lines(one: Standing, zone: ZoneInfo) -> Iterator[str]:
    title = one.campaign.title if one.campaign else "its file is gone"
    yield f"{one.name} ({title}): {one.state}" + (f", {one.trouble}" if one.trouble else "")
    if one.next_at is not None:
        yield f"next on {minute(one.next_at, zone)}"
    if one.missed_at is not None:
        yield f"missed on {minute(one.missed_at, zone)}: nothing ran then — launch it by hand if it is still of use"
    if one.last:
        people = ", ".join(f"{count} {STATES.get(state, state)}" for state, count in one.people.items())
        yield f"last on {minute(one.last.slot, zone)} by {one.last.launched_by}: {people or 'nobody'}"
