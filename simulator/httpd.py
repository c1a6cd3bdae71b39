"""A lean HTTP server for the application: a thread for each connection, kept alive between requests.

Flask's development server spends most of a call on parsing headers; the platform should never be the slow
side of a measurement. It speaks HTTP/1.1 with Content-Length and chunked bodies, all that clients send.
"""

import io
import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_to_bytes

from simulator.stream import HttpSyntaxError, Stream

log = logging.getLogger("simulator")
Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]
IDLE_SECONDS = 60
_BACKLOG = 512


@dataclass
class Request:
    """One request as read off the wire: `target` exactly as sent, header names in lower case."""

    method: str
    target: str
    version: str
    headers: dict[str, str]
    body: bytes


def read_request(stream: Stream) -> Request:
    """The next request; ConnectionError when the caller has gone."""
    words, headers = stream.head()
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise HttpSyntaxError("400 Bad Request")
    if headers.get("expect", "").lower() == "100-continue":
        stream.wire.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
    return Request(words[0], words[1], words[2], headers, stream.sized(headers) or b"")


def environ(request: Request, wire: socket.socket, server: tuple[str, int]) -> dict[str, Any]:
    """The WSGI environment of a request; `simulator.socket` lets the application cut the line."""
    target = request.target if request.target.startswith("/") else "/" + request.target.split("/", 3)[-1]
    path, _, query = target.partition("?")
    found: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": target,
        "SERVER_PROTOCOL": request.version,
        "SERVER_NAME": server[0],
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": wire.getpeername()[0],
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "simulator.socket": wire,
    }
    for name, value in request.headers.items():
        found["HTTP_" + name.upper().replace("-", "_")] = value
    found["CONTENT_TYPE"] = request.headers.get("content-type", "")
    found["CONTENT_LENGTH"] = str(len(request.body))
    found.pop("HTTP_TRANSFER_ENCODING", None)
    return found


class Server:
    """Listens on `host` and `port` (0 = any free one, see `port`) and serves `app` until `shutdown`."""

    def __init__(self, app: Wsgi, host: str, port: int) -> None:
        self.app = app
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        self.listener.settimeout(0.1)
        self.host, self.port = host, int(self.listener.getsockname()[1])
        self._stopping = threading.Event()
        self._done = threading.Event()

    def serve_forever(self) -> None:
        try:
            while not self._stopping.is_set():
                try:
                    wire, _ = self.listener.accept()
                except TimeoutError:
                    continue
                threading.Thread(target=self._connection, args=(wire,), daemon=True).start()
        finally:
            self.listener.close()
            self._done.set()

    def shutdown(self) -> None:
        """Take no more connections; returns when the listener is closed."""
        self._stopping.set()
        self._done.wait(2)

    def _connection(self, wire: socket.socket) -> None:
        with wire:
            wire.settimeout(IDLE_SECONDS)
            wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            stream = Stream(wire)
            try:
                while self._one(stream, wire):
                    pass
            except HttpSyntaxError as error:
                with suppress(OSError):
                    wire.sendall(f"HTTP/1.1 {error}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())
            except OSError:
                return

    def _one(self, stream: Stream, wire: socket.socket) -> bool:
        """Serve one request; whether the connection stays open."""
        request = read_request(stream)
        stays = request.headers.get("connection", "").lower() != "close" and request.version == "HTTP/1.1"
        wire.sendall(self._answer(request, wire, stays))
        return stays and not self._stopping.is_set()

    def _answer(self, request: Request, wire: socket.socket, stays: bool) -> bytes:
        begun: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
            begun[:] = [status, headers]

        try:
            parts = self.app(environ(request, wire, (self.host, self.port)), start_response)
            body = b"".join(parts)
            if hasattr(parts, "close"):
                parts.close()
        except Exception:
            log.exception("%s %s failed", request.method, request.target)
            begun[:], body = ["500 Internal Server Error", []], b""
        status, headers = begun
        lines = [f"HTTP/1.1 {status}"]
        lines += [f"{name}: {value}" for name, value in headers if name.lower() != "content-length"]
        if not status.startswith(("204", "304")):
            lines.append(f"Content-Length: {len(body)}")
        lines.append("Connection: keep-alive" if stays else "Connection: close")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        return head if request.method == "HEAD" else head + body
