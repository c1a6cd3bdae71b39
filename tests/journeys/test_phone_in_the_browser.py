"""A follower with a phone, in a real browser: follow, choose, ask, tap, read."""

from __future__ import annotations

from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.wait import WebDriverWait

from tests.journeys.conftest import ROOT, Demo

PATIENCE = 30
MOST_TAPS = 3
"""Lists are drawn by chance: one in fifty holds something else (``domain/ranking.py``, ``EXPLORED``)."""


def one(browser: webdriver.Chrome, css: str) -> WebElement:
    return WebDriverWait(browser, PATIENCE).until(
        lambda page: next((found for found in page.find_elements(By.CSS_SELECTOR, css) if found.is_displayed()), False)
    )


def chat_says(browser: webdriver.Chrome, words: str) -> None:
    WebDriverWait(browser, PATIENCE).until(
        lambda page: words in page.find_element(By.CSS_SELECTOR, '[data-testid="chat"]').text
    )


def links(browser: webdriver.Chrome, words: str) -> list[WebElement]:
    found = browser.find_elements(By.CSS_SELECTOR, '[data-testid="chat-link"]')
    return [link for link in found if words in (link.text + (link.get_attribute("data-href") or ""))]


def paid_sentences(slug: str) -> list[str]:
    paid = (ROOT / "content" / "articles" / f"{slug}.md").read_text().partition("<!-- more -->")[2]
    return [line.strip("#-*>| 0123456789.") for line in paid.splitlines() if len(line) > 20]


def test_a_new_follower_gets_from_hello_to_the_free_part_of_an_article(demo: Demo, browser: webdriver.Chrome) -> None:
    newcomer = demo.control("followers", {"name": "新来的"})
    openid = str(newcomer.get("openid") or newcomer["follower"]["openid"])  # type: ignore[index]
    browser.get(demo.phone)
    one(browser, 'body[data-live="yes"]')
    one(browser, f'[data-testid="person-{openid}"]').click()
    one(browser, '[data-testid="follow"]').click()
    chat_says(browser, "先选几样你感兴趣的吧")

    next(link for link in links(browser, "健身")).click()
    chat_says(browser, "记下了，你喜欢「健身」")

    one(browser, '[data-testid="say"]').send_keys("有没有跑步的文章")
    one(browser, '[data-testid="send"]').click()
    chat_says(browser, "因为你问到「跑步」")

    links(browser, "/go/running-30")[-1].click()
    frame = one(browser, '[data-testid="page"]')
    browser.switch_to.frame(frame)
    heading = one(browser, "h1")
    assert "跑" in heading.text
    shown = browser.page_source
    assert "¥9.90" in shown
    assert "因为你问到「跑步」" in shown
    assert not [sentence for sentence in paid_sentences("running-30") if sentence in shown]


def test_the_engineer_is_recommended_his_three_subjects(demo: Demo, browser: webdriver.Chrome) -> None:
    people = demo.control("followers")["followers"]
    engineer = next(one for one in people if one["about"]["occupation"] == "工程师")  # type: ignore[attr-defined,index]
    assert (engineer["about"]["age"], engineer["about"]["gender"]) == (30, "男")
    browser.get(demo.phone)
    one(browser, f'[data-testid="person-{engineer["openid"]}"]').click()
    menu = one(browser, '[data-testid="menu-0"]')
    assert menu.text == "推荐"
    lists: list[set[str]] = []
    while len(lists) < MOST_TAPS and {"科技", "健身", "旅行"} not in lists:
        said = len(browser.find_elements(By.CSS_SELECTOR, '[data-testid="chat-account"]'))
        menu.click()
        lists.append({subject_of(slug) for slug in offered(browser, said)})
    assert lists[-1] == {"科技", "健身", "旅行"}, lists


def offered(browser: webdriver.Chrome, said: int) -> list[str]:
    """Slugs of the answer that follows the first `said`."""
    css = '[data-testid="chat-account"]'
    WebDriverWait(browser, PATIENCE).until(lambda _: len(browser.find_elements(By.CSS_SELECTOR, css)) > said)
    last = browser.find_elements(By.CSS_SELECTOR, css)[-1]
    assert "为你挑了 3 篇" in last.text
    return [
        (link.get_attribute("data-href") or "").rsplit("/", 1)[1].split(".")[0]
        for link in last.find_elements(By.CSS_SELECTOR, '[data-testid="chat-link"]')
        if "/go/" in (link.get_attribute("data-href") or "")
    ]


def subject_of(slug: str) -> str:
    text = Path(ROOT / "content" / "articles" / f"{slug}.md").read_text()
    tags = next(line for line in text.splitlines() if line.startswith("tags:"))
    return tags.partition("[")[2].split(",")[0].strip(" ]")
