"""Whom a condition names: what the database says is what each follower's own history says."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alembic import command
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Table, text

from domain import interests as rules
from domain.audience import (
    EVERYBODY,
    ActiveWithin,
    All,
    Bought,
    CameBy,
    Condition,
    Did,
    Either,
    FollowedWithin,
    Likes,
    Not,
    Owns,
    Reached,
    Told,
)
from storage import audience, followers, schema
from storage.migrate import _config, migrate
from storage.store import Store, Transaction

HOUR, DAY = 3_600, 86_400
NOW = 1_795_000_000  # 2026-11-18 19:06:40 in Shanghai
TAGS, SLUGS, SOURCES = ("健身", "理财"), ("run-30", "index-fund"), ("", "qr:c_42")
TABLES = (
    schema.followers, schema.interests, schema.entitlements, schema.orders, schema.engagements, schema.funnel_steps,
)  # fmt: skip
STEPS = ("seen", "tapped", "ordered", "opened", "paid")


@dataclass
class Person:
    """One follower's history, as the database keeps it."""

    subscribed: bool = True
    subscribed_at: int | None = None
    source: str = ""
    seen_at: int = 0
    told: dict[str, Any] = field(default_factory=dict)
    likes: dict[str, tuple[float, bool]] = field(default_factory=dict)  # tag -> score when learned, refused
    learned_at: int = NOW
    owns: dict[str, int | None] = field(default_factory=dict)  # slug -> until
    orders: list[tuple[str, str, int, int]] = field(default_factory=list)  # slug, state, fen, at
    did: dict[str, tuple[str, ...]] = field(default_factory=dict)  # slug -> acts
    steps: list[tuple[str, str, int]] = field(default_factory=list)  # step, slug, at


def holds(rule: Condition, who: Person, now: int) -> bool:
    """The same said in plain words."""
    match rule:
        case All(of):
            return all(holds(one, who, now) for one in of)
        case Either(of):
            return any(holds(one, who, now) for one in of)
        case Not(of):
            return not holds(of, who, now)
        case Likes(tag, weight):
            score, refused = who.likes.get(tag, (0.0, False))
            felt = rules.weight(rules.grown(score, who.learned_at), now)
            return not refused and felt >= max(weight, rules.SHOWN_WEIGHT)
        case ActiveWithin(days):
            return who.seen_at >= now - days * DAY
        case FollowedWithin(days):
            return who.subscribed_at is not None and who.subscribed_at >= now - days * DAY
        case CameBy(source):
            return who.source == source
        case Owns(slug):
            return slug in who.owns and (who.owns[slug] is None or who.owns[slug] > now)
        case Bought(times, fen, days):
            bought = [
                one for one in who.orders
                if one[1] in ("paid", "refunding") and (days is None or one[3] >= now - days * DAY)
            ]  # fmt: skip
            return len({one[0] for one in bought}) >= times and sum(one[2] for one in bought) >= fen
        case Did(act, slug):
            return any(act in acts for which, acts in who.did.items() if slug in ("", which))
        case Reached(step, slug, days):
            rank = {"seen": 0, "tapped": 1, "ordered": 2, "opened": 2, "paid": 3}
            reached = [rank[one] for one, which, at in who.steps if slug in ("", which) and at >= now - days * DAY]
            return max(reached, default=-1) == rank[step]
        case Told("age", _, least, most):
            return "age" in who.told and least <= who.told["age"] <= most
        case Told(fact, words):
            return who.told.get(fact) in words
    raise AssertionError(rule)


def keep(store: Store, people: dict[str, Person]) -> None:
    rows: dict[Table, list[dict[str, Any]]] = {}
    for openid, who in people.items():
        for table, row in rows_of(openid, who):
            filled = {column.name: None if column.nullable else 0 for column in table.columns}
            empty = {
                column.name: "" for column in table.columns if column.type.python_type is str and not column.nullable
            }
            rows.setdefault(table, []).append(filled | empty | row)
    with store.engine.begin() as connection:
        for table in TABLES:
            connection.execute(table.delete())
        for table, some in rows.items():
            connection.execute(table.insert(), some)


