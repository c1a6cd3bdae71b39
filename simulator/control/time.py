"""Control of the platform's clock and of what waits for it."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from simulator.clock import LAST, checked_speed, checked_time
from simulator.control.answers import BadRequestError, body
from simulator.platform import Platform

KNOWN = ("set", "advance", "speed")


def blueprint(platform: Platform) -> Blueprint:
    """Routes under /_control."""
    control = Blueprint("time", __name__, url_prefix="/_control")

    def state() -> ResponseReturnValue:
        clock = platform.clock
        return jsonify({"now": clock.now(), "speed": clock.speed, "waiting": platform.agenda.waiting})

    @control.get("/clock")
    def shown() -> ResponseReturnValue:
        return state()

    @control.post("/clock")
    def changed() -> ResponseReturnValue:
        """{"set": epoch seconds}, {"advance": seconds}, {"speed": 0 to 1000}; waiting jobs run on the way.

        A `set` back in time runs nothing. All values are checked before anything moves.
        """
        values = body(*KNOWN)
        _check(platform, values)
        if "set" in values and values["set"] < platform.clock.now():
            platform.clock.set(values["set"])
        elif "set" in values:
            platform.agenda.advance_to(values["set"])
        if "speed" in values:
            platform.clock.run_at(values["speed"])
        if "advance" in values:
            platform.agenda.advance(values["advance"])
        platform.touch()
        return state()

    @control.post("/settle")
    def settle() -> ResponseReturnValue:
        """Run what is due now."""
        return jsonify({"ran": platform.agenda.run_due()})

    return control


def _check(platform: Platform, values: dict[str, Any]) -> None:
    """BadRequestError or ClockError when any of the values cannot be."""
    if not values or any(isinstance(one, bool) or not isinstance(one, int | float) for one in values.values()):
        raise BadRequestError('Send numbers: {"set": epoch}, {"advance": seconds} or {"speed": 0 to 1000}.')
    if not 0 <= values.get("advance", 0) <= LAST:
        raise BadRequestError("advance: time does not go backwards, nor beyond 2099; use set to go back.")
    begin = checked_time(values["set"]) if "set" in values else platform.clock.now()
    checked_time(begin + values.get("advance", 0))
    checked_speed(values.get("speed", 1))
