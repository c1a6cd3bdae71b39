"""Recommendation is judged from the log of exposures: each policy by its own rows, and the rivals of those that draw.

Reads only, in short reads, page by page; a row costs 56 bytes of memory while it is read.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from domain import estimate
from domain.estimate import Estimate, Floats, Numbers
from domain.ids import share_before
from domain.judgement import FEWEST, judge
from domain.policy_rows import Rows, log_of, replay
from domain.rivals import AGREES, RIVALS, agrees
from storage import policy_log
from storage.policy_log import Logged
from storage.store import Store

MOST_ROWS = 1_000_000
"""Intervals are narrow long before; the rows read are those of followers chosen as if by lot."""
DIGITS = 6
SEED = 2011
"""Replay draws lots: the same log gives the same figure."""


def _whole() -> array[int]:
    return array("q")


def _fractions() -> array[float]:
    return array("d")


@dataclass
class _Columns:
    """Rows of one policy as they are read."""

    person: array[int] = field(default_factory=_whole)
    list_: array[int] = field(default_factory=_whole)
    place: array[int] = field(default_factory=_whole)
    noted: array[int] = field(default_factory=_whole)  # bits of the rivals that agree; -1 = not noted
    click: array[float] = field(default_factory=_fractions)
    fen: array[float] = field(default_factory=_fractions)
    propensity: array[float] = field(default_factory=_fractions)


def evaluate(
    store: Store, since: int, dearest_fen: int, told: Callable[[float], None], most: int = MOST_ROWS
) -> dict[str, Any]:
    """The document of ``evaluate``: exposures since then, at most so many rows.

    `dearest_fen` is the price of the dearest item: what a sale nobody has seen yet may bring at most. `told` hears how
    far it is, 0 to 1.
    """
    read = _read(store, since, most, told)
    rows = {name: _rows(columns) for name, columns in sorted(read.items())}
    number = sum(len(one.click) for one in rows.values())
    return {
        "rows": number,
        "complete": number < most,
        "policies": [_policy(name, one, dearest_fen) for name, one in rows.items()],
        "targets": [
            _target(rival, name, rows[name], np.frombuffer(columns.noted, np.int64))
            for name, columns in sorted(read.items())
            if max(columns.noted) >= 0
            for rival in RIVALS
        ],
        "notes": _notes(rows, read),
    }


def _read(store: Store, since: int, most: int, told: Callable[[float], None]) -> dict[str, _Columns]:
    """Policy -> its rows. Follower by follower, so that people and lists are numbered without remembering them."""
    earned = policy_log.earned(store, since)
    read: dict[str, _Columns] = {}
    openid, people = "", 0
    lists: dict[str, int] = {}
    begun = 0
    for page in policy_log.pages(store, since, most):
        for one in page:
            if one.openid != openid:
                openid, people, lists = one.openid, people + 1, {}
            if one.behaviour_id not in lists:
                lists[one.behaviour_id] = begun
                begun += 1
            columns = read.setdefault(one.policy, _Columns())
            columns.person.append(people)
            columns.list_.append(lists[one.behaviour_id])
            _append(columns, one, earned.get(one.id, 0))
        told(share_before(page[-1].id))
    return read


def _append(columns: _Columns, one: Logged, fen: int) -> None:
    columns.place.append(one.position)
    columns.click.append(one.opened_at is not None)
    columns.fen.append(fen)
    columns.propensity.append(one.propensity)
    columns.noted.append(_noted(one.terms))


def _noted(terms: str) -> int:
    """Bits of the rivals that would have shown it too, -1 where that was not noted."""
    try:
        stored = json.loads(terms).get(AGREES) if f'"{AGREES}"' in terms else None
    except ValueError:  # cut off to fit its column
        stored = None
    return -1 if stored is None else sum(agrees(rival, stored) << bit for bit, rival in enumerate(RIVALS))


def _rows(columns: _Columns) -> Rows:
    noted = np.frombuffer(columns.noted, np.int64)
    return Rows(
        person=_numbered(columns.person), list_=_numbered(columns.list_), place=np.frombuffer(columns.place, np.int64),
        click=np.frombuffer(columns.click), fen=np.frombuffer(columns.fen),
        propensity=np.frombuffer(columns.propensity),
        agrees={rival: (noted > 0) & (noted >> bit & 1 == 1) for bit, rival in enumerate(RIVALS)},
    )  # fmt: skip


def _numbered(ids: array[int]) -> Numbers:
    return np.unique(np.frombuffer(ids, np.int64), return_inverse=True)[1]


# --- each policy by its own rows ---------------------------------------------------------------------------------


def _policy(name: str, rows: Rows, dearest_fen: int) -> dict[str, Any]:
    return {
        "name": name,
        "exposures": len(rows.click),
        "followers": int(rows.person.max()) + 1,
        "ctr": _told(estimate.rate(rows.click, rows.person)),
        "revenue_fen_per_exposure": _told(_revenue(rows, dearest_fen)),
    }


def _revenue(rows: Rows, dearest_fen: int) -> Estimate:
    """Where nothing was sold yet, as many sales as may have been missed by chance, at the dearest price."""
    dearest = max(dearest_fen, float(rows.fen.max()))
    if not rows.fen.any():
        return Estimate(0.0, 0.0, dearest * estimate.rate(rows.fen, rows.person).high)
    found = estimate.rare_mean(rows.fen, rows.person)
    return Estimate(found.value, found.low, min(found.high, dearest))


def _told(found: Estimate) -> dict[str, float]:
    return {
        "estimate": round(found.value, DIGITS), "low": round(found.low, DIGITS), "high": round(found.high, DIGITS)
    }  # fmt: skip


# --- rivals of a policy that draws -------------------------------------------------------------------------------


def _target(rival: str, policy: str, rows: Rows, noted: Numbers) -> dict[str, Any]:
    """What the rival's lists, and its first places alone, would have been opened at the moments of this policy's."""
    rows = rows.where(noted >= 0)
    luck: Floats = np.random.default_rng(SEED).random(int(rows.list_.max()) + 1)
    replayed = replay(rows, rival, luck)
    return {
        "name": rival,
        "log": policy,
        "whole_lists": _judged(rows, rival),
        "first_place": _judged(rows.where(rows.place == 1), rival),
        "replay": None if replayed is None else {**_told(replayed[0]), "lists": replayed[1]},
    }


def _judged(rows: Rows, rival: str) -> dict[str, Any]:
    """The estimates, beside what the log itself got in the same rows."""
    found = judge(log_of(rows, rival))
    return {
        "exposures": found.rows,
        "followers_shown": found.people,
        "effective_followers": round(found.effective, 1),
        "logged": _told(estimate.rate(rows.click, rows.person)),
        "ips": _maybe(found.ips),
        "snips": _maybe(found.snips),
        "dr": _maybe(found.dr),
        "support": _maybe(found.support),
        "warnings": list(found.warnings),
    }


def _maybe(found: Estimate | None) -> dict[str, float] | None:
    return None if found is None else _told(found)


# --- what cannot be concluded ------------------------------------------------------------------------------------


def _notes(rows: dict[str, Rows], read: dict[str, _Columns]) -> list[str]:
    """What is missing, in plain sentences."""
    if not rows:
        return ["nothing was shown in this time: there is nothing to judge yet — followers must be offered items first"]
    found = list(_thin(rows))
    if not any(max(columns.noted) >= 0 for columns in read.values()):
        found.append(
            "no other policy can be judged: no exposure tells what others would have shown — only those made by a "
            "ranking that explores do"
        )
    return found


def _thin(rows: dict[str, Rows]) -> Iterable[str]:
    for name, one in rows.items():
        people = int(one.person.max()) + 1
        if people < FEWEST:
            yield (
                f"{name}: nothing can be concluded yet, it was shown to {people} followers — at least {FEWEST} are "
                "needed for an interval to be trusted"
            )
