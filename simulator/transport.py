"""One HTTP exchange with the bot, under a deadline for the whole answer."""

import select
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from simulator.stream import HttpSyntaxError, Stream

MAX_ANSWER = 1 << 20
_kept = threading.local()


@dataclass(frozen=True)
class Answer:
    """What came back. `status` is None when nothing did; `problem` then is `timeout` or `connection`."""

    status: int | None
    body: bytes = b""
    elapsed_ms: float = 0.0
    problem: str = ""
    detail: str = ""
    content_type: str = ""


def exchange(method: str, url: str, body: bytes | None, headers: Mapping[str, str], timeout: float) -> Answer:
    """One request, its whole answer within `timeout` real seconds. Never raises."""
    begun = time.monotonic()
    try:
        status, content_type, data = _send(method, url, body, headers, begun + timeout)
    except TimeoutError:
        return Answer(None, elapsed_ms=_since(begun), problem="timeout", detail=f"no answer within {timeout:g} s")
    except (OSError, HttpSyntaxError) as error:
        return Answer(None, elapsed_ms=_since(begun), problem="connection", detail=f"{type(error).__name__}: {error}")
    return Answer(status, data, _since(begun), content_type=content_type)


def _since(begun: float) -> float:
    return round((time.monotonic() - begun) * 1000, 2)


def _send(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], deadline: float
) -> tuple[int, str, bytes]:
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    lines = [f"{method} {path} HTTP/1.1", f"Host: {parts.netloc}", "Accept: */*"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if body is not None:
        lines.append(f"Content-Length: {len(body)}")
    stream = _line(parts.scheme, host, port, deadline)
    try:
        stream.deadline = deadline
        stream.wire.sendall("\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + (body or b""))
        answer, stays = _read(stream)
    except BaseException:
        stream.wire.close()
        raise
    if stays:
        _idle()[(parts.scheme, host, port)] = stream
    else:
        stream.wire.close()
    return answer


def _idle() -> dict[tuple[str, str, int], Stream]:
    """This thread's kept-alive connections."""
    if not hasattr(_kept, "lines"):
        _kept.lines = {}
    found: dict[tuple[str, str, int], Stream] = _kept.lines
    return found


def _line(scheme: str, host: str, port: int, deadline: float) -> Stream:
    """A connection: a kept one that is still quiet, else a new one."""
    kept = _idle().pop((scheme, host, port), None)
    if kept is not None:
        if not select.select([kept.wire], [], [], 0)[0]:
            return kept
        kept.wire.close()
    wire = socket.create_connection((host, port), max(deadline - time.monotonic(), 0.001))
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if scheme == "https":
        wire = ssl.create_default_context().wrap_socket(wire, server_hostname=host)
    return Stream(wire)


def _read(stream: Stream) -> tuple[tuple[int, str, bytes], bool]:
    """Status, content type and body, and whether the connection stays open."""
    words, headers = stream.head()
    while words[1:2] == ["100"]:
        words, headers = stream.head()
    if len(words) < 2 or not words[0].startswith("HTTP/1.") or not words[1].isdigit():
        raise HttpSyntaxError("the answer is not HTTP/1")
    status = int(words[1])
    body: bytes | None = b"" if status in (204, 304) else stream.sized(headers)
    stays = words[0] == "HTTP/1.1" and headers.get("connection", "").lower() != "close" and body is not None
    kind = headers.get("content-type", "")
    return (status, kind, stream.rest(MAX_ANSWER) if body is None else body), stays and not stream.kept
