"""Control of the platform itself: settings, wire log, reset, verification, and the page's updates."""

from dataclasses import asdict

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from simulator.control.answers import BadRequestError, body, everything, number
from simulator.platform import Platform
from simulator.webhook import verify

LONGEST_WAIT = 20.0


def blueprint(platform: Platform) -> Blueprint:
    """Routes under /_control."""
    control = Blueprint("general", __name__, url_prefix="/_control")
    _state_routes(control, platform)
    _settings_routes(control, platform)
    _update_route(control, platform)
    return control


def _state_routes(control: Blueprint, platform: Platform) -> None:
    @control.get("/ready")
    def ready() -> ResponseReturnValue:
        return jsonify(
            {
                "ready": True,
                "app_id": platform.account.app_id,
                "webhook": platform.webhook_url,
                "name": platform.account.name,
            }
        )

    @control.get("/account")
    def account() -> ResponseReturnValue:
        """What the account's console would show, so that a test can configure a bot."""
        return jsonify(asdict(platform.account))

    @control.post("/verify")
    def verified() -> ResponseReturnValue:
        body()
        return jsonify(verify(platform))

    @control.get("/wire")
    def wire() -> ResponseReturnValue:
        entries = platform.wire.since(int(number("after", 0)), request.args.get("openid"), request.args.get("kind"))
        return jsonify({"wire": entries})

    @control.get("/menu")
    def menu() -> ResponseReturnValue:
        return jsonify({"button": platform.menus.default or [], "conditional": platform.menus.conditional})

    @control.post("/reset")
    def reset() -> ResponseReturnValue:
        """{"keep_account"?: bool}: with it the settings, menu, templates, tokens and codes stay."""
        keep = body("keep_account").get("keep_account", False)
        if not isinstance(keep, bool):
            raise BadRequestError('Send {"keep_account": true} or nothing.')
        platform.reset(keep)
        return jsonify({"reset": True})


def _settings_routes(control: Blueprint, platform: Platform) -> None:
    @control.get("/settings")
    def settings() -> ResponseReturnValue:
        return jsonify(platform.settings.as_json())

    @control.route("/settings", methods=["POST", "PATCH"])
    def change() -> ResponseReturnValue:
        values = everything()
        with platform.lock:
            platform.settings = platform.settings.changed(values)
        platform.touch()
        return jsonify(platform.settings.as_json())


def _update_route(control: Blueprint, platform: Platform) -> None:
    @control.get("/updates")
    def updates() -> ResponseReturnValue:
        """What the page shows; with `seen` and `wait` it answers when something changed."""
        seen = int(number("seen", -1))
        platform.wait_for_change(seen, min(number("wait", 0), LONGEST_WAIT))
        revision = platform.revision
        openid = request.args.get("openid", "")
        with platform.lock:
            person = platform.followers.find(openid)
            return jsonify(
                {
                    "revision": revision,
                    "generation": platform.generation,
                    "now": platform.clock.now(),
                    "speed": platform.clock.speed,
                    "faults": platform.faults.as_json(),
                    "crowd": platform.crowd_report(),
                    "followers": [one.as_json() for one in platform.followers.all() if not one.synthetic],
                    "menu": platform.menus.shown_to(person.tags, platform.settings.phone_system) if person else [],
                    "state": person.state(platform.clock.now()) if person else {},
                    "chat": person.since(int(number("chat_after", 0))) if person else [],
                    "wire": platform.wire.since(int(number("wire_after", 0)), limit=200),
                    "settings": platform.settings.as_json(),
                }
            )
