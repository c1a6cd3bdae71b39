"""Control of the crowd."""

import threading

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from simulator.clock import checked_time
from simulator.control.answers import BadRequestError, body
from simulator.crowd.living import DAY, MOST, Crowd
from simulator.platform import Platform

LONGEST_DAYS = 366


def blueprint(platform: Platform, crowd: Crowd) -> Blueprint:
    """Routes under /_control/crowd."""
    control = Blueprint("crowd", __name__, url_prefix="/_control/crowd")

    @control.get("")
    def report() -> ResponseReturnValue:
        return jsonify(crowd.report())

    @control.get("/truth")
    def truth() -> ResponseReturnValue:
        """The hidden tastes and the diaries: to measure against, never for the bot."""
        return jsonify({"people": list(crowd.told())})

    @control.post("")
    def add() -> ResponseReturnValue:
        """{"people", "seed"?, "days"?, "wait"?}: add people; with days, let them live that long at once."""
        values = body("people", "seed", "days", "wait")
        people, seed, days = values.get("people", 0), values.get("seed", 1), values.get("days", 0)
        if type(people) is not int or not 0 <= people <= MOST or type(seed) is not int:
            raise BadRequestError('Send {"people": 0 to 100000, "seed"?: whole number, "days"?: 0 to 366}.')
        if isinstance(days, bool) or not isinstance(days, int | float) or not 0 <= days <= LONGEST_DAYS:
            raise BadRequestError("days: 0 to 366.")
        if not isinstance(values.get("wait", True), bool):
            raise BadRequestError("wait: true or false.")
        checked_time(platform.clock.now() + days * DAY)
        crowd.add(people, seed)
        if days and values.get("wait", True) is False:
            threading.Thread(target=platform.agenda.advance, args=(days * DAY,), daemon=True).start()
        elif days:
            platform.agenda.advance(days * DAY)
        platform.touch()
        return jsonify(crowd.report())

    return control
