"""The effect of a campaign as a document: what was sent, what it brought, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from domain.always_valid import LEVEL, verdict
from domain.campaign import (
    FAILED,
    GROUPED,
    HELD,
    HELD_OUT,
    PLANNED,
    SCHEDULED,
    SENT,
    SHOWN,
    SKIPPED,
    TAKEN,
    UNSURE,
    Campaign,
)
from domain.campaign_measure import Measure
from domain.lift import BOUGHT, MONEY, UNITS, WINDOW_SECONDS, Lift, Paid, order_size
from domain.moment import rfc3339
from domain.pooling import pool
from domain.shares import drawn
from flows.measure_campaign import Measured, Tally
from storage.campaign_measures import Kept

MAIN_UNIT = BOUGHT
DIGITS = 3
MORE, LESS, UNCLEAR, UNKNOWN = "more", "less", "unclear", "unknown"
"""What can be concluded of a lift: nothing while ``unclear``, and nothing at all without a hold-out."""


def tell_campaign(
    name: str, campaign: Campaign | None, measured: Measured, kept: Sequence[Kept], earlier: Paid,
    prices: Sequence[float], shares: Mapping[str, float], turns: Mapping[str, float], now: int, zone: ZoneInfo,
) -> dict[str, Any]:  # fmt: skip
    """The document of ``campaign report``. `kept` are the measures of all campaigns; `earlier` what was paid before;
    `shares` of the wordings as they stand, `turns` those of the channels that take turns."""
    measure = _lasting(name, measured, kept, now)
    size = order_size(measure.paid + earlier, prices)
    lifts = {unit: {**told(found), "unit": unit} for unit, found in measure.lifts(size).items()}
    newest = measured.runs[0][0] if measured.runs else None
    return {
        "name": name,
        "title": campaign.title if campaign else "",
        "state": newest.state if newest else SCHEDULED,
        "trouble": newest.trouble if newest else "",
        **_counts(measured.total),
        "people": measure.people,
        "people_held_out": measure.people_held,
        "lift": lifts[MAIN_UNIT],
        "lifts": lifts,
        "window": {
            "days": WINDOW_SECONDS // 86_400,
            "until": rfc3339(measured.until, zone),
            "whole": now >= measured.until,
        },
        "pooled": _pooled(name, measure, kept, earlier, prices),
        "variants": _variants(measured, shares),
        "test": _test(measured, shares),
        "channels": _channels(measured, turns),
        "runs": [
            {"id": run.id, "at": rfc3339(run.slot, zone), "state": run.state, **_counts(tally)}
            for run, tally in measured.runs
        ],
    }  # fmt: skip


def _lasting(name: str, measured: Measured, kept: Sequence[Kept], now: int) -> Measure:
    """What was counted when everybody had been followed: some of them are forgotten since."""
    for one in kept:
        if one.campaign == name and one.whole and one.until == measured.until and now >= one.until:
            return one.measure
    return measured.measure


def _counts(of: Tally) -> dict[str, Any]:
    """Every row is in one of holdout, skipped, sent, failed, unsure, held, shown and waiting; ``planned`` are all but
    the first two."""
    states = of.states
    everybody = sum(states.values())
    return {
        "audience": everybody,
        "excluded": dict(sorted(of.excluded.items())),
        "holdout": states[HELD_OUT],
        "planned": everybody - states[HELD_OUT] - states[SKIPPED],
        "sent": states[SENT],
        "failed": states[FAILED],
        "unsure": states[UNSURE],
        "skipped": states[SKIPPED],
        "held": states[HELD],
        "shown": states[SHOWN],
        "waiting": states[PLANNED] + states[TAKEN] + states[GROUPED],
        "by_channel": dict(sorted(of.channels.items())),
        "clicked": of.clicked,
        "bought": of.bought,
        "revenue_fen": of.revenue_fen,
        "unfollowed": of.left,
    }


def told(found: Lift | None) -> dict[str, Any]:
    """One lift by 100 people; its figures are None without a hold-out."""
    if found is None:
        return {"estimate": None, "low": None, "high": None, "concluded": UNKNOWN}
    concluded = (MORE if found.estimate > 0 else LESS) if found.certain else UNCLEAR
    return {**_figures(found), "concluded": concluded}


def _figures(found: Lift) -> dict[str, float]:
    return {name: round(value, DIGITS) for name, value in found._asdict().items()}


def _pooled(
    name: str, measure: Measure, kept: Sequence[Kept], earlier: Paid, prices: Sequence[float]
) -> dict[str, Any] | None:
    """All campaigns together, and this one drawn toward them; None while too few have a hold-out."""
    others = [one.measure for one in kept if one.campaign != name]
    measures = [one for one in (measure, *others) if one.people and one.people_held]
    if not measures or measures[0] is not measure:
        return None
    size = order_size(sum((one.paid for one in measures), earlier), prices)
    found = {
        unit: pool([one.sides(unit) for one in measures], size if unit == MONEY else 1.0) for unit in UNITS
    }  # fmt: skip
    return {
        "campaigns": len(measures),
        "common": {unit: told(one.common) for unit, one in found.items() if one},
        "own": {unit: told(one.each[0]) for unit, one in found.items() if one},
    } if all(found.values()) else None  # fmt: skip


def _variants(measured: Measured, shares: Mapping[str, float]) -> list[dict[str, Any]]:
    """What people were drawn for and what became of them; ``share`` None for a wording that has people of its own."""
    names = [*shares, *sorted({*measured.variants} - {*shares})]
    return [
        {
            "name": name,
            "share": shares.get(name),
            **_counts(measured.variants.get(name, Tally())),
        }
        for name in names
    ]


def _test(measured: Measured, shares: Mapping[str, float]) -> dict[str, Any] | None:
    """Which wording does better, by opened links; None where there is nothing to compare."""
    if len(shares) < 2:
        return None
    found = verdict([*shares], measured.by_variant.opened)
    return {
        "measure": "clicked",
        "winner": found.winner,
        "leader": found.leader,
        "evidence": round(found.evidence, DIGITS),
        "needed": found.needed,
        "level": LEVEL,
    }


def _channels(measured: Measured, turns: Mapping[str, float]) -> list[dict[str, Any]]:
    """Of the channels that take turns: the share of people for whom each is tried first, how many were drawn so, and
    what they did, whichever channel it went through in the end."""
    arms = measured.by_channel
    return [
        {
            "name": name,
            "share": share,
            "drawn": drawn(name, arms.opened),
            "clicked": sum(batch.hits.get(name, 0) for batch in arms.opened),
            "unfollowed": sum(batch.hits.get(name, 0) for batch in arms.left),
        }
        for name, share in turns.items()
    ]
