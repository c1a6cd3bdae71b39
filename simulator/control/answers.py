"""Reading and answering control requests: JSON in, JSON out, one sentence for a mistake."""

import math
import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, request

from simulator.acts import CannotActError
from simulator.clock import ClockError
from simulator.faults import FaultError
from simulator.followers import NoSuchFollowerError
from simulator.inbound import BadMessageError
from simulator.settings import SettingError

_SURROGATE = re.compile("[\ud800-\udfff]")


class BadRequestError(ValueError):
    """A control request that cannot be understood; the sentence says what to send."""


def body(*known: str) -> dict[str, Any]:
    """The JSON object of the request; an empty body is an empty object.

    Refuses keys that are not `known`, numbers that are not finite and text that UTF-8 cannot hold.
    """
    found = everything()
    for name in found:
        if name not in known:
            raise BadRequestError(f"There is no {name!r} here; there is {', '.join(known) or 'nothing to send'}.")
    return found


def everything() -> dict[str, Any]:
    """The same with any keys."""
    if not request.get_data().strip():
        return {}
    try:
        found = request.get_json(force=True, silent=True)
        if not isinstance(found, dict):
            raise BadRequestError("The body must be a JSON object.")
        _check_value(found)
    except RecursionError as error:
        raise BadRequestError("The body is nested too deeply.") from error
    return found


def _check_value(value: Any) -> None:
    if isinstance(value, str):
        if _SURROGATE.search(value):
            raise BadRequestError("A text has half a surrogate pair, which is no character.")
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise BadRequestError(f"{value} is not a finite number.")
    elif isinstance(value, dict | list):
        for one in [*value, *value.values()] if isinstance(value, dict) else value:
            _check_value(one)


def text(values: dict[str, Any], name: str, default: str | None = None) -> str:
    """The text called `name`."""
    value = values.get(name, default)
    if not isinstance(value, str):
        raise BadRequestError(f'Send {{"{name}": "…"}} as text.')
    return value


def number(name: str, default: float) -> float:
    """A number out of the query."""
    value = request.args.get(name)
    try:
        found = default if value is None else float(value)
    except ValueError as error:
        raise BadRequestError(f"{name}: {value!r} is not a number.") from error
    if not math.isfinite(found):
        raise BadRequestError(f"{name}: {value!r} is not a finite number.")
    return found


def web_address(values: dict[str, Any], name: str) -> str:
    """The text called `name` when it can be read as an address."""
    value = text(values, name)
    try:
        urlsplit(value)
    except ValueError as error:
        raise BadRequestError(f"{name}: {value!r} is no address.") from error
    return value


def handle_mistakes(app: Flask) -> None:
    """Every mistake of the caller becomes 4xx with {"error": sentence}; the state is unchanged."""

    def answer(status: int, error: Exception) -> tuple[Response, int]:
        return jsonify({"error": str(error)}), status

    for kind, status in (
        (BadRequestError, 400),
        (BadMessageError, 400),
        (SettingError, 400),
        (ClockError, 400),
        (FaultError, 400),
        (NoSuchFollowerError, 404),
        (CannotActError, 409),
    ):
        app.register_error_handler(kind, lambda error, status=status: answer(status, error))
