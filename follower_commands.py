"""The front door's commands about followers: what is held about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from command_line import json_option, print_json
from errors import Declined

if TYPE_CHECKING:
    from wiring import House

OpenHouse = Callable[[], "House"]


@click.group()
def follower() -> None:
    """Followers and what is known about them."""


@follower.command("show")
@click.argument("openid")
@json_option
@click.pass_obj
def show(open_house: OpenHouse, openid: str, as_json: bool) -> None:
    """Everything held about one follower.

    Example: python bot.py follower show oABC… --json
    """
    import wiring
    from flows.show_follower import show_follower

    house = open_house()
    vault = wiring.vault(house.settings)
    document = None
    if openid.isprintable():  # what a terminal could not decode is no text a database takes
        document = show_follower(house.store, openid, int(house.clock()), house.settings.timezone, vault.show_facts)
    if document is None:
        raise Declined("there is no follower with this openid")
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        shown = "、".join(f"{tag['tag']} {tag['weight']:.2f}" for tag in value) if name == "tags" else value
        click.echo(f"{name}: {shown}")
