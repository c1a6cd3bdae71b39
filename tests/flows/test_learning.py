"""What all followers together teach: found from the rows, kept whole, read by the web workers."""

from __future__ import annotations

import random

import pytest

from domain.answer import Exposure, Lesson
from domain.learned import NOTHING_LEARNED, Figures, Learned, Neighbours
from domain.tastes import FEWEST_FOLLOWERS
from errors import StoreBusy
from flows import gather_acts as gathering
from flows import learn_items
from flows.gather_acts import gather_acts
from flows.learn_items import count_items, learn_neighbours, learn_tastes
from flows.live_learned import LiveLearned, read_learned
from storage import engagement_pages, engagements, erasure, exposures, followers, interests, neighbours, source_tastes
from storage.store import Store, Transaction

DAY = 86_400
ITEMS = 24


def act(store: Store, openid: str, item: int, at: int, strength: float = 2.0) -> None:
    with store.write() as tx:
        engagements.add(tx, openid, f"s{item:02}", at, strength)


def a_shelf_full_of_acts(store: Store, now: int, people: int = 60) -> None:
    """Everybody prefers one half of the items."""
    chance = random.Random(people)
    with store.write() as tx:
        for n in range(people):
            for item in range(ITEMS):
                if chance.random() < (0.6 if item % 2 == n % 2 else 0.1):
                    engagements.add(tx, f"o{n}", f"s{item:02}", now - chance.randrange(90) * DAY, 1.5)


def rows(store: Store, table: str = "neighbours") -> list[tuple[object, ...]]:
    with store.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"select * from {table} order by 1, 2")]


def texts(store: Store) -> dict[str, str]:
    return dict(neighbours.texts(store))


@pytest.fixture
def another(migrated_file, tmp_path) -> Store:  # type: ignore[no-untyped-def]
    """A second account."""
    file = tmp_path / "another.db"
    file.write_bytes(migrated_file.read_bytes())
    store = Store(f"sqlite:///{file}")
    yield store
    store.close()


# --- which items go together -----------------------------------------------------------------------------------


def test_items_of_the_same_followers_become_neighbours(store: Store, now: int) -> None:
    a_shelf_full_of_acts(store, now)
    learn_neighbours(store, now)
    found = read_learned(store).neighbours
    assert len(found) == ITEMS
    for slug, others in found.items():
        assert all(int(other[1:]) % 2 == int(slug[1:]) % 2 for other, _ in others[:5])


def test_learning_again_after_more_was_done_comes_to_the_same_as_learning_all_at_once(
    store: Store, another: Store, now: int
) -> None:
    a_shelf_full_of_acts(store, now)
    learn_neighbours(store, now)
    a_shelf_full_of_acts(another, now)
    for one in (store, another):
        act(one, "o1", 2, now + 60)
        act(one, "new", 3, now + 60)
        act(one, "new", 5, now + 61)
    learn_neighbours(store, now + 100)
    learn_neighbours(another, now + 100)
    assert texts(store) == texts(another) != {}


def test_when_nobody_did_anything_nothing_is_learned_nor_written(store: Store, now: int) -> None:
    a_shelf_full_of_acts(store, now)
    assert learn_neighbours(store, now)
    before = rows(store)
    assert learn_neighbours(store, now + DAY) == ""
    assert rows(store) == before


def test_only_rows_that_changed_are_written(store: Store, now: int) -> None:
    a_shelf_full_of_acts(store, now)
    learn_neighbours(store, now)
    with store.write() as tx:
        neighbours.put(tx, {"s03": "[]", "gone": '[["s01",0.5]]'}, now)
    act(store, "new", 9, now + 5, 0.0)  # a look that teaches nothing
    learn_neighbours(store, now + 10)
    assert {slug for slug, _, at in rows(store) if at == now + 10} == {"s03"}
    assert len(rows(store)) == ITEMS


def test_what_an_erased_follower_did_is_unlearned(store: Store, another: Store, now: int) -> None:
    for one in (store, another):
        a_shelf_full_of_acts(one, now)
    learn_neighbours(store, now)
    for one in (store, another):
        with one.write() as tx:
            erasure.erase(tx, "o7")
    assert learn_neighbours(store, now + 60)
    learn_neighbours(another, now + 60)
    assert texts(store) == texts(another)


def test_the_age_of_an_act_does_not_matter_but_how_it_went_does(store: Store, another: Store, now: int) -> None:
    for one, earlier in ((store, 0), (another, 400 * DAY)):
        for n in range(60):
            for item in (0, 3) if n < 30 else (1, 2):
                act(one, f"o{n}", item, now - earlier)
        learn_neighbours(one, now)
    assert texts(store) == texts(another) != {}
    with store.write() as tx:
        for n in range(30):
            engagements.rated(tx, f"o{n}", "s03", 1)
    act(store, "o59", 1, now + 1, 0.0)
    learn_neighbours(store, now + 2)
    assert texts(store).keys() == {"s01", "s02"}
    assert texts(another).keys() == {"s00", "s01", "s02", "s03"}


