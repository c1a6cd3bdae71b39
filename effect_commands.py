"""The front door's commands about what campaigns bring: report, shares, undo."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from command_line import OpenHouse, json_option, print_json
from domain.moment import minute, rfc3339
from errors import Declined

if TYPE_CHECKING:
    from catalog.load import Catalog

UNIT_NAMES = {
    "openers_per_100_people": "openers",
    "buyers_per_100_people": "buyers",
    "fen_per_100_people": "yuan",
    "unfollows_per_100_people": "unfollows",
}
MONEY = "fen_per_100_people"


@click.command()
@click.argument("name")
@json_option
@click.pass_obj
def report(open_house: OpenHouse, name: str, as_json: bool) -> None:
    """What a campaign brought, against the people who were held out, and how sure that is.

    Example: python bot.py campaign report weekend-fitness
    """
    from flows.measure_campaigns import report_campaign
    from storage import campaign_runs

    house = open_house()
    catalog = house.catalog.current
    with house.store.read() as tx:
        known = name in catalog.campaigns or campaign_runs.newest(tx, name) is not None
    if not known:
        raise unknown(name, catalog)
    found = report_campaign(house.store, catalog, name, int(house.clock()), house.settings.timezone)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(lines(found)))


def unknown(name: str, catalog: Catalog) -> Declined:
    """There is no such campaign; a series has one for each step."""
    if steps := [one.name for one in catalog.campaigns.values() if one.series == name]:
        return Declined(f"{name} is a series — name one of its steps: {', '.join(steps)}")
    return Declined(f'there is no campaign "{name}" — campaign list names them')


def lines(found: dict[str, Any]) -> list[str]:
    """The document in words."""
    told = [f"{found['name']}: {found['state']}" + (f" — {found['trouble']}" if found["trouble"] else "")]
    if not found["runs"]:
        return [*told, "nothing was launched yet, so there is nothing to report"]
    told.append(
        f"{len(found['runs'])} runs, {found['audience']:,} in their audiences: {_parts(found)}"
        + (f"; excluded: {_listed(found['excluded'])}" if found["excluded"] else "")
    )
    told.append(
        f"{found['clicked']:,} opened its link, {found['bought']:,} bought through it, "
        f"{found['revenue_fen'] / 100:,.2f} yuan; {found['unfollowed']:,} unfollowed within "
        f"{found['window']['days']} days"
    )
    return [*told, *_mass(found), *_effect(found), *_pooled(found), *_wordings(found), *_channels(found)]


def _parts(found: dict[str, Any]) -> str:
    names = {
        "sent": "sent", "shown": "shown at a visit", "held": "held for the next visit", "waiting": "still to send",
        "failed": "failed", "unsure": "unsure", "skipped": "skipped", "holdout": "held out",
    }  # fmt: skip
    return ", ".join(f"{found[key]:,} {word}" for key, word in names.items() if found[key]) or "nobody"


def _mass(found: dict[str, Any]) -> list[str]:
    """WeChat's own numbers of mass sends: it tells how many got one, not who."""
    jobs = [job for job in found["mass"] if job["submitted_at"]]
    if not jobs:
        return []
    people, reached, missed = (sum(job[key] for job in jobs) for key in ("people", "reached", "not_reached"))
    failed = sorted({job["status"] for job in jobs if job["state"] == "failed"})
    return [
        f"{len(jobs)} mass sends to {people:,} people; WeChat reports {reached:,} reached, {missed:,} not"
        + (f"; refused: {', '.join(failed)}" if failed else "")
    ]


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {number:,}" for name, number in counts.items())


def _effect(found: dict[str, Any]) -> list[str]:
    if not found["people_held_out"]:
        return ["effect: nothing can be concluded, nobody was held out — set holdout: 0.1 in the campaign's file"]
    whole = found["window"]["whole"]
    told = [
        f"effect by 100 people ({found['people']:,} people against {found['people_held_out']:,} held out"
        + ("):" if whole else f"; not all is seen before {found['window']['until']}):")
    ]
    return [*told, *(f"  {UNIT_NAMES[unit]}: {_lift(one, unit)}" for unit, one in found["lifts"].items())]


