"""The front door's commands about who may use the operator console."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

import click

from command_line import OpenHouse, json_option, print_json
from domain.console import ADMIN, ROLES

if TYPE_CHECKING:
    from storage.console_users import ConsoleUsers
    from wiring import House


@click.group("console-user")
def console_user() -> None:
    """Who may sign in to the operator console at /console/."""


@console_user.command("add")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may do.")
@click.pass_obj
def add(open_house: OpenHouse, name: str, role: str) -> None:
    """Add a user, or give a known one this role and a new password, which ends their sessions.

    Asks for the password twice on a terminal, else reads one line of standard input.

    Example: python bot.py console-user add lin --role admin
    """
    from storage import console_acts as acts

    if sys.stdin.isatty():
        password = str(click.prompt("password", hide_input=True, confirmation_prompt=True))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    house = open_house()
    new = _users(house).add(name, role, password)
    _note(house, acts.USER_ADDED if new else acts.USER_CHANGED, name, role)
    click.echo(f"{'added' if new else 'changed'}: {name}, {role}")


@console_user.command("list")
@json_option
@click.pass_obj
def list_(open_house: OpenHouse, as_json: bool) -> None:
    """Names and roles.

    Example: python bot.py console-user list
    """
    found = _users(open_house()).all()
    if as_json:
        print_json([{"name": one.name, "role": one.role} for one in found])
        return
    for one in found:
        click.echo(f"{one.name}  {one.role}")
    if not found:
        click.echo(f"nobody: python bot.py console-user add NAME --role {ADMIN}")


@console_user.command("remove")
@click.argument("name")
@click.pass_obj
def remove(open_house: OpenHouse, name: str) -> None:
    """Remove a user; whoever is signed in as them is signed out.

    Example: python bot.py console-user remove lin
    """
    from storage import console_acts as acts

    house = open_house()
    _users(house).remove(name)
    _note(house, acts.USER_REMOVED, name)
    click.echo(f"removed: {name}")


def _users(house: House) -> ConsoleUsers:
    import wiring

    return wiring.console_users(house.settings)


def _note(house: House, act: str, name: str, role: str = "") -> None:
    """In the log of acts, by whoever is signed in at this machine."""
    from storage import console_acts as acts

    with house.store.write() as tx:
        acts.note(tx, int(house.clock()), f"shell:{getpass.getuser()}"[:64], act, name, role)
