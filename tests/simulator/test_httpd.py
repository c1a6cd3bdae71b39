"""The HTTP server and the command that starts it."""

import http.client
import socket
import threading
from collections.abc import Iterator

import pytest
from flask import Flask, Response, request

from simulator.httpd import Server


@pytest.fixture
def server() -> Iterator[Server]:
    site = Flask("site")

    @site.route("/echo/<name>", methods=["GET", "POST"])
    def echo(name: str) -> Response:
        shown = f"{name}|{request.environ['RAW_URI']}|{request.get_data(as_text=True)}|{request.remote_addr}"
        return Response(shown, headers={"X-One": "1"})

    @site.get("/none")
    def none() -> Response:
        return Response(status=204)

    @site.get("/broken")
    def broken() -> Response:
        raise RuntimeError

    one = Server(site, "127.0.0.1", 0)
    thread = threading.Thread(target=one.serve_forever, daemon=True)
    thread.start()
    yield one
    one.shutdown()
    thread.join(2)
    assert not thread.is_alive()


def raw(server: Server, data: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.port), timeout=5) as wire:
        wire.sendall(data)
        wire.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := wire.recv(65536):
            answer += chunk
    return answer


def test_several_requests_on_one_connection(server: Server) -> None:
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=5)
    for number in range(3):
        line.request("POST", "/echo/%E4%B8%AD?a=%20b", f"body{number}".encode())
        answer = line.getresponse()
        assert answer.read().decode() == f"中|/echo/%E4%B8%AD?a=%20b|body{number}|127.0.0.1"
        assert answer.headers["X-One"] == "1"
    line.request("HEAD", "/echo/x")
    assert line.getresponse().read() == b""
    line.request("GET", "/none")
    empty = line.getresponse()
    assert (empty.status, empty.read()) == (204, b"")
    line.request("GET", "/broken")
    assert line.getresponse().status == 500
    line.close()


def test_chunked_bodies_and_pipelined_requests(server: Server) -> None:
    head = b"POST /echo/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    answer = raw(server, head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n" + b"GET /echo/y HTTP/1.0\r\n\r\n")
    assert b"|abcde|" in answer
    assert b"y|/echo/y||" in answer


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"hello\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nbroken\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n", b"413"),
        (b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", b"400"),
        (b"GET /" + b"x" * 70000, b"431"),
    ],
)
def test_bad_requests(server: Server, data: bytes, status: bytes) -> None:
    assert raw(server, data).split(b" ")[1] == status


def test_an_unfinished_request_is_dropped(server: Server) -> None:
    assert raw(server, b"POST /echo/x HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc") == b""
