"""In a real browser: what is tapped while a page's own scripts are still on their way is not lost."""

from __future__ import annotations

import re
from urllib.parse import quote

from selenium import webdriver
from selenium.webdriver.support.wait import WebDriverWait

from tests.journeys.conftest import ROOT
from tests.journeys.test_phone_in_the_browser import PATIENCE

COUNTS = """
window.done = [];
buy.addEventListener("click", () => done.push("buy"));
rate.addEventListener("submit", (event) => { event.preventDefault(); done.push("rate"); });
personal.addEventListener("change", () => done.push("personal " + personal.checked));
"""
PAGE = """<!doctype html>{early}
<button id="buy" type="button">买</button>
<form id="rate"><button id="send">提交</button></form>
<input id="personal" type="checkbox" checked>
<script>for (const one of [buy, buy, personal, send]) one.click();</script>
<script defer src="data:text/javascript,{late}"></script>"""


def opened(browser: webdriver.Chrome, early: str) -> list[str]:
    """What the late script heard."""
    page = PAGE.format(early=early, late=quote(COUNTS))
    browser.get(f"data:text/html;charset=utf-8,{quote(page)}")
    WebDriverWait(browser, PATIENCE).until(lambda page: page.execute_script("return document.readyState") == "complete")
    return list(browser.execute_script("return window.done || ['left']"))


def test_taps_and_switches_before_the_script_are_done_once_when_it_has_come(browser: webdriver.Chrome) -> None:
    early = re.sub(r" nonce=\S+ g.nonce }}\"", "", (ROOT / "web" / "templates" / "early.html").read_text("utf-8"))
    assert "nonce" not in early and "<script>" in early
    assert opened(browser, early) == ["buy", "personal false", "rate"]
    browser.execute_script("buy.click()")
    assert browser.execute_script("return window.done").count("buy") == 2, "later ones are heard as ever"
