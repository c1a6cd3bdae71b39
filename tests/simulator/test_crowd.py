"""The crowd: the same for the same seed, speaking only through pushes, pages and the cashier."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from conftest import Control
from flask import Flask, jsonify, request
from tiny_bot import TinyBot, text_reply
from werkzeug.serving import make_server

from simulator.account import Account
from simulator.clock import PlatformClock
from simulator.crowd import person as model
from simulator.crowd.topics import TOPICS, affinity
from simulator.server import create_app

PEOPLE, DAYS = 15, 3


def topic_of(words: str) -> str:
    return max(TOPICS, key=lambda topic: affinity(words, {topic: 1.0}))


@pytest.fixture
def shelf() -> Iterator[tuple[str, list[str]]]:
    """A site with one priced page per topic; remembers what was asked of it."""
    site, seen = Flask("shelf"), []
    slugs = {f"t{at}": topic for at, topic in enumerate(TOPICS)}

    @site.get("/a/<slug>")
    def page(slug: str) -> str:
        seen.append(f"read {slug}")
        words = " ".join(TOPICS[slugs[slug]])
        return f'<html><head><meta name="csrf-token" content="tok"></head><p>{words}</p><b>¥3.00</b></html>'

    @site.post("/a/<slug>/<act>")
    def act(slug: str, act: str) -> Any:
        assert request.headers["X-CSRFToken"] == "tok"
        seen.append(f"{act} {slug}")
        return jsonify({})

    server = make_server("127.0.0.1", 0, site, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.port}", seen
    server.shutdown()
    server.server_close()


def live(account: Account, bot: TinyBot, origin: str, matching: bool) -> Any:
    """Let a crowd live with a bot that recommends what was asked for, or always the last topic."""
    slugs = {topic: f"t{at}" for at, topic in enumerate(TOPICS)}

    def answer(fields: dict[str, str]) -> str | None:
        if fields["MsgType"] != "text":
            return None
        topic = topic_of(fields["Content"]) if matching else "历史"
        return text_reply(fields, f'<a href="{origin}/a/{slugs[topic]}">{topic}：{TOPICS[topic][0]}</a>')

    bot.answer = answer
    clock = PlatformClock(at=1_764_000_000, speed=0)
    control = Control(create_app(account, bot.url, clock=clock).test_client())
    control.post("settings", {"site_url": origin})
    return control, control.post("crowd", {"people": PEOPLE, "seed": 3, "days": DAYS})


def test_the_same_seed_is_the_same_crowd() -> None:
    assert [model.draw(1, n) for n in range(20)] == [model.draw(1, n) for n in range(20)]
    assert model.draw(1, 0) != model.draw(2, 0)
    truths = [model.draw(5, n) for n in range(300)]
    assert len({truth.openid for truth in truths}) == 300
    assert all(len(truth.openid) == 28 for truth in truths)
    assert all(any(weight >= 0.6 for weight in truth.tastes.values()) for truth in truths)


def test_affinity() -> None:
    assert affinity("跑步和减脂", {"健身": 0.8}) == pytest.approx(0.8)
    assert affinity("基金", {"健身": 0.8}) == 0.0
    assert affinity("今天天气", {"健身": 0.8}) == 0.1


def test_a_better_recommender_pleases_the_crowd(account: Account, bot: TinyBot, shelf: Any) -> None:
    origin, seen = shelf
    control, good = live(account, bot, origin, matching=True)
    reads = sum(entry.startswith("read") for entry in seen)
    assert good["people"] == PEOPLE
    assert good["opened"] == reads > 0
    assert any(entry.startswith("progress") for entry in seen)
    _, poor = live(account, bot, origin, matching=False)
    assert good["mean_shown_affinity"] > poor["mean_shown_affinity"] + 0.1
    assert good["mean_shown_affinity"] > good["mean_random_affinity"] + 0.1, (
        "better than something it showed to anybody"
    )
    assert poor["mean_shown_affinity"] == pytest.approx(poor["mean_random_affinity"]), "it only has one thing to show"
    (week,) = good["weeks"]
    assert (week["week"], week["shown"], week["opened"]) == (1, good["shown"], good["opened"])
    assert week["mean_shown_affinity"] == pytest.approx(good["mean_shown_affinity"])
    truth = control.get("crowd/truth")["people"][0]
    assert truth["tastes"]
    assert truth["diary"]["sessions"] >= 0
    listed = control.get(f"updates?openid={truth['openid']}")["followers"]
    assert len(listed) == 6, "the crowd is not in the list of phones"


def test_pushes_come_only_from_followers(account: Account, bot: TinyBot, shelf: Any) -> None:
    live(account, bot, shelf[0], matching=True)
    first: dict[str, str] = {}
    for fields in bot.received:
        first.setdefault(fields["FromUserName"], fields.get("Event", fields["MsgType"]))
    assert set(first.values()) == {"subscribe"}


@pytest.mark.parametrize(
    "values", [{"people": -1}, {"people": "many"}, {"people": 1, "days": 9999}, {"people": 1, "seed": "x"}]
)
def test_bad_crowds(control: Control, values: dict[str, Any]) -> None:
    assert control.refused("crowd", values)[0] == 400
    assert control.get("crowd")["people"] == 0
