"""The README's example runs, and what it documents exists."""

import re
import threading

import pytest
from conftest import ROOT, Control
from flask import Flask
from werkzeug.serving import make_server

from simulator import faults
from simulator.account import Account
from simulator.settings import Settings

TEXT = (ROOT / "simulator" / "README.md").read_text("utf-8")


def test_the_wechatpy_example_runs(
    app: Flask, account: Account, control: Control, capsys: pytest.CaptureFixture[str]
) -> None:
    source = re.search(r"```python\n(.*?)```", TEXT, re.DOTALL)
    assert source is not None
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        code = source.group(1).replace("127.0.0.1:8100", f"127.0.0.1:{server.port}")
        exec(compile(code, "README.md", "exec"), {"__name__": "example"})
    finally:
        server.shutdown()
        server.server_close()
    assert "'total': 0" in capsys.readouterr().out
    assert control.get("menu")["button"][0]["name"] == "推荐"


def test_every_setting_and_fault_is_documented() -> None:
    for name in Settings().as_json():
        assert f"`{name}`" in TEXT, name
    for kind in faults.KINDS:
        short = kind.removeprefix("notify")
        assert f"`{kind}`" in TEXT or f"`{short}`" in TEXT, kind


def test_every_control_route_is_documented(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/_control/"):
            last = rule.rule.removeprefix("/_control/").removeprefix("followers/<openid>/")
            last = last.replace("<action>", "expire")
            assert last in TEXT, rule.rule


def test_test_ids_of_the_page_are_documented() -> None:
    page = (ROOT / "simulator/static/page.html").read_text("utf-8")
    for mark in re.findall(r'data-testid="([\w-]+)"', page):
        if mark not in ("people", "phone", "account-name", "more-panel", "menu"):
            assert f"`{mark}`" in TEXT, mark
