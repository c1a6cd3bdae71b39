"""The crowd whose truth is known, what an account knows of it, and the policies that are compared."""

import numpy as np
import pytest

from benchmarks.crowd import OURS, POINTS, live
from benchmarks.crowd_log import Log
from benchmarks.crowd_policies import Single, content, newest, popular
from benchmarks.crowd_truth import BEGIN, DAY, STEP, Size, Truth, subject
from domain.interests import STRENGTHS, weight_of

SMALL = Size(followers=30, items=24, rounds=3)
NOW = BEGIN + DAY


@pytest.fixture
def log() -> Log:
    return Log(Truth(7, SMALL))


def shown(log: Log, item: int, luck: float, now: int = NOW) -> None:
    """The first person is shown one item, nobody else anything; `luck` 0 does all there is to do, 1 nothing."""
    lists = np.full((SMALL.followers, 3), -1)
    lists[0, 0] = item
    log.show(lists, np.full((SMALL.followers, 3, 6), luck), now)


def out(log: Log, free: bool) -> int:
    truth = log.truth
    return int(np.flatnonzero((truth.published <= BEGIN) & ((truth.price == 0) == free))[0])


def test_the_same_seed_makes_the_same_world() -> None:
    one, same, other = Truth(1, SMALL), Truth(1, SMALL), Truth(2, SMALL)
    assert one.items == same.items and one.source == same.source and (one.logit == same.logit).all()
    assert one.items != other.items


def test_who_likes_a_topic_opens_its_items_more_and_tags_mostly_tell_it() -> None:
    truth = Truth(3, Size(300, 200))
    liking = truth.taste.reshape(300, 12, 5).mean(axis=2)[:, truth.topic]
    assert np.corrcoef(liking.ravel(), truth.logit.ravel())[0, 1] > 0.3
    told = np.array([item.subject == subject(topic) for item, topic in zip(truth.items, truth.topic, strict=True)])
    assert 0.8 < told.mean() < 1


def test_what_is_not_out_is_opened_by_nobody() -> None:
    truth = Truth(7, SMALL)
    opens = truth.opens(BEGIN)
    assert (opens[:, truth.published > BEGIN] == 0).all() and (opens[:, truth.published <= BEGIN] > 0).all()
    assert (truth.opens(BEGIN + 60 * DAY) > 0).all()


def test_news_lose_their_charm_and_nothing_else_does(log: Log) -> None:
    truth = log.truth
    old = truth.published <= BEGIN
    lost = truth.opens(BEGIN + 30 * DAY) < truth.opens(BEGIN)
    assert lost[:, old & truth.news].all() and not lost[:, ~truth.news].any()


def test_an_item_that_was_opened_teaches_what_it_teaches_in_the_product(log: Log) -> None:
    item = out(log, free=True)
    shown(log, item, luck=0.0)
    known = log.follower(0, NOW)
    everything = sum(STRENGTHS[cause] for cause in ("click", "read", "finish", "praise"))
    good = everything + STRENGTHS["stars"]
    slug = log.truth.items[item].slug
    assert known.finished == (slug,) and log.counted()[slug].opened == 1
    rated_well = log.stars[0, item] >= 4
    assert known.weights[log.truth.items[item].subject] == pytest.approx(weight_of(good if rated_well else everything))
    assert log.left_of_charm()[0, item] == 0 and log.left_of_charm()[1, item] == 1


def test_what_is_bought_is_owned_and_was_paid(log: Log) -> None:
    item = out(log, free=False)
    shown(log, item, luck=0.0)
    known = log.follower(0, NOW)
    assert known.owned == [log.truth.items[item].slug] and known.paid == (log.truth.items[item].price_fen,)


def test_silence_wears_an_item_and_is_known_for_a_week(log: Log) -> None:
    item = out(log, free=True)
    for _ in range(2):
        shown(log, item, luck=1.0)
    slug = log.truth.items[item].slug
    assert log.follower(0, NOW).shown == {slug: 2} and log.follower(0, NOW + 8 * DAY).shown == {}
    assert log.left_of_charm()[0, item] == pytest.approx(0.85**2) and log.counted()[slug].exposed == 2


@pytest.mark.parametrize("rests", [True, False])
def test_the_newest_are_those_that_came_out_last_and_were_not_opened(log: Log, rests: bool) -> None:
    lists = Single(log, newest, rests).lists(NOW)(None)
    published = np.where(log.truth.published <= NOW, log.truth.published, 0)
    assert (np.sort(published[lists[0]]) == np.sort(published)[-3:]).all()
    shown(log, int(lists[0, 0]), luck=0.0)
    assert lists[0, 0] not in Single(log, newest, rests).lists(NOW)(None)[0]
    shown(log, int(lists[0, 1]), luck=1.0)
    assert (lists[0, 1] in Single(log, newest, rests).lists(NOW)(None)[0]) is not rests


def test_the_popular_is_what_is_opened_and_content_what_was_chosen(log: Log) -> None:
    item = out(log, free=True)
    shown(log, item, luck=0.0)
    assert (Single(log, popular, True).lists(NOW)(None)[1:, 0] == item).all()
    log.say(5, log.truth.items[item].tags[-1], "like", NOW)
    assert log.truth.items[item].tags[-1] in log.truth.items[Single(log, content, True).lists(NOW)(None)[5, 0]].tags


def test_a_world_of_ours_lives_through_its_rounds() -> None:
    world = live(SMALL, OURS, True, 7)
    assert list(world.all) == [point for point in POINTS if point <= SMALL.rounds]
    assert all(0 <= regret < 1 for regret in world.all.values())
    assert live(SMALL, OURS, True, 7) == world and SMALL.rounds * STEP < 30 * DAY
