"""Recommendation judged from the exposure log."""

from __future__ import annotations

import json
from typing import Any

import pytest
from shop_at_hand import an_order

from domain.answer import Exposure
from domain.ids import handle, new_id, share_before
from domain.order import PAID
from flows.evaluate_policies import evaluate
from storage import exposures, orders, policy_log
from storage.store import Store

NOW = 1_795_000_000
HOUR = 3_600
DEAREST = 9_900
FIGURES = ("ips", "snips", "dr")


def show(
    store: Store, openid: str, policy: str, slugs: str, at: int = NOW, propensity: float = 1.0, opened: str = "",
    rivals: str | None = None,
) -> list[str]:  # fmt: skip
    """One answer that shows items named by a letter each; the exposures' ids."""
    terms = "" if rivals is None else json.dumps({"content": 0.5, "as": rivals})
    made = [
        Exposure(handle(openid) + new_id(at, bytes([n]) * 6), slug, n, policy, propensity, "r", terms)
        for n, slug in enumerate(slugs, 1)
    ]
    with store.write() as tx:
        exposures.add(tx, openid, at, f"b{openid}{at}", made)
        for one in made:
            if one.slug in opened:
                exposures.open_once(tx, one.id, at + 5)
    return [one.id for one in made]


def judged(store: Store, since: int = 0, **more: Any) -> dict[str, Any]:
    return evaluate(store, since, DEAREST, lambda done: None, **more)


def sold(store: Store, number: str, exposure_id: str, fen: int, returned: int = 0, paid: bool = True) -> None:
    with store.write() as tx:
        orders.add(tx, an_order(number, exposure_id=exposure_id, created_at=NOW + 60, amount_fen=fen))
        if paid:
            orders.pay(tx, number, "t" + number, "JSAPI", NOW + 90)
        if returned:
            orders.reserve_refund(tx, number, returned)
            orders.finish_refund(tx, number, returned)


def test_an_empty_log_says_what_is_needed(store: Store) -> None:
    found = judged(store)
    assert found["policies"] == found["targets"] == []
    assert "nothing to judge yet" in found["notes"][0]


def test_each_policy_has_its_exposures_its_clicks_and_its_revenue_less_refunds(store: Store) -> None:
    for n in range(40):
        ids = show(store, f"o{n}", "content-1", "abc", opened="b" if n % 2 else "")
        if n < 20:
            sold(store, f"paid{n:04}", ids[0], 1_000, returned=400 if n < 10 else 0)
            sold(store, f"wait{n:04}", ids[1], 5_000, paid=False)
    show(store, "o1", "operator", "z", at=NOW + 1)
    content, operator = judged(store)["policies"]
    assert (content["name"], content["exposures"], content["followers"]) == ("content-1", 120, 40)
    assert content["ctr"]["estimate"] == pytest.approx(20 / 120, abs=1e-6)
    assert 0 < content["ctr"]["low"] < 20 / 120 < content["ctr"]["high"] < 1
    assert content["revenue_fen_per_exposure"]["estimate"] == pytest.approx((20_000 - 4_000) / 120, abs=1e-6)
    assert (operator["name"], operator["exposures"]) == ("operator", 1)


def test_a_policy_that_sold_nothing_yet_may_still_sell(store: Store) -> None:
    for n in range(100):
        show(store, f"o{n}", "content-1", "abc")
    revenue = judged(store)["policies"][0]["revenue_fen_per_exposure"]
    assert revenue["estimate"] == revenue["low"] == 0
    assert 0 < revenue["high"] < DEAREST * 0.05


def test_a_young_log_gives_figures_and_says_that_nothing_follows_from_them(store: Store) -> None:
    show(store, "o1", "content-1", "abc", opened="a")
    found = judged(store)
    assert found["policies"][0]["ctr"]["estimate"] == pytest.approx(1 / 3, abs=1e-6)
    assert any("nothing can be concluded yet" in note for note in found["notes"])
    assert any("no other policy can be judged" in note for note in found["notes"])
    json.loads(json.dumps(found, allow_nan=False))


def test_only_what_was_shown_in_the_time_counts(store: Store) -> None:
    for n, at in enumerate((NOW - HOUR, NOW, NOW + HOUR)):
        show(store, f"o{n}", "content-1", "a", at=at)
    assert judged(store, since=NOW)["rows"] == 2


