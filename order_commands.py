"""The front door's commands about orders and money."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from command_line import OpenHouse, json_option, print_json
from domain.item import yuan
from domain.order import STATES
from errors import Declined

if TYPE_CHECKING:
    from datetime import datetime

    from flows.till import Till
    from wiring import House

MOST_LISTED = 10_000


@click.group()
def order() -> None:
    """Orders, refunds and reconciliation."""


@order.command("show")
@click.argument("no")
@json_option
@click.pass_obj
def show(open_house: OpenHouse, no: str, as_json: bool) -> None:
    """Everything kept about one order.

    Example: python bot.py order show mzxw6ytboi2dcmrtgq2tmnzy
    """
    import wiring
    from flows.show_order import show_order

    house = open_house()
    found = show_order(house.store, no, house.settings.timezone, wiring.vault(house.settings).show)
    if found is None:
        raise Declined("there is no order with this number")
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        for one in value if isinstance(value, list) else [value]:
            click.echo(f"{name}: {_plain(one)}")


@order.command("list")
@click.option("--state", type=click.Choice(STATES), default=None, help="Only orders in this state.")
@click.option("--most", default=50, show_default=True, type=click.IntRange(1, MOST_LISTED), help="At most so many.")
@json_option
@click.pass_obj
def list_(open_house: OpenHouse, state: str | None, most: int, as_json: bool) -> None:
    """The newest orders first.

    Example: python bot.py order list --state paid
    """
    from flows.show_order import list_orders

    house = open_house()
    found = list_orders(house.store, most, state or "", house.settings.timezone)
    if as_json:
        print_json(found)
        return
    for one in found:
        click.echo(
            f"{one['created_at']}  {one['order_no']}  {one['state']:9}  {yuan(one['amount_fen'])}  {one['slug']}"
        )
    if not found:
        click.echo("no orders")


@order.command("refund")
@click.argument("no")
@click.option("--fen", type=click.IntRange(1), default=None, help="So much of it; default: all that is left.")
@click.option("--reason", required=True, help="The payer reads it; at most 80 bytes.")
@click.pass_obj
def refund(open_house: OpenHouse, no: str, fen: int | None, reason: str) -> None:
    """Return money. Who gets all of it back can no longer read the item.

    Example: python bot.py order refund mzxw6ytboi2dcmrtgq2tmnzy --reason 内容有误
    """
    from domain.refund import REASON_BYTES
    from flows.refund_order import refund_order

    if not reason.strip() or len(reason.encode()) > REASON_BYTES:
        raise Declined(f"--reason must have 1 to {REASON_BYTES} bytes (a Chinese character has three)")
    house = open_house()
    made = refund_order(_till(house), no, fen, reason.strip(), "command", int(house.clock()))
    click.echo(f"refund {made.refund_no}: {yuan(made.fen)}, {made.state}" + (f" ({made.trouble})" * bool(made.trouble)))
    sys.exit(1 if made.state in ("closed", "abnormal") else 0)


@order.command("reconcile")
@click.option("--date", "day", type=click.DateTime(["%Y-%m-%d"]), default=None, help="Compare the bill of this day.")
@json_option
@click.pass_obj
def reconcile(open_house: OpenHouse, day: datetime | None, as_json: bool) -> None:
    """Ask WeChat Pay about everything unfinished, and compare the bill of a day (default: the newest there is).

    Exit code 1 when there are differences.

    Example: python bot.py order reconcile --date 2026-11-23
    """
    from dataclasses import asdict

    from flows.reconcile import compare_bill, last_bill_day, reconcile_now

    house = open_house()
    till, now = _till(house), int(house.clock())
    date = day.date().isoformat() if day else last_bill_day(now)
    asked = reconcile_now(till, now)
    differences = [asdict(one) for one in compare_bill(till, date, now)]
    if as_json:
        print_json({"asked": asked, "date": date, "differences": differences})
    else:
        click.echo("asked: " + (", ".join(f"{number} {name}" for name, number in asked.items()) or "nothing to ask"))
        click.echo(f"{date}: {len(differences)} differences")
        for one in differences:
            click.echo(f"  {_plain(one)}")
    sys.exit(1 if differences else 0)


@order.command("trouble")
@click.option("--seen", metavar="NO", default="", help="You have looked at everything about this order number.")
@json_option
@click.pass_obj
def trouble(open_house: OpenHouse, seen: str, as_json: bool) -> None:
    """Payments and refunds that an operator must look at.

    Example: python bot.py order trouble --seen mzxw6ytboi2dcmrtgq2tmnzy
    """
    import wiring
    from flows.show_order import money_trouble
    from storage import evidence

    house = open_house()
    if seen:
        with house.store.write() as tx:
            if not evidence.resolve(tx, seen, int(house.clock())):
                raise Declined("nothing of this number waits to be looked at")
    found = money_trouble(house.store, house.settings.timezone, wiring.vault(house.settings).show)
    if as_json:
        print_json(found)
        return
    for one in (*found["evidence"], *found["refunds"]):
        click.echo(_plain(one))
    if not any(found.values()):
        click.echo("nothing to look at")


@order.command("funnel")
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 3_650), help="So many days back.")
@json_option
@click.pass_obj
def funnel(open_house: OpenHouse, days: int, as_json: bool) -> None:
    """How many saw a price, tapped, got an order, saw the cashier, paid; the last three by method.

    Example: python bot.py order funnel --days 7
    """
    from storage import funnel as steps

    house = open_house()
    with house.store.read() as tx:
        found = steps.counts(tx, int(house.clock()) - days * steps.DAY)
    if as_json:
        print_json([{"step": step, "method": method, "count": count} for (step, method), count in found.items()])
        return
    for (step, method), count in found.items():
        click.echo(f"{step:8}{method:8}{count:8}")
    if not found:
        click.echo("nobody has seen a price")


def _till(house: House) -> Till:
    if house.till is None:
        raise Declined("no merchant is set up: WECHATPAY_MCH_ID and its sisters are not set")
    return house.till


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "  ".join(f"{name}={_plain(one)}" for name, one in value.items() if one not in (None, "", {}))
    return "" if value is None else str(value)
