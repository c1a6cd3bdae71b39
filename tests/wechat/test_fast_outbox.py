"""Many messages at once: every result is what happened, one token serves all, and nothing is repeated by itself."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_in_process import ENVIRONMENT, NOON, Hands
from platform_at_hand import PlatformAtHand, platform_at_hand, served
from werkzeug.wrappers import Request, Response

import sending
import wiring
from config import load
from domain.campaign import MARKETING, SERVICE
from domain.push_outcome import Told
from simulator.clock import PlatformClock
from wechat.fast_outbox import FastOutbox, Letter, notice_letter, template_letter, text_letter

CUSTOM = "/cgi-bin/message/custom/send"
PEOPLE = [f"oFast{number:03d}xxxxxxxxxxxxxxxxxxxx" for number in range(40)]


@pytest.fixture
def platform() -> Iterator[PlatformAtHand]:
    with platform_at_hand(PlatformClock(at=NOON, speed=0)) as made:
        for openid in PEOPLE:
            made.post("followers", {"name": "someone", "openid": openid})
            made.post(f"followers/{openid}/follow", {"scene": ""})
        yield made


def house_at(base: str, migrated_file: Path, tmp_path: Path) -> wiring.House:
    file = tmp_path / "house.db"
    file.write_bytes(migrated_file.read_bytes())
    settings = load({**ENVIRONMENT, "DATABASE_URL": f"sqlite:///{file}", "WECHAT_API_BASE": base})
    return wiring.build(settings, Hands(NOON))


@pytest.fixture
def house(platform: PlatformAtHand, migrated_file: Path, tmp_path: Path) -> Iterator[wiring.House]:
    made = house_at(platform.base, migrated_file, tmp_path)
    yield made
    made.close()


@pytest.fixture
def outbox(house: wiring.House) -> Iterator[FastOutbox]:
    made = sending.fast_outbox(house)
    yield made
    made.close()


def sent(outbox: FastOutbox, *letters: Letter) -> list[Told]:
    return outbox.results(outbox.send(letters))


def chat(platform: PlatformAtHand, openid: str) -> list[str]:
    rows = platform.get(f"followers/{openid}/chat")["chat"]
    return [row["text"] for row in rows if row["sender"] == "account"]


def test_each_of_many_letters_reaches_its_person_and_has_its_own_result(
    outbox: FastOutbox, platform: PlatformAtHand
) -> None:
    letters = [text_letter(openid, f"给{openid[:8]}的话") for openid in PEOPLE] + [text_letter("oNobody", "x")]
    found = sent(outbox, *letters)
    assert found[:-1] == [Told(True)] * len(PEOPLE)
    assert (found[-1].taken, found[-1].errcode, found[-1].unclear) == (False, 40003, False)
    assert all(chat(platform, openid) == [f"给{openid[:8]}的话"] for openid in PEOPLE)
    assert len(platform.calls("/cgi-bin/stable_token")) == 1


def test_a_refused_token_is_renewed_once_for_all_and_every_letter_goes_out_once(
    outbox: FastOutbox, platform: PlatformAtHand
) -> None:
    assert sent(outbox, text_letter(PEOPLE[0], "first")) == [Told(True)]
    platform.post("tokens/invalidate")
    assert sent(outbox, *(text_letter(openid, "again") for openid in PEOPLE)) == [Told(True)] * len(PEOPLE)
    assert all(chat(platform, openid).count("again") == 1 for openid in PEOPLE)
    assert len(platform.calls("/cgi-bin/stable_token")) == 2


@pytest.mark.parametrize(("fault", "errcode"), [("reset_after", 0), ("reset_before", 0), ("http_502", 0), ("busy", -1)])
def test_no_believable_answer_is_unclear_and_the_call_is_made_once(
    outbox: FastOutbox, platform: PlatformAtHand, fault: str, errcode: int
) -> None:
    sent(outbox, text_letter(PEOPLE[0], "the token is there"))
    before = len(platform.calls(CUSTOM))
    platform.post("faults", {"next": [{"kind": fault, "path": CUSTOM}]})
    (found,) = sent(outbox, text_letter(PEOPLE[1], "hello"))
    assert (found.taken, found.errcode, found.unclear) == (False, errcode, True)
    assert len(platform.calls(CUSTOM)) == before + 1


def test_where_nobody_listens_nothing_was_sent(migrated_file: Path, tmp_path: Path, platform: PlatformAtHand) -> None:
    house = house_at(platform.base, migrated_file, tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        outbox = FastOutbox(f"http://127.0.0.1:{taken.getsockname()[1]}", wiring.token_keeper(house))
        (found,) = sent(outbox, text_letter(PEOPLE[0], "hello"))
        outbox.close()
    house.close()
    assert (found.taken, found.errcode, found.unclear) == (False, 0, False)


def test_without_a_token_nothing_was_sent(migrated_file: Path, tmp_path: Path) -> None:
    def refuses(environ: dict[str, object], start_response: object) -> object:
        return Response('{"errcode": 40125, "errmsg": "invalid appsecret"}')(environ, start_response)

    with served(refuses) as base:
        house = house_at(base, migrated_file, tmp_path)
        outbox = sending.fast_outbox(house)
        found = sent(outbox, text_letter("oA", "hello"), text_letter("oB", "hello"))
        outbox.close()
        house.close()
    assert [(one.taken, one.errcode, one.unclear) for one in found] == [(False, 40125, False)] * 2


@pytest.mark.parametrize("answer", ["{}", "[]", "null", '{"errcode": null}', '{"error": "try later"}', "<html>"])
def test_an_answer_that_is_not_wechats_is_no_proof_that_it_was_sent(
    migrated_file: Path, tmp_path: Path, answer: str
) -> None:
    def answers(environ: dict[str, object], start_response: object) -> object:
        is_token = Request(environ).path.endswith("stable_token")
        body = '{"access_token": "t", "expires_in": 7200}' if is_token else answer
        return Response(body)(environ, start_response)

    with served(answers) as base:
        house = house_at(base, migrated_file, tmp_path)
        outbox = sending.fast_outbox(house)
        (found,) = sent(outbox, text_letter("oA", "hello"))
        outbox.close()
        house.close()
    assert (found.taken, found.unclear) == (False, True)


def test_what_is_given_up_before_it_left_never_leaves(outbox: FastOutbox, platform: PlatformAtHand) -> None:
    sent(outbox, text_letter(PEOPLE[0], "the token is there"))
    outbox.give_up(outbox.send([text_letter(openid, "too late") for openid in PEOPLE[1:]]))
    assert sent(outbox, text_letter(PEOPLE[0], "another day")) == [Told(True)]
    assert not any("too late" in chat(platform, openid) for openid in PEOPLE)


def test_letters_are_in_flight_together(migrated_file: Path, tmp_path: Path) -> None:
    """Each is answered only when all of them are there."""
    together = threading.Barrier(20)

    def answers(environ: dict[str, object], start_response: object) -> object:
        if Request(environ).path.endswith("stable_token"):
            return Response('{"access_token": "t", "expires_in": 7200}')(environ, start_response)
        together.wait(20)
        return Response('{"errcode": 0}')(environ, start_response)

    with served(answers) as base:
        house = house_at(base, migrated_file, tmp_path)
        outbox = sending.fast_outbox(house)
        assert sent(outbox, *[text_letter("oA", "hello")] * 20) == [Told(True)] * 20
        outbox.close()
        house.close()


def test_marketing_cannot_be_written_as_a_template_message() -> None:
    assert template_letter(SERVICE, "oA", "T", {}, "", "id").path == "/cgi-bin/message/template/send"
    with pytest.raises(ValueError, match="service notice"):
        template_letter(MARKETING, "oA", "T", {}, "", "id")


def test_letters_hold_chinese_as_it_is() -> None:
    assert "周末".encode() in text_letter("oA", "周末").body
    assert json.loads(notice_letter("oA", "T", {"thing1": {"value": "课"}}, "https://x/a").body) == {
        "touser": "oA", "template_id": "T", "page": "https://x/a", "data": {"thing1": {"value": "课"}},
    }  # fmt: skip