def rows_of(openid: str, who: Person) -> Iterator[tuple[Table, dict[str, Any]]]:
    yield schema.followers, {
        "openid": openid, "subscribed": int(who.subscribed), "subscribed_at": who.subscribed_at, "source": who.source,
        "last_seen_at": who.seen_at, "about": json.dumps(who.told) if who.told else "",
    }  # fmt: skip
    for tag, (score, refused) in who.likes.items():
        yield schema.interests, {
            "openid": openid, "tag": tag, "score": rules.grown(score, who.learned_at), "learned_at": who.learned_at,
            "refused_at": who.learned_at * refused,
        }  # fmt: skip
    for slug, until in who.owns.items():
        yield schema.entitlements, {"openid": openid, "slug": slug, "until": until}
    for number, (slug, state, fen, at) in enumerate(who.orders):
        yield schema.orders, {
            "order_no": f"{openid}{number}", "buyer": openid, "slug": slug, "state": state, "amount_fen": fen,
            "paid_at": at,
        }  # fmt: skip
    for slug, acts in who.did.items():
        yield schema.engagements, {
            "openid": openid, "slug": slug, "opened_at": 1 if "opened" in acts else None,
            "percent": 50 * ("read" in acts), "finished_at": 1 if "finished" in acts else None,
            "liked": int("liked" in acts), "shared": int("shared" in acts),
        }  # fmt: skip
    for number, (step, slug, at) in enumerate(who.steps):
        yield schema.funnel_steps, {"id": f"{openid}{number}", "buyer": openid, "step": step, "slug": slug, "at": at}


def show(hidden: str) -> dict[str, Any]:
    return json.loads(hidden or "{}")


def named(store: Store, rule: Condition, now: int = NOW) -> list[str]:
    """The audience, in one go, in pages of two, and of those asked about: the same people, each once."""
    with store.read() as tx:
        at_once = sorted(audience.everybody(tx, rule, now, show))
        behind, found = "", []
        while True:
            page = audience.page(tx, rule, now, behind, 2, show)
            found += page.openids
            if not page.to:
                break
            assert page.to > behind
            behind = page.to
        of_all = audience.among_these(tx, rule, [f"o{number}" for number in range(6)], now, show)
    assert found == at_once == sorted(of_all)
    return found


days = st.integers(0, 40).map(lambda number: NOW - number * DAY)
acts = st.lists(st.sampled_from(["opened", "read", "finished", "liked", "shared"]), max_size=3).map(tuple)
people = st.builds(
    Person,
    st.sampled_from([True, True, True, False]),
    st.none() | days,
    st.sampled_from(SOURCES),
    st.just(0) | days,
    st.fixed_dictionaries({}, optional={"age": st.integers(16, 70), "city": st.sampled_from(["成都", "上海"])}),
    st.dictionaries(st.sampled_from(TAGS), st.tuples(st.sampled_from([0.01, 0.5, 2.0, 8.0]), st.booleans())),
    days,
    st.dictionaries(st.sampled_from(SLUGS), st.none() | days),
    st.lists(st.tuples(st.sampled_from(SLUGS), st.sampled_from(["paid", "refunded", "closed"]), st.just(990), days),
             max_size=3),
    st.dictionaries(st.sampled_from(SLUGS), acts),
    st.lists(st.tuples(st.sampled_from(STEPS), st.sampled_from(SLUGS), days), max_size=3),
)  # fmt: skip
any_slug = st.sampled_from(["", *SLUGS])
leaves = st.one_of(
    st.builds(Likes, st.sampled_from(TAGS), st.sampled_from([0.0, 0.3, 0.6, 1.0])),
    st.builds(ActiveWithin, st.integers(1, 40)),
    st.builds(FollowedWithin, st.integers(1, 40)),
    st.builds(CameBy, st.sampled_from(SOURCES)),
    st.builds(Owns, st.sampled_from(SLUGS)),
    st.builds(Bought, st.integers(1, 2), st.sampled_from([0, 1_500]), st.none() | st.integers(1, 40)),
    st.builds(Did, st.sampled_from(["opened", "read", "finished", "liked", "shared"]), any_slug),
    st.builds(Reached, st.sampled_from(["seen", "tapped", "ordered", "paid"]), any_slug, st.integers(1, 40)),
    st.just(Told("city", ("成都", "重庆"))),
    st.builds(Told, st.just("age"), st.just(()), st.integers(16, 40), st.integers(40, 70)),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda of: All(tuple(of))),
        st.lists(inner, max_size=3).map(lambda of: Either(tuple(of))),
        st.builds(Not, inner),
    ),
    max_leaves=6,
)


