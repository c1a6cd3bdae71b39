"""Statistics (platform.md 4.13): followers are counted, article figures are zeros."""

from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from simulator.api.call import Call, Route
from simulator.api.errors import ApiError

SPANS = {
    "getusersummary": 7,
    "getusercumulate": 7,
    "getarticlesummary": 1,
    "getarticletotal": 1,
    "getuserread": 3,
    "getuserreadhour": 1,
    "getusershare": 7,
    "getusersharehour": 1,
    "getarticleread": 7,
    "getarticleshare": 7,
    "getbizsummary": 30,
    "getarticletotaldetail": 1,
}
"""Most days per call; those of the new article calls are settings, `<name>_days`."""


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise ApiError(61500, "date format error") from error


def _days(call: Call, most: int) -> list[date]:
    begin, end = _date(call.body.get("begin_date")), _date(call.body.get("end_date"))
    today = (datetime.fromtimestamp(call.now, UTC) + timedelta(hours=8)).date()
    if begin > end or end >= today or (end - begin).days >= most:
        raise ApiError(61501, "date range error")
    return [begin + timedelta(days=at) for at in range((end - begin).days + 1)]


def _china_day(at: float) -> date:
    return (datetime.fromtimestamp(at, UTC) + timedelta(hours=8)).date()


def _summary(call: Call, day: date) -> list[dict[str, Any]]:
    moves = [move for move in call.platform.moves if _china_day(move[0]) == day]
    new = sum(1 for _, joined in moves if joined)
    return [{"ref_date": str(day), "user_source": 0, "new_user": new, "cancel_user": len(moves) - new}]


def _cumulate(call: Call, day: date) -> list[dict[str, Any]]:
    total = sum(1 if joined else -1 for at, joined in call.platform.moves if _china_day(at) <= day)
    return [{"ref_date": str(day), "user_source": 0, "cumulate_user": total}]


def _read(call: Call, day: date) -> list[dict[str, Any]]:
    return [
        {
            "ref_date": str(day),
            "user_source": 0,
            "int_page_read_user": 0,
            "int_page_read_count": 0,
            "ori_page_read_user": 0,
            "ori_page_read_count": 0,
            "share_user": 0,
            "share_count": 0,
            "add_to_fav_user": 0,
            "add_to_fav_count": 0,
        }
    ]


def _biz(call: Call, day: date) -> list[dict[str, Any]]:
    return [
        {
            "ref_date": str(day),
            "detail": {
                "read_user": 0,
                "read_user_source": [],
                "share_user": 0,
                "zaikan_user": 0,
                "like_user": 0,
                "comment_count": 0,
            },
        }
    ]


def _none(_call: Call, _day: date) -> list[dict[str, Any]]:
    return []


_ROWS = {
    "getusersummary": _summary,
    "getusercumulate": _cumulate,
    "getuserread": _read,
    "getbizsummary": _biz,
}


def _answer(name: str, call: Call) -> dict[str, Any]:
    most = getattr(call.platform.settings, f"{name}_days", SPANS[name])
    rows = [row for day in _days(call, most) for row in _ROWS.get(name, _none)(call, day)]
    late = {"is_delay": False} if name in ("getbizsummary", "getarticletotaldetail") else {}
    return {"list": rows, **late}


ROUTES = tuple(Route("POST", f"/datacube/{name}", partial(_answer, name)) for name in SPANS)
