"""Mass jobs and their people: each change is made once, from the state that allows it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_in_process import Workshop

from domain.mass_send import FAILED, FORMING, READY, REPEAT_SECONDS, SUBMITTED, SUBMITTING
from storage import campaign_deliveries, campaign_runs, mass_jobs, mass_people
from storage.campaign_deliveries import Plan
from storage.mass_jobs import Job
from storage.store import Store, Transaction

RUN = "fit@100"
PEOPLE = ["o1", "o2", "o3"]


@pytest.fixture
def store(workshop: Workshop, tmp_path: Path) -> Iterator[Store]:
    database = tmp_path / "profiles.db"
    workshop.empty(database)
    made = Store(f"sqlite:///{database}")
    with made.write() as tx:
        campaign_runs.launch(tx, "fit", 100, "", "clock", 100)
        campaign_runs.claim(tx, RUN, "me", 100, 200)
        plans = [Plan(one, "planned", variant="a", slug="run-30", due_at=100) for one in PEOPLE]
        campaign_deliveries.plan(tx, RUN, plans, 100)
        campaign_runs.launched(tx, RUN, "me", "", 100)
    yield made
    made.close()


def formed(tx: Transaction, people: list[str]) -> Job:
    """A job that these people are in."""
    mass_jobs.begin(tx, "mass1", RUN, "a", "run-30", 100)
    for one in people:
        assert mass_people.group(tx, RUN, one, 100) and mass_people.join(tx, RUN, one, "mass1")
    mass_jobs.joined(tx, "mass1", len(people))
    return found(tx)


def found(tx: Transaction) -> Job:
    job = mass_jobs.find(tx, "mass1")
    assert job is not None
    return job


def states(tx: Transaction) -> dict[str, str]:
    rows = [campaign_deliveries.find(tx, RUN, one) for one in PEOPLE]
    return {row.openid: row.state for row in rows if row}


def test_a_person_is_grouped_once_and_is_in_one_job(store: Store) -> None:
    with store.write() as tx:
        assert mass_people.waiting(tx, RUN) == []
        assert mass_people.group(tx, RUN, "o1", 100) and not mass_people.group(tx, RUN, "o1", 100)
        assert mass_people.waiting(tx, RUN) == [("a", "run-30", 1)] and mass_people.runs_with_people(tx) == [RUN]
        assert mass_people.who_wait(tx, RUN, "a", "run-30") == ["o1"]
        assert mass_people.join(tx, RUN, "o1", "mass1") and not mass_people.join(tx, RUN, "o1", "mass2")
        assert not mass_people.leave(tx, RUN, "o1", 7) and mass_people.waiting(tx, RUN) == []
        assert mass_people.of_job(tx, RUN, "mass1", "grouped") == [("o1", "")]


def test_who_leaves_before_joining_is_planned_again(store: Store) -> None:
    with store.write() as tx:
        mass_people.group(tx, RUN, "o1", 100)
        assert mass_people.leave(tx, RUN, "o1", 300)
        row = campaign_deliveries.find(tx, RUN, "o1")
        assert row and (row.state, row.due_at, row.channel) == ("planned", 300, "")
        assert mass_people.on_the_way(tx, RUN, 100) and not mass_people.on_the_way(tx, RUN, 99)


def test_a_job_is_claimed_as_it_was_read_and_after_a_crash_it_is_due_again(store: Store) -> None:
    with store.write() as tx:
        job = formed(tx, PEOPLE)
        assert job.state == FORMING and job.people == 3
        assert mass_jobs.close(tx, "mass1", "words") and not mass_jobs.joined(tx, "mass1", 1)
        ready = found(tx)
        assert mass_jobs.in_state(tx, READY, 100) == [ready]
        assert mass_jobs.claim(tx, ready, "me", 500) and not mass_jobs.claim(tx, ready, "you", 500)
        taken = found(tx)
        assert (taken.state, taken.tries, taken.claimed_at) == (SUBMITTING, 1, 500)
        assert mass_jobs.in_state(tx, SUBMITTING, 500 + REPEAT_SECONDS - 1) == []
        assert mass_jobs.in_state(tx, SUBMITTING, 500 + REPEAT_SECONDS) == [taken]
        assert mass_jobs.claim(tx, taken, "you", 600)
        assert (found(tx).tries, found(tx).claimed_at) == (2, 500)  # WeChat may have it since the first try


def test_a_job_that_wechat_has_ends_once(store: Store) -> None:
    with store.write() as tx:
        job = formed(tx, PEOPLE)
        assert not mass_jobs.submitted(tx, "mass1", "34182", 500, 900)  # it was never asked for
        mass_jobs.close(tx, "mass1", "words")
        mass_jobs.claim(tx, found(tx), "me", 500)
        assert mass_jobs.submitted(tx, "mass1", "34182", 501, 900)
        mass_people.sent(tx, RUN, "mass1", {"o1": "e1", "o2": "e2"}, 501)
        assert states(tx) == {"o1": "sent", "o2": "sent", "o3": "grouped"}
        assert mass_people.turn(tx, RUN, "mass1", ["o1", "o2"], "sent", "failed", "err(10001)") == 2
        assert mass_jobs.end(tx, "mass1", FAILED, 3, "{}", 900) and not mass_jobs.end(tx, "mass1", FAILED, 3, "{}", 901)
        assert found(tx).finished_at == 900 and mass_jobs.of_run(tx, RUN)[0].client_id == job.client_id
        assert mass_jobs.in_state(tx, SUBMITTED, 1_000) == []


def test_people_of_a_dissolved_job_are_planned_and_those_without_a_channel_held(store: Store) -> None:
    with store.write() as tx:
        formed(tx, PEOPLE)
        assert mass_people.release(tx, RUN, "mass1", ["o1", "o2"], 700) == 2
        assert mass_people.hold(tx, RUN, "mass1", ["o3"], "no_channel") == 1
        assert states(tx) == {"o1": "planned", "o2": "planned", "o3": "held"}
        assert mass_people.release(tx, RUN, "mass1", PEOPLE, 800) == 0


def test_a_paused_runs_people_are_not_gathered(store: Store) -> None:
    with store.write() as tx:
        mass_people.group(tx, RUN, "o1", 100)
        campaign_runs.pause(tx, RUN)
        assert mass_people.runs_with_people(tx) == []
