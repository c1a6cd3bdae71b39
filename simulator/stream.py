"""Bytes of one HTTP connection, cut into the pieces HTTP is made of."""

import socket
import time

HEAD_MAX, BODY_MAX = 64 << 10, 16 << 20


class HttpSyntaxError(ValueError):
    """Bytes that are no HTTP; the text is the status line a server would answer."""


class Stream:
    """Reads a socket. With a `deadline` (monotonic seconds) every wait ends there in TimeoutError."""

    def __init__(self, wire: socket.socket) -> None:
        self.wire, self.kept = wire, b""
        self.deadline: float | None = None

    def _more(self) -> bool:
        """Read some more; False at the end of the stream."""
        if self.deadline is not None:
            left = self.deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            self.wire.settimeout(left)
        chunk = self.wire.recv(65536)
        self.kept += chunk
        return bool(chunk)

    def until(self, mark: bytes, most: int = HEAD_MAX) -> bytes:
        """Everything before `mark`, which is taken away too; ConnectionError when the stream ends first."""
        while (at := self.kept.find(mark)) < 0:
            if len(self.kept) > most:
                raise HttpSyntaxError("431 Request Header Fields Too Large")
            if not self._more():
                raise ConnectionError("the connection was closed")
        part, self.kept = self.kept[:at], self.kept[at + len(mark) :]
        return part

    def exactly(self, size: int) -> bytes:
        if size > BODY_MAX:
            raise HttpSyntaxError("413 Content Too Large")
        while len(self.kept) < size:
            if not self._more():
                raise ConnectionError("the connection was closed within a body")
        part, self.kept = self.kept[:size], self.kept[size:]
        return part

    def rest(self, most: int = BODY_MAX) -> bytes:
        """Everything up to the end of the stream, at most `most` bytes."""
        while len(self.kept) < most and self._more():
            pass
        part, self.kept = self.kept[:most], b""
        return part

    def head(self) -> tuple[list[str], dict[str, str]]:
        """The words of the first line and the headers, names in lower case."""
        lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines[1:]:
            name, mark, value = line.partition(":")
            if not mark or name != name.strip():
                raise HttpSyntaxError("400 Bad Request")
            headers[name.lower()] = value.strip()
        return lines[0].split(" ", 2), headers

    def sized(self, headers: dict[str, str]) -> bytes | None:
        """The body that the headers announce, None when they announce none."""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks()
        size = headers.get("content-length")
        if size is None:
            return None
        if not size.isdigit():
            raise HttpSyntaxError("400 Bad Request")
        return self.exactly(int(size))

    def _chunks(self) -> bytes:
        body = b""
        while True:
            try:
                size = int(self.until(b"\r\n", 1024).split(b";")[0], 16)
            except ValueError as error:
                raise HttpSyntaxError("400 Bad Request") from error
            body += self.exactly(size)
            if len(body) > BODY_MAX:
                raise HttpSyntaxError("413 Content Too Large")
            self.until(b"\r\n", 1024)
            if size == 0:
                return body
