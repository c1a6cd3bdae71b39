"""Calling the application without a server."""

from __future__ import annotations

import io
from typing import Any

from benchmarks.platform_side import Push


def post(application: Any, push: Push) -> tuple[str, bytes]:
    """(status line, body) of one push."""
    path, _, query = push.path.partition("?")
    body = push.body.encode()
    told: list[str] = []
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": path, "QUERY_STRING": query, "CONTENT_LENGTH": str(len(body)),
        "wsgi.input": io.BytesIO(body),
    }  # fmt: skip
    answer = b"".join(application(environ, lambda status, headers: told.append(status)))
    return told[0], answer
