"""The simulator as a Flask application, and serving it."""

import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask.json.provider import DefaultJSONProvider
from flask.typing import ResponseReturnValue

from simulator import strays
from simulator.account import Account
from simulator.api import routes
from simulator.browser import PhoneBrowser
from simulator.clock import PlatformClock
from simulator.control import account_side, general, money, people, people_many, time, trouble
from simulator.control.answers import handle_mistakes
from simulator.crowd.living import Crowd
from simulator.httpd import Server
from simulator.pages import pages
from simulator.pay import calls
from simulator.pay.merchant import Merchant, make_merchant
from simulator.platform import Platform

log = logging.getLogger("simulator")
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def create_app(
    account: Account,
    webhook_url: str,
    clock: PlatformClock | None = None,
    merchant: Merchant | None = None,
) -> Flask:
    """A platform for `account` that pushes to `webhook_url`; state in `extensions["platform"]`."""
    app = Flask(__name__, static_folder="static", static_url_path="/_static")
    app.config["MAX_CONTENT_LENGTH"] = 12 << 20
    app.json = _PlainJson(app)
    platform = Platform(account, webhook_url, clock or PlatformClock(), merchant)
    app.extensions["platform"] = platform
    routes.register(app, platform)
    calls.register(app, platform)
    app.register_blueprint(people.blueprint(platform))
    app.register_blueprint(general.blueprint(platform))
    app.register_blueprint(account_side.blueprint(platform))
    app.register_blueprint(time.blueprint(platform))
    app.register_blueprint(money.blueprint(platform))
    app.register_blueprint(trouble.blueprint(platform))
    crowd = Crowd(app, platform)
    app.extensions["crowd"] = crowd
    platform.on_reset.append(crowd.forget)
    platform.crowd_report = crowd.report
    app.register_blueprint(people_many.blueprint(platform, crowd))
    app.register_blueprint(pages(platform))
    handle_mistakes(app)
    strays.register(app, platform)

    app.wsgi_app = PhoneBrowser(app.wsgi_app, platform)  # type: ignore[method-assign]

    @app.before_request
    def learn_address() -> None:
        platform.base_url = platform.base_url or request.host_url.rstrip("/")

    @app.before_request
    def refuse_foreign_pages() -> ResponseReturnValue | None:
        """A page of another site, also one that the phone shows, must not steer the platform."""
        name = _host_name(request.host)
        if request.path.startswith("/_control/") and name not in (*LOOPBACK, platform.host):
            return {"error": f"The control API does not answer to the name {name!r}."}, 403
        origin = request.headers.get("Origin")
        if request.path.startswith("/_control/") and origin not in (None, request.host_url.rstrip("/")):
            return {"error": f"The control API takes no orders from pages of {origin}."}, 403
        return None

    @app.get("/")
    def page() -> Response:
        return app.send_static_file("page.html")

    return app


def _host_name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""


class _PlainJson(DefaultJSONProvider):
    """JSON as people write it: Chinese as it is, keys in their own order."""

    ensure_ascii = False
    sort_keys = False


def serve(
    account: Account,
    webhook_url: str,
    host: str = "127.0.0.1",
    port: int = 8100,
    merchant: Merchant | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C. Blocks. Without a `merchant` one is made up.

    `on_ready` is told the address once it listens; with `port` 0 any free one.
    """
    if host not in LOOPBACK:
        log.warning("The simulator listens on %s: whoever reaches it controls it.", host)
    app = create_app(account, webhook_url, merchant=merchant or make_merchant())
    server = Server(app, host, port)
    platform: Platform = app.extensions["platform"]
    platform.base_url = f"http://{host}:{server.port}"
    platform.host = host
    platform.agenda.start()
    if on_ready is not None:
        on_ready(platform.base_url)

    def stop(_signal: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown, daemon=True).start()

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
    try:
        server.serve_forever()
    finally:
        platform.agenda.stop()
