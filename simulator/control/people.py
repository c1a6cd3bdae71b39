"""Control of the followers: who there is, and what each does."""

import re
from collections.abc import Callable
from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from simulator import acts
from simulator.browser import phone_address
from simulator.control.answers import BadRequestError, body, number, text, web_address
from simulator.followers import Follower, openid_for
from simulator.platform import Platform
from simulator.webhook import Delivery

_OPENID = re.compile(r"o[A-Za-z0-9_-]{0,63}")
LONGEST_NAME, LONGEST_SCENE = 64, 64


def blueprint(platform: Platform) -> Blueprint:
    """Routes under /_control/followers."""
    control = Blueprint("people", __name__, url_prefix="/_control")
    _list_routes(control, platform)
    _act_routes(control, platform)
    _opening_routes(control, platform)
    return control


def _list_routes(control: Blueprint, platform: Platform) -> None:
    @control.get("/followers")
    def listed() -> ResponseReturnValue:
        with platform.lock:
            return jsonify({"followers": [person.as_json() for person in platform.followers.all()]})

    @control.post("/followers")
    def added() -> ResponseReturnValue:
        values = body("name", "openid", "avatar")
        name = text(values, "name")
        if not name.strip() or len(name) > LONGEST_NAME:
            raise BadRequestError(f"name: 1 to {LONGEST_NAME} characters.")
        openid = text(values, "openid", openid_for(name))
        if not _OPENID.fullmatch(openid):
            raise BadRequestError("openid: begins with o and has letters, digits, - and _ only.")
        with platform.lock:
            person = platform.followers.add(Follower(openid, name, text(values, "avatar", name[:1] or "友")))
        platform.touch()
        return jsonify(person.as_json())

    @control.get("/followers/<openid>")
    def shown(openid: str) -> ResponseReturnValue:
        with platform.lock:
            person = platform.followers.get(openid)
            return jsonify({**person.as_json(), "state": person.state(platform.clock.now())})

    @control.get("/followers/<openid>/chat")
    def chat(openid: str) -> ResponseReturnValue:
        with platform.lock:
            return jsonify({"chat": platform.followers.get(openid).since(int(number("after", 0)))})


def _act_routes(control: Blueprint, platform: Platform) -> None:
    def act(name: str, do: Callable[[Follower, dict[str, Any]], Delivery | None], *known: str) -> None:
        def view(openid: str) -> ResponseReturnValue:
            person = platform.followers.get(openid)
            before = person.seq
            delivery = do(person, body(*known))
            with platform.lock:
                return jsonify({"delivery": delivery and delivery.as_json(), "chat": person.since(before)})

        control.add_url_rule(f"/followers/<openid>/{name}", name, view, methods=["POST"])

    act("follow", lambda person, values: acts.follow(platform, person, _scene(values, "")), "scene")
    act("unfollow", lambda person, values: acts.unfollow(platform, person))
    act(
        "say",
        lambda person, values: acts.say(platform, person, text(values, "text"), text(values, "bizmsgmenuid", "")),
        "text",
        "bizmsgmenuid",
    )
    act("tap", lambda person, values: acts.tap(platform, person, text(values, "key")), "key")
    act("view", lambda person, values: acts.view(platform, person, text(values, "url")), "url")
    act("scan", lambda person, values: acts.scan(platform, person, _scene(values)), "scene")
    act(
        "send",
        lambda person, values: acts.send(platform, person, text(values, "kind"), _fields(values)),
        "kind",
        "fields",
    )
    act(
        "event",
        lambda person, values: acts.raw_event(platform, person, text(values, "event"), _fields(values)),
        "event",
        "fields",
    )

    @control.post("/followers/<openid>/address")
    def address(openid: str) -> ResponseReturnValue:
        """Where this person's phone opens a page: the bot's own site in WeChat's browser."""
        person = platform.followers.get(openid)
        return jsonify({"address": phone_address(platform, person, web_address(body("url"), "url"))})

    @control.post("/followers/<openid>/tap-link")
    def tap_link(openid: str) -> ResponseReturnValue:
        person = platform.followers.get(openid)
        before = person.seq
        delivery, url = acts.tap_link(platform, person, web_address(body("href"), "href"))
        with platform.lock:
            return jsonify({"delivery": delivery and delivery.as_json(), "open": url, "chat": person.since(before)})


def _scene(values: dict[str, Any], default: str | None = None) -> str:
    scene = text(values, "scene", default)
    if len(scene) > LONGEST_SCENE:
        raise BadRequestError(f"scene: at most {LONGEST_SCENE} characters, as WeChat allows.")
    return scene


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    fields = values.get("fields", {})
    if not isinstance(fields, dict):
        raise BadRequestError('Send {"fields": {…}} as an object.')
    return fields


def _opening_routes(control: Blueprint, platform: Platform) -> None:
    @control.post("/followers/<openid>/opening")
    def opening(openid: str) -> ResponseReturnValue:
        person = platform.followers.get(openid)
        done = acts.play_opening(platform, person)
        with platform.lock:
            return jsonify({"deliveries": [one.as_json() for one in done], "chat": person.since(0)})

    @control.post("/openings")
    def openings() -> ResponseReturnValue:
        played = {}
        for person in platform.followers.all():
            if person.opening:
                played[person.openid] = [one.as_json() for one in acts.play_opening(platform, person)]
        return jsonify({"played": played})
