"""A reader rates an item, comes back, sees the stars they gave, and thinks again."""

from __future__ import annotations

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.wait import WebDriverWait

from tests.journeys.conftest import Demo
from tests.journeys.test_a_purchase_in_the_browser import new_follower, open_item
from tests.journeys.test_phone_in_the_browser import PATIENCE, one


def rate(browser: webdriver.Chrome, stars: int) -> None:
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", one(browser, "#feedback"))
    one(browser, f'label[for="star-{stars}"]').click()
    one(browser, "#feedback button").click()
    WebDriverWait(browser, PATIENCE).until(lambda page: "谢谢" in page.find_element(By.ID, "react-told").text)


def given(browser: webdriver.Chrome) -> tuple[str, str]:
    """The star that is marked, and what is told of it."""
    one(browser, "#feedback")
    marked = browser.execute_script("return (document.querySelector('input[name=stars]:checked') || {}).value || ''")
    return str(marked), browser.find_element(By.ID, "stars-title").text


def test_who_rated_an_item_sees_their_stars_and_may_change_them(demo: Demo, browser: webdriver.Chrome) -> None:
    new_follower(demo, browser, "打分的人")
    open_item(browser, "番茄炒蛋", "tomato-egg")
    assert given(browser) == ("", "给这一篇打个分")
    rate(browser, 2)
    assert given(browser) == ("2", "你给过 2 星，想改随时改"), "still there, to be changed"
    before = one(browser, "#feedback")
    browser.execute_script("location.reload()")
    WebDriverWait(browser, PATIENCE).until(staleness_of(before))
    assert given(browser) == ("2", "你给过 2 星，想改随时改"), "remembered"
    rate(browser, 5)
    assert given(browser) == ("5", "你给过 5 星，想改随时改")
