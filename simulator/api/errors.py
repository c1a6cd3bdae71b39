"""Errors of the server API."""

from typing import Any


class ApiError(Exception):
    """An errcode and errmsg, with what else the answer tells; the platform answers HTTP 200 even so."""

    def __init__(self, errcode: int, errmsg: str, more: dict[str, Any] | None = None) -> None:
        super().__init__(f"{errcode} {errmsg}")
        self.errcode, self.errmsg, self.more = errcode, errmsg, more or {}
