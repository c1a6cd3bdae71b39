"""Control of misbehaviour."""

import random

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from simulator import faults
from simulator.control.answers import BadRequestError, body
from simulator.platform import Platform

_KEYS = {"kind", "path", "count"}


def blueprint(platform: Platform) -> Blueprint:
    """Routes under /_control/faults."""
    control = Blueprint("trouble", __name__, url_prefix="/_control/faults")

    @control.get("")
    def shown() -> ResponseReturnValue:
        return jsonify({**platform.faults.as_json(), "groups": faults.GROUPS})

    @control.post("")
    def ordered() -> ResponseReturnValue:
        """{"next": [{"kind","path"?,"count"?}], "rates": {kind or "all": 0..1}, "slow_seconds", "seed"}."""
        values = body("next", "rates", "slow_seconds", "seed")
        wanted = faults.Faults(list(platform.faults.orders), dict(platform.faults.rates))
        wanted.slow_seconds, wanted.happened = platform.faults.slow_seconds, platform.faults.happened
        wanted.chance = platform.faults.chance
        orders, rates = values.get("next", []), values.get("rates")
        if not isinstance(orders, list) or not all(isinstance(one, dict) and set(one) <= _KEYS for one in orders):
            raise BadRequestError('Send {"next": [{"kind", "path", "count"}]}.')
        for one in orders:
            wanted.order(one.get("kind"), one.get("path", ""), one.get("count", 1))
        if rates is not None:
            if not isinstance(rates, dict):
                raise BadRequestError('Send {"rates": {kind: 0 to 1}}.')
            wanted.set_rates(rates)
        slow, seed = values.get("slow_seconds", wanted.slow_seconds), values.get("seed")
        if isinstance(slow, bool) or not isinstance(slow, int | float) or not 0 <= slow <= faults.LONGEST_SLOW:
            raise BadRequestError("slow_seconds: 0 to 30.")
        if seed is not None and type(seed) not in (int, str):
            raise BadRequestError("seed: a whole number or a text.")
        wanted.slow_seconds = float(slow)
        if seed is not None:
            wanted.chance = random.Random(str(seed))  # noqa: S311 - repeatable on purpose
        platform.faults = wanted
        platform.touch()
        return jsonify(platform.faults.as_json())

    @control.post("/clear")
    def cleared() -> ResponseReturnValue:
        body()
        platform.faults = faults.Faults()
        platform.touch()
        return jsonify(platform.faults.as_json())

    return control
