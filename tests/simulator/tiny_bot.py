"""A bot of a few lines for testing the platform: it opens pushes with wechatpy and answers as told."""

import threading
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import check_signature

from simulator.account import Account

Fields = dict[str, str]


class TinyBot:
    """`answer` gets the opened fields and returns the body: None is `success`. `seal` encrypts it."""

    def __init__(self, account: Account, port: int = 0) -> None:
        self.account = account
        self.received: list[Fields] = []
        self.queries: list[dict[str, str]] = []
        self.raw: list[bytes] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[Fields], str | bytes | None] = lambda fields: None
        self.seal = True
        self.status = 200
        self.delays: list[float] = []
        self.echo = True
        bot = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                bot.greet(self)

            def do_POST(self) -> None:
                bot.serve(self)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/wechat"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    def greet(self, handler: BaseHTTPRequestHandler) -> None:
        query = dict(parse_qsl(urlsplit(handler.path).query))
        check_signature(self.account.token, query["signature"], query["timestamp"], query["nonce"])
        self._send(handler, 200, query["echostr"].encode() if self.echo else b"<p>hello</p>")

    def serve(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers["Content-Length"]))
        query = dict(parse_qsl(urlsplit(handler.path).query))
        self.raw.append(body)
        self.queries.append(query)
        self.headers.append(dict(handler.headers.items()))
        fields = self._open(body, query)
        self.received.append(fields)
        delay = self.delays.pop(0) if self.delays else 0
        if delay:
            time.sleep(delay)
        answer = self.answer(fields)
        text = "success" if answer is None else answer
        if self.seal and "msg_signature" in query and isinstance(text, str) and text.startswith("<xml"):
            text = self._crypto().encrypt_message(text, query["nonce"], query["timestamp"])
        self._send(handler, self.status, text.encode() if isinstance(text, str) else text)

    def _crypto(self) -> WeChatCrypto:
        return WeChatCrypto(self.account.token, self.account.aes_key, self.account.app_id)

    def _open(self, body: bytes, query: dict[str, str]) -> Fields:
        check_signature(self.account.token, query["signature"], query["timestamp"], query["nonce"])
        if "msg_signature" in query:
            text = self._crypto().decrypt_message(body, query["msg_signature"], query["timestamp"], query["nonce"])
        else:
            text = body.decode()
        return {child.tag: child.text or "" for child in ElementTree.fromstring(text)}

    @staticmethod
    def _send(handler: BaseHTTPRequestHandler, status: int, body: bytes) -> None:
        try:
            handler.send_response(status)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except OSError:
            pass  # the platform hung up


def text_reply(fields: Fields, content: str) -> str:
    """A correct text reply to what came in."""
    safe = content.replace("]]>", "]]]]><![CDATA[>")
    return reply(fields, "text", f"<Content><![CDATA[{safe}]]></Content>")


def reply(fields: Fields, kind: str, inner: str) -> str:
    return (
        f"<xml><ToUserName><![CDATA[{fields['FromUserName']}]]></ToUserName>"
        f"<FromUserName><![CDATA[{fields['ToUserName']}]]></FromUserName>"
        f"<CreateTime>1700000000</CreateTime><MsgType><![CDATA[{kind}]]></MsgType>{inner}</xml>"
    )