def test_a_policy_that_draws_tells_of_its_rivals(store: Store) -> None:
    """One place, two items at even odds; the ranking without exploration shows a, which is opened by two of three."""
    for n in range(300):
        slug = "ab"[n % 2]
        opened = "a" if n % 6 in (0, 2) else "b" if n % 6 == 1 else ""
        show(store, f"o{n}", "blend-1", slug, propensity=0.5, opened=opened, rivals="gc" if slug == "a" else "p")
    found = {one["name"]: one for one in judged(store)["targets"]}
    assert list(found) == ["greedy", "popular", "newest", "content"]
    greedy = found["greedy"]
    for figure in (*(greedy["whole_lists"][name] for name in FIGURES), greedy["replay"]):
        assert figure["low"] < 2 / 3 < figure["high"]
        assert figure["estimate"] == pytest.approx(2 / 3, abs=0.06)
    assert found["popular"]["whole_lists"]["snips"]["estimate"] == pytest.approx(1 / 3, abs=0.01)
    assert found["content"]["whole_lists"] == greedy["whole_lists"] == greedy["first_place"]
    newest = found["newest"]["whole_lists"]
    assert [newest[name] for name in FIGURES] == [None, None, None]
    assert found["newest"]["replay"] is None
    assert "shown to 0 people" in newest["warnings"][0]


def test_where_whole_lists_are_seldom_the_rivals_their_first_places_still_tell(store: Store) -> None:
    """The first item is the rival's every other time, the second never."""
    for n in range(200):
        for place, slug in enumerate("ab", 1):
            exposure = Exposure(
                handle(f"o{n}") + new_id(NOW, bytes([place]) * 6), slug, place, "blend-1", 0.5, "r",
                json.dumps({"as": "g" if place == 1 and n % 2 else ""}),
            )  # fmt: skip
            with store.write() as tx:
                exposures.add(tx, f"o{n}", NOW, f"b{n}", [exposure])
                if place == 1 and n % 4 == 1:
                    exposures.open_once(tx, exposure.id, NOW)
    greedy = judged(store)["targets"][0]
    assert greedy["whole_lists"]["dr"] is None
    assert greedy["replay"] is None
    assert greedy["first_place"]["snips"]["estimate"] == pytest.approx(0.5)
    assert greedy["first_place"]["logged"]["estimate"] == pytest.approx(0.25)


def test_a_policy_that_draws_no_lots_tells_nothing_of_others(store: Store) -> None:
    for n in range(60):
        show(store, f"o{n}", "blend-1", "ab"[n % 2], rivals="g" if n % 2 else "")
    greedy = judged(store)["targets"][0]["whole_lists"]
    assert [greedy[name] for name in FIGURES] == [None, None, None]
    assert "nothing was drawn by chance" in greedy["warnings"][0]


def test_rows_without_a_note_of_the_rivals_are_left_out_of_their_judgement(store: Store) -> None:
    for n in range(60):
        show(store, f"o{n}", "blend-1", "ab"[n % 2], propensity=0.5, rivals="g" if n % 2 else "")
        show(store, f"o{n}", "blend-1", "a", at=NOW - HOUR, propensity=0.5)
    with store.write() as tx:
        cut = Exposure(handle("o1") + new_id(NOW + 9, b"abcdef"), "a", 1, "blend-1", 0.5, "r", '{"as": "g')
        exposures.add(tx, "o1", NOW + 9, "cut", [cut])
    found = judged(store)
    assert (found["policies"][0]["exposures"], found["targets"][0]["whole_lists"]["exposures"]) == (121, 60)


def test_a_part_of_a_long_log_is_a_part_of_its_followers(store: Store) -> None:
    for n in range(50):
        for hour in range(4):
            show(store, f"o{n}", "content-1", "a", at=NOW + hour)
    found = judged(store, most=40)
    assert found["rows"] == 40
    assert not found["complete"]
    assert found["policies"][0]["followers"] == 10
    assert judged(store)["complete"]


def test_the_log_is_read_in_pages_and_tells_how_far_it_is(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_log, "PAGE", 7)
    for n in range(30):
        for place, one in enumerate(show(store, f"o{n}", "content-1", "ab")):
            sold(store, f"sale{n:04}{place}", one, 100)
    told: list[float] = []
    found = evaluate(store, 0, DEAREST, told.append)
    assert found["rows"] == 60
    assert found["policies"][0]["revenue_fen_per_exposure"]["estimate"] == 100
    assert len(told) == 9
    assert told == sorted(told)
    assert 0.8 < told[-1] <= 1


def test_how_far_it_is_goes_by_the_order_of_the_ids() -> None:
    ids = sorted(handle(f"o{n}") for n in range(2_000))
    shares = [share_before(one) for one in ids]
    assert shares == sorted(shares)
    assert shares[500] == pytest.approx(0.25, abs=0.04)


def test_an_order_that_went_back_whole_brought_nothing(store: Store) -> None:
    ids = show(store, "o1", "content-1", "a")
    sold(store, "paid0001", ids[0], 990, returned=990)
    assert policy_log.earned(store, 0) == {ids[0]: 0}
    with store.read() as tx:
        found = orders.find(tx, "paid0001")
    assert found is not None and found.state != PAID
