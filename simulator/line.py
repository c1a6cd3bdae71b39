"""Cutting the line: the caller's connection ends without an answer."""

import socket
import struct
from typing import Any

from flask import Response


def cut(environ: dict[str, Any]) -> Response:
    """Reset the connection of this request; where the server hides its socket, an empty 502 stands for it."""
    wire = environ.get("simulator.socket") or environ.get("werkzeug.socket") or environ.get("gunicorn.socket")
    if isinstance(wire, socket.socket):
        wire.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        wire.shutdown(socket.SHUT_RDWR)
    return Response(b"", 502)
