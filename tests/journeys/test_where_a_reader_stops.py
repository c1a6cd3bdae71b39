"""In a real browser: the place that a page tells leads back to the paragraph at which its reader stopped."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from catalog.articles import read_article
from domain.item import Item
from domain.passages import WHOLE, passages
from tests.journeys.conftest import Demo
from tests.journeys.test_a_purchase_in_the_browser import at_cashier, new_follower, open_item, scroll_to_button, whole
from tests.journeys.test_phone_in_the_browser import PATIENCE, one

CONTENT = Path(__file__).resolve().parents[2] / "content"
SLUG = "desk-stretch"
TO_THE_LOWER_EDGE = "arguments[0].scrollIntoView({block: 'end'})"


@pytest.fixture
def buyer(demo: Demo, browser: webdriver.Chrome) -> str:
    """A new follower, whose phone is open."""
    return new_follower(demo, browser, "读到半路的人")


def item(slug: str) -> Item:
    found, _, _ = read_article(CONTENT / "articles" / f"{slug}.md", CONTENT, ZoneInfo("Asia/Shanghai"))
    assert found is not None
    return found


def places(demo: Demo, slug: str, who: str) -> list[int]:
    """How far it was read by those whose id begins so."""
    connection = sqlite3.connect(demo.database)
    try:
        asked = "select percent from engagements where slug = ? and openid like ?"
        return [row[0] for row in connection.execute(asked, (slug, f"{who}%"))]
    finally:
        connection.close()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (900, 500)])
def test_the_place_told_is_that_of_the_paragraph_at_the_lower_edge_of_the_screen(
    demo: Demo, browser: webdriver.Chrome, width: int, height: int
) -> None:
    browser.set_window_size(width, height)
    browser.get(f"{demo.bot}/a/{SLUG}")
    parts = browser.find_elements(By.CSS_SELECTOR, ".st-text > p")
    stopped = parts[2 * len(parts) // 3]
    begins = stopped.text[:6]
    before = len(places(demo, SLUG, "r:"))
    browser.execute_script(TO_THE_LOWER_EDGE, stopped)
    browser.get(f"{demo.bot}/readyz")
    WebDriverWait(browser, PATIENCE).until(lambda _: len(places(demo, SLUG, "r:")) > before)
    percent = places(demo, SLUG, "r:")[-1]
    article = item(SLUG)
    lines = (CONTENT / "articles" / f"{SLUG}.md").read_text("utf-8").splitlines()
    line = next(n for n, words in enumerate(lines, 1) if begins in words.replace("*", ""))
    here = next(one for one in passages(article, WHOLE) if one.start < percent / 100 <= one.end + 0.01)
    following = [one.line for one in passages(article, WHOLE) if one.start >= here.end]
    assert here.line <= line < min(following, default=len(lines) + 1)


def test_after_paying_the_place_is_one_in_the_whole_text(buyer: str, browser: webdriver.Chrome, demo: Demo) -> None:
    open_item(browser, "有没有跑步的文章", "running-30")
    scroll_to_button(browser)
    WebDriverWait(browser, PATIENCE).until(lambda _: places(demo, "running-30", buyer) == [89])
    browser.execute_script("const now = Date.now; Date.now = () => now() + 60000")  # a minute at the cashier
    one(browser, "#buy").click()
    at_cashier(browser, "pay")
    whole(browser, "running-30")
    WebDriverWait(browser, PATIENCE).until(lambda _: 0 < places(demo, "running-30", buyer)[0] < 60)
