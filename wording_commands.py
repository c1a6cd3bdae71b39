"""The front door's command that has wording proposed: shown, and kept only when the operator says so."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from command_line import OpenHouse, json_option, print_json
from errors import Declined

if TYPE_CHECKING:
    from flows.propose_wording import Proposal

MOST = 10


@click.command()
@click.argument("name")
@click.option("--count", default=3, show_default=True, type=click.IntRange(1, MOST), help="How many proposals.")
@json_option
@click.pass_obj
def propose(open_house: OpenHouse, name: str, count: int, as_json: bool) -> None:
    """Wording for a campaign, proposed by the endpoint of WORDING_URL and checked like your own.

    Texts of items leave the house, nothing about followers. On a terminal you may keep some as a draft beside the file;
    nothing else is written.

    Example: python bot.py campaign propose weekend-fitness --count 5
    """
    from flows.propose_wording import keep_draft, propose
    from writer.chat import Writer

    house = open_house()
    settings, catalog = house.settings, house.catalog.current
    if not (settings.wording_url and settings.wording_model):
        raise Declined(
            "no endpoint proposes wording — set WORDING_URL and WORDING_MODEL, e.g. https://api.openai.com/v1"
        )
    if name not in catalog.campaigns:
        raise Declined(f"there is no campaign {name!r} — python bot.py campaign list names them")
    campaign = catalog.campaigns[name]
    writer = Writer(settings.wording_url, settings.wording_key, settings.wording_model)
    found = propose(writer, catalog, campaign, count)
    if as_json:
        told = [{"text": one.text, "problems": one.problems, "advice": one.advice} for one in found]
        print_json({"name": name, "model": writer.model, "proposals": told})
        return
    for number, one in enumerate(found, 1):
        click.echo("\n".join(_lines(number, one)))
    usable = [one.text for one in found if not one.problems]
    if usable and sys.stdin.isatty() and (chosen := _chosen(usable)):
        kept = keep_draft(settings.content_dir, settings.timezone, catalog, campaign, chosen)
        click.echo(f"written as a draft: campaigns/{kept}.yaml — look at it, then write status: ready")


def _lines(number: int, one: Proposal) -> list[str]:
    return [
        f"{number}. {one.text}",
        *(f"   not usable: {problem}" for problem in one.problems),
        *(f"   advice: {advice}" for advice in one.advice),
    ]


def _chosen(usable: list[str]) -> list[str]:
    """Those the operator names by number."""
    said = click.prompt(f"Keep which as a draft? Numbers from 1 to {len(usable)}, nothing for none", default="")
    numbers = [int(word) for word in said.replace(",", " ").split() if word.isascii() and word.isdigit()]
    return [usable[number - 1] for number in dict.fromkeys(numbers) if 1 <= number <= len(usable)]
