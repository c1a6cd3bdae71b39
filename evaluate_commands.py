"""The front door's command that judges recommendation."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import click

from command_line import OpenHouse, json_option, print_json, progress
from domain.interests import DAY
from errors import Declined


@click.command()
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), default=None, help="What was shown from this day on.")
@click.option("--days", type=click.IntRange(1, 3_650), default=None, help="What was shown in the last so many days.")
@click.option("--dataset", default=None, metavar="NAME", help="Score the ranking on public data instead: ml-100k.")
@click.option("--path", type=click.Path(path_type=Path), default=None, help="The folder with the data set's files.")
@json_option
@click.pass_obj
def evaluate(
    open_house: OpenHouse, since: dt.datetime | None, days: int | None, dataset: str | None, path: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Judge recommendation from what was shown and what came of it.

    For each policy how often its items were opened and what they earned, and for the policies that draw by chance what
    others would have got in their place: the ranking without exploration, what is popular, what is newest, and the
    match with interests alone. What the log cannot tell is said, not guessed.

    With --dataset the ranking is scored instead on what people are known to have liked later, beside simpler ones.

    Example: python bot.py evaluate --days 30
    """
    from flows.evaluate_policies import evaluate as evaluate_policies

    if dataset or path:
        _evaluate_dataset(dataset, path, since is None and days is None, as_json)
        return
    if since and days:
        raise click.UsageError("--since and --days exclude each other")
    house = open_house()
    begin = int(since.replace(tzinfo=house.settings.timezone).timestamp()) if since else 0
    begin = int(house.clock()) - days * DAY if days else begin
    dearest = max((item.price_fen for item in house.catalog.current.items.values()), default=0)
    with progress("reading the log") as told:
        found = evaluate_policies(house.store, begin, dearest, told)
    if as_json:
        print_json(found)
    else:
        click.echo("\n".join(_lines(found)))


def _evaluate_dataset(name: str | None, folder: Path | None, alone: bool, as_json: bool) -> None:
    """Score the ranking on a public data set."""
    from flows.score_dataset import DATASETS, score_dataset

    if name is None or folder is None or not alone:
        raise click.UsageError("--dataset and --path go together, and with nothing of the log")
    if name not in DATASETS:
        raise Declined(f'there is no data set "{name}" — one of {", ".join(DATASETS)}')
    found = score_dataset(name, folder)
    if as_json:
        print_json(found)
        return
    click.echo(f"{name}: {found['held_out']:,} likes of {found['people']:,} people held out")
    rows: dict[str, Any] = {"ours": found, **found["baselines"]}
    for label, scores in rows.items():
        click.echo(f"{label}: recall@10 {scores['recall@10']:.4f}, nDCG@10 {scores['ndcg@10']:.4f}")


def _lines(found: dict[str, Any]) -> list[str]:
    """The document in words."""
    lines = [] if found["complete"] else [f"the first {found['rows']:,} exposures, of followers chosen as if by lot"]
    for one in found["policies"]:
        lines.append(
            f"{one['name']}: {one['exposures']:,} exposures to {one['followers']:,} followers, opened "
            f"{_percent(one['ctr'])}, {_fen(one['revenue_fen_per_exposure'])} fen an exposure"
        )
    for one in found["targets"]:
        for what in ("whole_lists", "first_place"):
            judged = one[what]
            figures = [f"{name} {_percent(judged[name])}" for name in ("ips", "snips", "dr") if judged[name]]
            if one["replay"] and what == "whole_lists":
                figures.append(f"replay {_percent(one['replay'])}")
            told = f"{', '.join(figures) or 'cannot be told'}; logged {_percent(judged['logged'])}"
            lines.append(f"{one['name']} instead of {one['log']}, {what.replace('_', ' ')}: {told}")
            lines += [f"  {warning}" for warning in judged["warnings"]]
    return [*lines, *found["notes"]]


def _percent(found: dict[str, float]) -> str:
    return f"{100 * found['estimate']:.2f} % ({100 * found['low']:.2f}–{100 * found['high']:.2f})"


def _fen(found: dict[str, float]) -> str:
    return f"{found['estimate']:.2f} ({found['low']:.2f}–{found['high']:.2f})"
