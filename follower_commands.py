"""The front door's commands about followers: what is held about them."""

from __future__ import annotations

import getpass
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from command_line import json_option, print_json
from errors import Declined

if TYPE_CHECKING:
    from wiring import House

OpenHouse = Callable[[], "House"]

NOBODY = "there is no follower with this openid"


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
        raise Declined(NOBODY)
    if as_json:
        print_json(document)
        return
    for name, value in document.items():
        shown = "、".join(f"{tag['tag']} {tag['weight']:.2f}" for tag in value) if name == "tags" else value
        click.echo(f"{name}: {shown}")


@follower.command("export")
@click.argument("openid")
@json_option
@click.pass_obj
def export(open_house: OpenHouse, openid: str, as_json: bool) -> None:
    """Everything held about one follower, as one JSON document, with or without --json.

    It is written down who took it.

    Example: python bot.py follower export oABC… > oABC.json
    """
    import wiring
    from flows.export_follower import export_follower

    house = open_house()
    vault, zone = wiring.vault(house.settings), house.settings.timezone
    document = None
    if openid.isprintable():
        document = export_follower(house.store, vault, openid, int(house.clock()), zone, _operator())
    if document is None:
        raise Declined(NOBODY)
    print_json(document)


@follower.command("erase")
@click.argument("openid")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.pass_obj
def erase(open_house: OpenHouse, openid: str, yes: bool) -> None:
    """Erase what is held about one follower, as 删除我的数据 does in the chat.

    Orders, rights to read and opt-outs stay. Asks on a terminal; elsewhere it needs --yes.

    Example: python bot.py follower erase oABC… --yes
    """
    from flows.export_follower import erase_follower

    if not yes and not sys.stdin.isatty():
        raise Declined("erasing cannot be undone — say --yes")
    house = open_house()
    if not yes:
        click.confirm(f"erase everything held about {openid}?", abort=True)
    left = erase_follower(house.store, openid, int(house.clock()), _operator()) if openid.isprintable() else None
    if left is None:
        raise Declined(NOBODY)
    click.echo(f"erased; kept by law and for their sake: {left[0]} orders, {left[1]} rights to read, their opt-outs")


def _operator() -> str:
    """Whoever is signed in at this machine, as the log of acts names them."""
    return f"shell:{getpass.getuser()}"[:64]