@given(st.lists(people, max_size=5), st.lists(conditions, min_size=1, max_size=8))
def test_of_random_people_those_are_named_of_whom_it_holds(
    store: Store, found: list[Person], asked: list[Condition]
) -> None:
    everybody = {f"o{number}": who for number, who in enumerate(found)}
    keep(store, everybody)
    for rule in asked:
        expected = [name for name, who in everybody.items() if who.subscribed and holds(rule, who, NOW)]
        assert named(store, rule) == expected, rule


def test_nobody_of_an_empty_account_is_named(store: Store) -> None:
    assert named(store, EVERYBODY) == []


def test_it_is_asked_at_a_moment(store: Store) -> None:
    keep(store, {"o1": Person(likes={"健身": (2.0, False)}, seen_at=NOW)})
    assert named(store, Likes("健身", 0.6)) == ["o1"] and named(store, Likes("健身", 0.6), NOW + 40 * DAY) == []
    assert named(store, ActiveWithin(7), NOW + 7 * DAY) == ["o1"]
    assert named(store, ActiveWithin(7), NOW + 7 * DAY + 1) == []


def test_facts_are_asked_of_those_alone_of_whom_the_rest_can_be_true(store: Store) -> None:
    told = {"city": "成都"}
    keep(store, {"o1": Person(told=told, owns={"run-30": None}), "o2": Person(told=told), "o3": Person()})
    looked: list[str] = []

    def watched(hidden: str) -> dict[str, Any]:
        looked.append(hidden)
        return show(hidden)

    with store.read() as tx:
        rule = All((Owns("run-30"), Told("city", ("成都",))))
        assert audience.everybody(tx, rule, NOW, watched) == ["o1"]
        assert len(looked) == 1
        assert audience.everybody(tx, Owns("run-30"), NOW, watched) == ["o1"] and len(looked) == 1


def test_whoever_does_anything_was_seen_to_the_hour(store: Store) -> None:
    with store.write() as tx:
        followers.followed(tx, "o1", NOW, "")
        followers.bring(tx, "o2", None, NOW, "")
    assert named(store, ActiveWithin(1)) == ["o1"], "an operator's file is nothing they did"
    with store.write() as tx:
        followers.seen(tx, "o2", NOW + DAY)
        followers.speaks(tx, "o1", NOW + HOUR - 1)
        assert seen_at(tx, "o1") == NOW, "a row written for every act would cost more than the hour is worth"
        followers.speaks(tx, "o1", NOW + HOUR)
        assert (seen_at(tx, "o1"), seen_at(tx, "o2")) == (NOW + HOUR, NOW + DAY)
        followers.unfollowed(tx, "o1", NOW + 2 * HOUR)
        followers.speaks(tx, "o1", NOW + 2 * HOUR)
        back = followers.find(tx, "o1")
    assert back is not None
    assert (back.subscribed, back.subscribed_at, back.unsubscribed_at) == (True, NOW + 2 * HOUR, None)


def seen_at(tx: Transaction, openid: str) -> int:
    found = followers.find(tx, openid)
    assert found is not None
    return found.last_seen_at


def test_who_followed_before_the_column_was_there_was_last_seen_at_their_last_act(tmp_path: Path) -> None:
    opened = Store(f"sqlite:///{tmp_path / 'old.db'}")
    try:
        with opened.engine.begin() as connection:
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "0005")
            for who in ("o1", "o2"):
                connection.execute(text(f"insert into followers values ('{who}', 1, 5, null, '', 5, '', null)"))
            for key, at in (("a", 50), ("b", 40)):
                connection.execute(text(f"insert into behaviours values ('o1', '{key}', {at}, '', '', '', '', '')"))
        migrate(opened.engine)
        with opened.read() as tx:
            assert (seen_at(tx, "o1"), seen_at(tx, "o2")) == (50, 0)
    finally:
        opened.close()
