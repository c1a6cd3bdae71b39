"""A reader is asked for a 订阅通知 on an item's page, says yes in WeChat's own sheet, and the bot knows of it."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.support.wait import WebDriverWait

from tests.journeys.conftest import ROOT, Demo, running_demo
from tests.journeys.test_a_purchase_in_the_browser import into_page, new_follower, open_item
from tests.journeys.test_phone_in_the_browser import PATIENCE, one

TEMPLATES = 'news: {kind: notice, template_id: "News0123456789", fields: {thing1: "{title}"}}\n'
CAMPAIGN = "title: 周末\npurpose: marketing\nchannels: [window, notice]\nnotice: news\nmessage: {item: recommend}\n"


@pytest.fixture
def asking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo whose content has a campaign with a notice."""
    folder = tmp_path_factory.mktemp("asking")
    content = folder / "content"
    shutil.copytree(ROOT / "content", content, ignore=shutil.ignore_patterns("campaigns", "templates.yaml"))
    (content / "templates.yaml").write_text(TEMPLATES, "utf-8")
    (content / "campaigns").mkdir()
    (content / "campaigns" / "weekend.yaml").write_text(CAMPAIGN, "utf-8")
    with running_demo(folder, content) as demo:
        yield demo


def consents(demo: Demo) -> list[tuple[str, str]]:
    connection = sqlite3.connect(demo.database)
    try:
        return connection.execute("select answer, scene from consents order by at, id").fetchall()
    finally:
        connection.close()


def answer(browser: webdriver.Chrome, choice: str, told: str) -> None:
    """Tap the button in the page and answer WeChat's sheet."""
    button = one(browser, "#ask-tag")
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", button)
    button.click()
    browser.switch_to.default_content()
    one(browser, f'[data-testid="subscribe-{choice}"]').click()
    into_page(browser)
    WebDriverWait(browser, PATIENCE).until(lambda page: told in one(page, "#ask-told").text)


def test_a_reader_says_yes_and_then_no(asking: Demo, browser: webdriver.Chrome) -> None:
    new_follower(asking, browser, "订通知的人")
    open_item(browser, "有没有跑步的文章", "running-30")
    answer(browser, "accept", "提醒你一次")
    WebDriverWait(browser, PATIENCE).until(lambda _: consents(asking) == [("accept", "page")])
    browser.refresh()
    one(browser, 'body[data-live="yes"]')
    open_item(browser, "跑步", "running-30")
    assert "还会提醒 1 次" in one(browser, "#ask-told").text
    answer(browser, "reject", "不提醒")
    WebDriverWait(browser, PATIENCE).until(lambda _: ("reject", "page") in consents(asking))
