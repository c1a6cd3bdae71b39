"""``/wechat``: where WeChat pushes. A plain WSGI application, because a push is the hot path and needs no framework.

A genuine push is always answered 200, with a reply or ``success``; anything else gets 403 (or 413, or 405) and
leaves no trace but a line in the log.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from domain.quota import WEBHOOK_BODY_BYTES
from errors import Refused
from wechat.envelope import Envelope
from wechat.xmltree import Tree

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse

log = logging.getLogger(__name__)

MOST_FIELDS = 20
XML = "application/xml; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"


class Webhook:
    """The WSGI application. `receive` answers the fields of a genuine push with XML, or "" for ``success``."""

    def __init__(
        self, envelope: Envelope, receive: Callable[[Tree, int], str], clock: Callable[[], float],
        count: Callable[[str, str], None] = lambda kind, outcome: None,
    ) -> None:  # fmt: skip
        self._envelope, self._receive, self._clock, self._count = envelope, receive, clock, count

    def __call__(self, environ: Mapping[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        try:
            status, kind, body = self._answer(environ)
        except Refused as refused:
            log.warning("push refused: %s", refused)
            self._count("push", "refused")
            status, kind, body = "403 Forbidden", PLAIN, "forbidden"
        raw = body.encode("utf-8", "replace")
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(raw)))])
        return [raw]

    def _answer(self, environ: Mapping[str, Any]) -> tuple[str, str, str]:
        query = _query(environ.get("QUERY_STRING", ""))
        method, now = environ["REQUEST_METHOD"], int(self._clock())
        if method in ("GET", "HEAD"):
            return "200 OK", PLAIN, self._envelope.verify_url(query, now)
        if method != "POST":
            return "405 Method Not Allowed", PLAIN, "GET or POST"
        self._envelope.admit(query, now)
        body = _body(environ)
        if body is None:
            return "413 Content Too Large", PLAIN, "too large"
        opened = self._envelope.open(query, body, now)
        xml = self._receive(opened.fields, now)
        if not xml:
            return "200 OK", PLAIN, "success"
        return "200 OK", XML, self._envelope.seal(xml, now) if opened.sealed else xml


def _query(raw: str) -> dict[str, str]:
    """The query's fields; the last of a name counts."""
    fields = {}
    for pair in raw.split("&", MOST_FIELDS):
        name, _, value = pair.partition("=")
        fields[name] = unquote_plus(value) if "%" in value or "+" in value else value
    return fields


def _body(environ: Mapping[str, Any]) -> bytes | None:
    """The raw bytes, None when there are too many. Reads no more than it may keep."""
    declared = str(environ.get("CONTENT_LENGTH") or "")
    if declared.isdecimal() and int(declared) > WEBHOOK_BODY_BYTES:
        return None
    wanted = int(declared) if declared.isdecimal() else WEBHOOK_BODY_BYTES + 1
    raw: bytes = environ["wsgi.input"].read(wanted)
    return raw if len(raw) <= WEBHOOK_BODY_BYTES else None
