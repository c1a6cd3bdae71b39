"""A bare server in WeChat's place: answers every call after a fixed time, as cheaply as Python can, and counts.

``python -m benchmarks.slow_wechat PORT MILLISECONDS`` until it is ended. GET /count tells how many messages came, and
to how many different people.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import ClassVar

TOKEN = b'{"access_token":"a-token-of-the-benchmark","expires_in":7200}'
OK = b'{"errcode":0,"errmsg":"ok"}'


def response(body: bytes) -> bytes:
    """A whole HTTP answer."""
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Line(asyncio.Protocol):
    """One connection. Requests come one after the other, each in one piece or several."""

    people: ClassVar[set[bytes]] = set()
    messages = 0
    wait = 0.03

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport, self.held = transport, b""
        self.loop = asyncio.get_running_loop()

    def data_received(self, data: bytes) -> None:
        self.held += data
        while (end := self.held.find(b"\r\n\r\n")) >= 0:
            head = self.held[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
            if len(self.held) < end + 4 + size:
                return
            body, self.held = self.held[end + 4 : end + 4 + size], self.held[end + 4 + size :]
            self.answer(head, body)

    def answer(self, head: bytes, body: bytes) -> None:
        if b"stable_token" in head[:60] or b"/token" in head[:60]:
            self.transport.write(response(TOKEN))
        elif head.startswith(b"get /count"):
            told = {"messages": Line.messages, "people": len(Line.people)}
            self.transport.write(response(json.dumps(told).encode()))
        else:
            Line.messages += 1
            at = body.find(b'"touser"')
            Line.people.add(body[at + 8 :].split(b'"', 2)[1])
            self.loop.call_later(self.wait, self.transport.write, ANSWER)


ANSWER = response(OK)


async def main() -> None:
    """Serve until the process is ended."""
    Line.wait = float(sys.argv[2]) / 1000
    server = await asyncio.get_running_loop().create_server(Line, "127.0.0.1", int(sys.argv[1]), backlog=2048)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
