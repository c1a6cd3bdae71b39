"""The report on the content, the content-gap board and new words as documents of plain values, for ``--json``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from zoneinfo import ZoneInfo

from domain.item_report import RATES, Finding, ItemReport
from domain.moment import rfc3339
from domain.rates import Rate
from domain.report_sentences import TOO_FEW, sentence
from domain.stops import PassageReading, Reading
from flows.find_gaps import Commission, GapBoard
from flows.propose_words import Proposals
from flows.report_content import ContentReport


def content_document(report: ContentReport, zone: ZoneInfo) -> dict[str, Any]:
    """One page of the report."""
    return {
        "since": rfc3339(report.since, zone),
        "total": asdict(report.total),
        "items": [item_document(one, zone) for one in report.items],
        "left": report.left,
        "sparse": report.sparse,
    }


def item_document(report: ItemReport, zone: ZoneInfo) -> dict[str, Any]:
    """One item, with everything that was counted."""
    counts = report.counts
    return {
        "slug": report.slug,
        "title": report.title,
        "price_fen": report.price_fen,
        "on_sale": report.on_sale,
        **asdict(counts),
        "stars": round(counts.stars, 2) if counts.stars_count else None,
        "rates": {name: _rate(getattr(counts, name), report.usual.get(name)) for name in RATES},
        "findings": [_finding(one, report.slug) for one in report.findings],
        "readings": [_reading(one) for one in report.readings],
        "words": [{"stars": stars or None, "text": text, "at": rfc3339(at, zone)} for stars, text, at in report.words],
    }


def gaps_document(board: GapBoard, zone: ZoneInfo) -> dict[str, Any]:
    """One page of the board; who asked is not told."""
    return {
        "since": rfc3339(board.since, zone),
        "asked": board.asked,
        "answered": board.answered,
        "gaps": [_commission(one, zone) for one in board.gaps],
        "left": board.left,
        "cut": board.cut,
    }


def words_document(found: Proposals, word_lines: Sequence[str], tag_lines: Sequence[str]) -> dict[str, Any]:
    """Proposals for the dictionary, with the lines to paste."""
    return {
        "messages": found.messages,
        "followers": found.followers,
        "cut": found.cut,
        "words": [
            {"word": one.word, **asdict(one), "pieces": list(one.pieces), "example": found.examples.get(one.word)}
            for one in found.words
        ],
        "synonyms": [
            {**asdict(one), "tag": one.tag or None, "example": found.examples.get(one.word)} for one in found.synonyms
        ],
        "words_txt": list(word_lines),
        "tags_yaml": list(tag_lines),
    }


def _commission(one: Commission, zone: ZoneInfo) -> dict[str, Any]:
    gap = one.gap
    return {
        "about": gap.name, "followers": gap.followers, "times": gap.times, "last": rfc3339(gap.last, zone),
        "example": gap.example or None, "beside": list(gap.beside), "tag": one.tag, "new_tag": one.new,
        "subject": one.subject or None, "near": [item.slug for item in one.near],
    }  # fmt: skip


def _rate(rate: Rate, usual: float | None) -> dict[str, Any]:
    counted: dict[str, Any] = {"hits": rate.hits, "of": rate.of, "usual": _round(usual)}
    if not rate.enough:
        return {**counted, "estimate": None, "low": None, "high": None, "note": TOO_FEW}
    low, high = rate.interval
    return {**counted, "estimate": _round(rate.estimate), "low": _round(low), "high": _round(high), "note": ""}


def _finding(one: Finding, slug: str) -> dict[str, Any]:
    passages = [_passage(place) for place in one.reading.losing] if one.reading else []
    return {"kind": one.kind, "sentence": sentence(one, slug), "passages": passages}


def _reading(one: Reading) -> dict[str, Any]:
    return {
        "part": one.part,
        "readers": one.readers,
        "left_at_once": _rate(one.opening, None),
        "came_to_the_end": _rate(one.finished, None),
        "passages": [_passage(place) for place in one.passages],
    }


def _passage(one: PassageReading) -> dict[str, Any]:
    place = one.passage
    return {
        "line": place.line or None, "begins": place.begins, "start": _round(place.start), "end": _round(place.end),
        "came": one.stopped.of, "stopped": one.stopped.hits, "usual": _round(one.usual), "loses": one.loses,
    }  # fmt: skip


def _round(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