def _lift(one: dict[str, Any], unit: str) -> str:
    by = 100 if unit == MONEY else 1
    figures = f"{one['estimate'] / by:+.1f} ({one['low'] / by:+.1f} to {one['high'] / by:+.1f})"
    return figures + {
        "more": ", it brought more", "less": ", it brought fewer", "unclear": ", nothing can be concluded",
    }[one["concluded"]]  # fmt: skip


def _pooled(found: dict[str, Any]) -> list[str]:
    pooled = found["pooled"]
    if pooled is None:
        return []
    return [
        f"all {pooled['campaigns']} campaigns together, and this one drawn toward them:",
        *(
            f"  {UNIT_NAMES[unit]}: {_lift(one, unit)}; this one {_lift(pooled['own'][unit], unit)}"
            for unit, one in pooled["common"].items()
        ),
    ]


def _wordings(found: dict[str, Any]) -> list[str]:
    if len(found["variants"]) < 2:
        return []
    told = [
        f"  {one['name']}: {_share(one['share'])}, {one['audience']:,} people, {one['clicked']:,} opened, "
        f"{one['bought']:,} bought, {one['unfollowed']:,} unfollowed"
        for one in found["variants"]
    ]
    return ["wordings:", *told, *([_verdict(found["test"])] if found["test"] else [])]


def _channels(found: dict[str, Any]) -> list[str]:
    told = [
        f"  {one['name']} first: share {100 * one['share']:.0f} %, {one['drawn']:,} people, {one['clicked']:,} opened, "
        f"{one['unfollowed']:,} unfollowed"
        for one in found["channels"]
    ]
    return ["channels:", *told] if told else []


def _share(share: float | None) -> str:
    return "people of its own" if share is None else f"share {100 * share:.0f} %"


def _verdict(test: dict[str, Any]) -> str:
    rule = f"at most {100 * test['level']:.0f} % of equal wordings are ever told apart, however often one looks"
    if test["winner"]:
        return f'  "{test["winner"]}" does better ({rule})'
    return (
        f"  nothing can be concluded about the wordings yet: evidence {test['evidence']:.3g}, decided at "
        f"{test['needed']:.0f} ({rule})"
    )


@click.command()
@click.argument("name")
@json_option
@click.pass_obj
def shares(open_house: OpenHouse, name: str, as_json: bool) -> None:
    """The shares of a campaign's wordings and channels, and every change of them with its reason.

    Example: python bot.py campaign shares weekend-fitness
    """
    from flows.adjust_shares import channel_shares, shares_of
    from storage import share_changes

    house = open_house()
    campaign = house.catalog.current.campaigns.get(name)
    if campaign is None:
        raise unknown(name, house.catalog.current)
    zone = house.settings.timezone
    with house.store.read() as tx:
        now, turns = shares_of(tx, campaign), channel_shares(tx, campaign)
        changes = share_changes.of(tx, name)
    if as_json:
        rows = [
            {**one._asdict(), "at": rfc3339(one.at, zone), "undone_at": rfc3339(one.undone_at, zone)} for one in changes
        ]
        print_json({"name": name, "adjust": campaign.adjust, "shares": now, "channels": turns, "changes": rows})
        return
    click.echo(_told_shares(now) + (", moved by what is measured" if campaign.adjust else ", fixed (adjust: false)"))
    if turns:
        click.echo(f"tried first: {_told_shares(turns)}")
    for one in changes:
        undone = f" [undone by {one.undone_by}]" if one.undone_by else ""
        click.echo(f"{minute(one.at, zone)} {one.changed_by}: {_told_shares(one.after)}{undone}\n  {one.why}")


def _told_shares(of: Any) -> str:
    return ", ".join(f"{name} {100 * share:.0f} %" for name, share in of.items()) or "no wordings to share"


@click.command()
@click.argument("name")
@click.pass_obj
def undo(open_house: OpenHouse, name: str) -> None:
    """Take back the newest change of a campaign's shares. Nothing moves by itself for two weeks then.

    Example: python bot.py campaign undo weekend-fitness
    """
    from flows.adjust_shares import undo as undo_change

    house = open_house()
    change = undo_change(house.store, name, "command line", int(house.clock()))
    if change is None:
        raise Declined(f'no change of "{name}" stands — campaign shares {name} tells them')
    click.echo(f"undone: {_told_shares(change.after)}; now {_told_shares(change.before)}")