@pytest.mark.parametrize("transactions", range(4))
def test_killed_in_the_middle_the_next_run_ends_the_same(
    store: Store, another: Store, now: int, transactions: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in (store, another):
        a_shelf_full_of_acts(one, now)
    learn_neighbours(another, now)
    monkeypatch.setattr(learn_items, "AT_ONCE", 10)
    put, left = neighbours.put, [transactions]

    def dying_put(tx: Transaction, *arguments: object) -> None:
        put(tx, *arguments)  # type: ignore[arg-type]
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt

    monkeypatch.setattr(neighbours, "put", dying_put)
    live = LiveLearned(store)
    if transactions < 3:  # 24 rows are three transactions
        with pytest.raises(KeyboardInterrupt):
            learn_neighbours(store, now)
        live.refresh()
        assert set(live.current.neighbours) <= texts(another).keys()
    monkeypatch.setattr(neighbours, "put", put)
    assert learn_neighbours(store, now)
    assert texts(store) == texts(another)
    live.refresh()
    assert set(live.current.neighbours) == texts(another).keys()


def test_the_write_lock_is_given_back_between_parts(store: Store, now: int, monkeypatch: pytest.MonkeyPatch) -> None:
    a_shelf_full_of_acts(store, now)
    monkeypatch.setattr(learn_items, "AT_ONCE", 10)
    other, put, sizes = Store(str(store.engine.url)), neighbours.put, []

    def put_and_let_others(tx: Transaction, changed: dict[str, str], at: int) -> None:
        put(tx, changed, at)
        sizes.append(len(changed))
        with pytest.raises(StoreBusy), other.write(patience=0):
            raise AssertionError("two wrote at once")

    monkeypatch.setattr(neighbours, "put", put_and_let_others)
    learn_neighbours(store, now)
    other.close()
    assert sizes == [10, 10, 4]


def test_rows_read_page_by_page_are_each_read_once(store: Store, now: int, monkeypatch: pytest.MonkeyPatch) -> None:
    a_shelf_full_of_acts(store, now)
    whole = gather_acts(store)
    for page in (1, 7, len(whole.items)):
        monkeypatch.setattr(engagement_pages, "PAGE", page)
        again = gather_acts(store)
        assert again.slugs == whole.slugs
        assert all((mine == theirs).all() for mine, theirs in zip(again[1:], whole[1:], strict=True))
    assert len(whole.items) == engagement_rows(store) > 100


def engagement_rows(store: Store) -> int:
    with store.read() as tx:
        return engagement_pages.state(tx)[0]


def test_of_too_many_acts_those_of_a_fixed_part_of_the_followers_are_used(
    store: Store, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_shelf_full_of_acts(store, now, people=200)
    monkeypatch.setattr(engagement_pages, "PAGE", 50)
    whole = gather_acts(store)
    monkeypatch.setattr(gathering, "MOST_ACTS", len(whole.items) // 3)
    part = gather_acts(store)
    assert len(whole.items) / 8 < len(part.items) <= len(whole.items) / 3
    acts = {who: (whole.followers == who).sum() for who in set(whole.followers.tolist())}
    assert all((part.followers == who).sum() == acts[who] for who in set(part.followers.tolist()))
    monkeypatch.setattr(engagement_pages, "PAGE", 1_000)
    again = gather_acts(store)
    assert (again.followers == part.followers).all()


# --- how items did ---------------------------------------------------------------------------------------------


def test_figures_are_counted_from_the_rows(store: Store, now: int) -> None:
    shown = [Exposure(f"e{n}", "s01", n + 1, "blend-1", 0.5, "") for n in range(3)]
    with store.write() as tx:
        exposures.add(tx, "o1", now, "b1", shown)
        exposures.open_once(tx, "e0", now + 5)
        engagements.add(tx, "o1", "s01", now + 5, 0.6)
        engagements.opened(tx, "o1", "s01", now + 5)
        engagements.read(tx, "o1", "s01", now + 100, 100, 80)
        engagements.finished(tx, "o1", "s01", now + 100)
        engagements.liked(tx, "o1", "s01", True)
        engagements.rated(tx, "o1", "s01", 4)
    assert count_items(store, now + 200)
    assert read_learned(store).figures == {"s01": Figures(3, 1, 1, 1, 1, 4, 1, 0, 0)}


def test_counting_again_writes_what_changed_and_drops_what_is_gone(store: Store, now: int) -> None:
    for item in (1, 2):
        act(store, "o1", item, now)
        act(store, "o2", 2, now)
    count_items(store, now)
    assert count_items(store, now + 60) == ""
    with store.write() as tx:
        engagements.liked(tx, "o2", "s02", True)
        erasure.erase(tx, "o1")
    count_items(store, now + 120)
    assert [(row[0], row[-1]) for row in rows(store, "item_figures")] == [("s02", now + 120)]


# --- what the followers of one source like ---------------------------------------------------------------------


def likes(store: Store, openid: str, source: str, now: int, *tags: str, strength: float = 2.0) -> None:
    with store.write() as tx:
        followers.followed(tx, openid, now, source)
        interests.learn(tx, openid, [Lesson(tag, strength, "like", tag) for tag in tags], now)


def test_who_came_the_same_way_has_an_average_taste(store: Store, now: int) -> None:
    for n in range(30):
        likes(store, f"a{n}", "qr:gym", now, "健身")
        likes(store, f"b{n}", "", now, "理财")
    assert learn_tastes(store, now)
    tastes = read_learned(store).tastes
    assert set(tastes) == {"", "qr:gym"}
    assert list(tastes["qr:gym"]) == ["健身", "理财"]
    assert 0.4 < tastes["qr:gym"]["健身"] < 0.63 and tastes["qr:gym"]["理财"] < 0.15
    assert tastes[""]["健身"] == tastes[""]["理财"]


def test_the_taste_of_few_is_drawn_toward_that_of_all_and_of_fewer_not_kept(store: Store, now: int) -> None:
    for n in range(100):
        likes(store, f"a{n}", "", now, "理财")
    for n in range(FEWEST_FOLLOWERS):
        likes(store, f"b{n}", "qr:few", now, "健身")
    for n in range(FEWEST_FOLLOWERS - 1):
        likes(store, f"c{n}", "qr:fewer", now, "旅行")
    learn_tastes(store, now)
    tastes = read_learned(store).tastes
    assert set(tastes) == {"", "qr:few"}
    assert list(tastes["qr:few"]) == ["理财", "健身"]


def test_refusals_and_faded_interests_are_no_taste(store: Store, now: int) -> None:
    for n in range(10):
        likes(store, f"o{n}", "qr:x", now, "理财", strength=-3.0)
        likes(store, f"o{n}", "qr:x", now - 3_000 * DAY, "科技")
    learn_tastes(store, now)
    assert read_learned(store).tastes == {}
    assert learn_tastes(store, now) == ""


def test_tastes_are_the_same_however_the_rows_are_paged(
    store: Store, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(20):
        likes(store, f"o{n}", "qr:x" if n % 2 else "", now, *("健身", "理财", "旅行")[: 1 + n % 3])
    learn_tastes(store, now)
    whole = rows(store, "source_tastes")
    monkeypatch.setattr(source_tastes, "PAGE", 3)
    with store.write() as tx:
        source_tastes.put(tx, {("", "健身"): (0.999, 1)})
        interests.forget(tx, "nobody", "健身", now)
    learn_tastes(store, now)
    assert rows(store, "source_tastes") == whole != []


# --- in the web workers ----------------------------------------------------------------------------------------


def test_a_new_account_has_learned_nothing(store: Store) -> None:
    live = LiveLearned(store)
    assert live.refresh() is False
    assert live.current is NOTHING_LEARNED


def test_what_the_clock_learned_is_taken_over_once(store: Store, now: int) -> None:
    used: list[Learned] = []
    live = LiveLearned(store, used.append)
    a_shelf_full_of_acts(store, now)
    learn_neighbours(store, now)
    assert live.refresh() is True and len(live.current.neighbours) == ITEMS
    before = live.current
    assert live.refresh() is False and live.current is before
    count_items(store, now)
    assert live.refresh() is True and len(live.current.figures) == ITEMS
    assert used == [before, live.current]
    assert len(before.figures) == 0  # who still uses the old one is not disturbed


def test_a_database_that_fails_leaves_what_was_learned_in_use(
    store: Store, now: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = LiveLearned(store)
    a_shelf_full_of_acts(store, now)
    count_items(store, now)
    live.refresh()
    before = live.current
    learn_neighbours(store, now)

    def fail(tx: Transaction) -> dict[str, Figures]:
        raise StoreBusy("no")

    with monkeypatch.context() as patch:
        patch.setattr("storage.item_figures.of_all", fail)
        with pytest.raises(StoreBusy):
            live.refresh()
    assert live.current is before
    assert live.refresh() is True


def test_neighbours_are_read_as_they_were_written(store: Store, now: int) -> None:
    held = {"a": [("b", 0.5), ("d", 0.25)], "b": [("c", 0.125)], "c": [("a", 0.0625)]}
    with store.write() as tx:
        neighbours.put(tx, {slug: neighbours.written(others) for slug, others in held.items()}, now)
    found = Neighbours(neighbours.of_all(store))
    assert dict(found) == held and len(found) == 3
    assert "d" not in found and found.get("e", ()) == ()
    assert Neighbours([]) == {}
