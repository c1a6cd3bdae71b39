"""The front door's commands about followers: what is held about them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from command_line import OpenHouse, json_option, operator, print_json, progress
from errors import Declined

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any
    from zoneinfo import ZoneInfo

    from flows.import_followers import Outcome
    from flows.why_item import Why
    from wiring import House


NOBODY = "there is no follower with this openid"


@click.group()
def follower() -> None:
    """Followers and what is known about them."""


@follower.command("show")
@click.argument("openid")
@click.option("--why", metavar="SLUG", help="Why they would be shown this item, or may not be.")
@json_option
@click.pass_obj
def show(open_house: OpenHouse, openid: str, why: str | None, as_json: bool) -> None:
    """Everything held about one follower, or with --why what makes the score of one item for them.

    Example: python bot.py follower show oABC… --why run-30
    """
    if why is not None:
        _show_why(open_house(), openid, why, as_json)
        return
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
        if name == "allowed":
            click.echo("\n".join(_allowed(value)))
            continue
        shown = "、".join(f"{tag['tag']} {tag['weight']:.2f}" for tag in value) if name == "tags" else value
        click.echo(f"{name}: {shown}")


def _show_why(house: House, openid: str, slug: str, as_json: bool) -> None:
    from flows.why_item import why_document, why_item

    house.learned.refresh()
    now, zone = int(house.clock()), house.settings.timezone
    if not slug.isprintable():
        raise Declined("there is no item of this name")
    catalog = house.catalog.current
    why = why_item(house.store, catalog, openid, slug, now) if openid.isprintable() else None
    if why is None:
        raise Declined(NOBODY)
    if as_json:
        print_json(why_document(why, zone))
        return
    for line in _why_lines(why, zone):
        click.echo(line)


def _why_lines(why: Why, zone: ZoneInfo) -> Iterator[str]:
    from domain.why_sentences import TERM_NAMES, bar_sentence

    yield f"《{why.title}》 {why.slug}" if why.title else why.slug
    for bar in why.bars:
        yield f"不会推荐：{bar_sentence(bar, zone)}"
    if not why.terms:
        return
    place = f"，现在说「推荐」排在第 {why.place} 个" if why.place else ""
    yield f"{'不然' if why.bars else ''}按分数是第 {why.rank} 名，一共 {why.of} 篇{place}"
    yield f"读者会读到：{why.reason}"
    yield f"{why.score:+6.2f}  合计"
    for term in why.terms:
        yield f"{term.value:+6.2f}  {TERM_NAMES[term.name]}：{term.told}"


@follower.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--map", "mapped", multiple=True, metavar="表头=COLUMN", help="What a header means; =- leaves it out.")
@click.option("--skip-bad", is_flag=True, help="Import the rows that are in order although others are not.")
@json_option
@click.pass_obj
def import_(open_house: OpenHouse, file: Path, mapped: tuple[str, ...], skip_bad: bool, as_json: bool) -> None:
    """Bring followers in from a CSV file: openid and any of name, age, gender, occupation, city, tags, subscribed_at.

    Every mistake is told by line, and with one nothing is imported unless --skip-bad. What followers said or did
    themselves counts for more than a file. Importing the same file again changes nothing.

    Example: python bot.py follower import members.csv --map 会员号=openid --map 备注=-
    """
    import wiring
    from domain.follower_row import Reading
    from flows.follower_file import FollowerFile
    from flows.import_followers import check_file, import_file

    renamed = _mapping(mapped)
    house = open_house()
    vault = wiring.vault(house.settings)
    vocabulary = house.catalog.current.vocabulary
    reading = Reading(house.settings.timezone, int(house.clock()), vocabulary.named, vocabulary.like)
    source = FollowerFile(file, renamed)
    with progress("checking") as report:
        outcome, repeated = check_file(source, reading, report)
    bring = skip_bad or not outcome.wrong
    if bring:
        with progress("importing") as report:
            import_file(house.store, vault, source, reading, outcome, repeated, report, operator())
    _tell(outcome, bring, as_json)
    sys.exit(0 if bring else 1)


def _mapping(mapped: tuple[str, ...]) -> dict[str, str]:
    """--map 表头=column, checked."""
    from domain.follower_row import COLUMNS
    from flows.follower_file import IGNORED

    renamed = {}
    for one in mapped:
        header, equals, column = one.rpartition("=")
        if not equals or not header.strip() or column.strip() not in (*COLUMNS, IGNORED):
            told = f'"{one}" — write 表头=COLUMN with one of {", ".join(COLUMNS)}, or {IGNORED} to leave it out'
            raise click.BadParameter(told, param_hint="--map")
        renamed[header.strip()] = column.strip()
    return renamed


def _tell(outcome: Outcome, imported: bool, as_json: bool) -> None:
    counts = {
        "rows": outcome.rows, "new": outcome.new, "changed": outcome.changed, "unchanged": outcome.as_told,
        "left_alone": outcome.closed, "wrong": outcome.wrong,
    }  # fmt: skip
    if as_json:
        mistakes = [str(one) for one in outcome.mistakes]
        print_json({"imported": imported, **counts, "mistake_count": outcome.mistake_count, "mistakes": mistakes})
        return
    for one in outcome.mistakes:
        click.echo(str(one), err=True)
    if more := outcome.mistake_count - len(outcome.mistakes):
        click.echo(f"and {more} more mistakes", err=True)
    told = ", ".join(f"{number} {name.replace('_', ' ')}" for name, number in counts.items())
    click.echo(told if imported else f"nothing imported: {told}; mend the file, or leave them out with --skip-bad")


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
        document = export_follower(house.store, vault, openid, int(house.clock()), zone, operator())
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
    left = erase_follower(house.store, openid, int(house.clock()), operator()) if openid.isprintable() else None
    if left is None:
        raise Declined(NOBODY)
    click.echo(f"erased; kept by law and for their sake: {left[0]} orders, {left[1]} rights to read, their opt-outs")


def _allowed(purposes: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """What may be sent to them now, a line for each purpose and channel."""
    yield "allowed now:"
    for purpose, channels in purposes.items():
        for channel, may in channels.items():
            more = f", {may['left']} more" if may["left"] > 0 else ""
            until = f" until {may['until'][:16].replace('T', ' ')}" if may["until"] else ""
            yield f"  {purpose:9} by {channel:9}" + (f"yes{more}" if may["yes"] else f"no: {may['why']}") + until
