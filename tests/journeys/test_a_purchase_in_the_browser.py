"""Buying in a real browser: chat, link, button, cashier, the whole article; and the ways in which it goes otherwise."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

from tests.journeys.conftest import Demo
from tests.journeys.test_phone_in_the_browser import PATIENCE, chat_says, links, one, paid_sentences

NUMBERS = itertools.count(1)


@pytest.fixture
def person(demo: Demo, browser: webdriver.Chrome) -> str:
    """A new follower, whose phone is open."""
    return new_follower(demo, browser, f"买书人{next(NUMBERS)}")


def new_follower(demo: Demo, browser: webdriver.Chrome, name: str) -> str:
    """The openid of somebody who has just followed, and whose phone the browser shows."""
    made: dict[str, Any] = demo.control("followers", {"name": name})
    openid = str(made.get("openid") or made["follower"]["openid"])
    demo.control(f"followers/{openid}/follow", {})
    browser.get(demo.phone)
    one(browser, 'body[data-live="yes"]')
    one(browser, f'[data-testid="person-{openid}"]').click()
    chat_says(browser, "先选几样你感兴趣的吧")
    return openid


@pytest.fixture
def system(demo: Demo) -> Iterator[Any]:
    """Sets what the phone's browser is; afterwards it is WeChat's on Android again."""
    yield lambda name: demo.control("settings", {"phone_system": name})
    demo.control("settings", {"phone_system": "android"})


def open_item(browser: webdriver.Chrome, words: str, slug: str) -> None:
    """Ask in the chat and tap the link of the answer; the browser is then in the page."""
    one(browser, '[data-testid="say"]').send_keys(words)
    one(browser, '[data-testid="send"]').click()
    WebDriverWait(browser, PATIENCE).until(lambda page: links(page, f"/go/{slug}"))
    links(browser, f"/go/{slug}")[-1].click()
    into_page(browser)


def into_page(browser: webdriver.Chrome) -> None:
    browser.switch_to.default_content()
    browser.switch_to.frame(one(browser, '[data-testid="page"]'))


def at_cashier(browser: webdriver.Chrome, choice: str) -> None:
    """Choose at the payment sheet, and return to the page."""
    browser.switch_to.default_content()
    one(browser, f'[data-testid="cashier-{choice}"]').click()
    into_page(browser)


def whole(browser: webdriver.Chrome, slug: str) -> None:
    """The page shows the paid part."""
    one(browser, "#rest")
    text = browser.find_element(By.TAG_NAME, "body").text
    assert any(sentence in text for sentence in paid_sentences(slug))


def told(browser: webdriver.Chrome, words: str) -> None:
    WebDriverWait(browser, PATIENCE).until(lambda page: words in page.find_element(By.ID, "buy-told").text)


def scroll_to_button(browser: webdriver.Chrome) -> None:
    """Read down to the button."""
    browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", one(browser, "#buy"))


def test_two_taps_lead_from_the_reply_to_the_cashier_and_paying_goes_on_where_one_was(
    person: str, browser: webdriver.Chrome
) -> None:
    open_item(browser, "有没有跑步的文章", "running-30")  # the first tap
    scroll_to_button(browser)
    assert browser.execute_script("return location.hash + location.search") == ""
    before = browser.execute_script("return scrollY")
    one(browser, "#buy").click()  # the second
    browser.switch_to.default_content()
    assert one(browser, '[data-testid="cashier-amount"]').text == "¥9.90"
    at_cashier(browser, "pay")
    whole(browser, "running-30")
    assert "付好了，接着读" in one(browser, ".st-thanks").text
    after = browser.execute_script("return scrollY")
    assert before > 200 and abs(after - before) < 400
    seen = browser.execute_script("const box = document.getElementById('rest').getBoundingClientRect(); return box.top")
    assert 0 < seen < browser.execute_script("return innerHeight")
    assert not browser.find_elements(By.ID, "buy")
    browser.switch_to.default_content()
    one(browser, '[data-testid="say"]').send_keys("已购")
    one(browser, '[data-testid="send"]').click()
    chat_says(browser, "从喘到跑")


def test_who_cancels_is_told_and_may_pay_after_all(person: str, browser: webdriver.Chrome) -> None:
    open_item(browser, "有没有基金的文章", "index-fund-30")
    one(browser, "#buy").click()
    at_cashier(browser, "cancel")
    told(browser, "还没有付款")
    assert not browser.find_elements(By.ID, "rest")
    one(browser, "#buy").click()
    at_cashier(browser, "pay")
    whole(browser, "index-fund-30")


def test_who_paid_while_the_network_broke_gets_the_article_without_paying_again(
    demo: Demo, person: str, browser: webdriver.Chrome
) -> None:
    demo.control("pay/notify-tricks", {"tricks": ["lost"]})
    open_item(browser, "有没有基金的文章", "index-fund-30")
    one(browser, "#buy").click()
    at_cashier(browser, "network")
    whole(browser, "index-fund-30")
    orders = demo.control("pay/orders")["orders"]
    paid = [order for order in orders if order.get("payer", {}).get("openid") == person]  # type: ignore[attr-defined]
    assert [order["trade_state"] for order in paid] == ["SUCCESS"]


def test_outside_wechat_a_code_is_scanned_and_the_purchase_claimed_in_the_chat(
    demo: Demo, person: str, browser: webdriver.Chrome
) -> None:
    browser.switch_to.new_window("tab")
    browser.get(f"{demo.bot}/a/running-30")
    one(browser, "#buy").click()
    picture = one(browser, "#buy-qr")
    WebDriverWait(browser, PATIENCE).until(lambda _: int(picture.get_property("naturalWidth") or 0) > 100)
    (order,) = [one for one in demo.control("pay/orders")["orders"] if one["kind"] == "native"]  # type: ignore[attr-defined]
    choice = {"openid": person, "prepay_id": order["prepay_ids"][0], "way": "pay"}
    assert demo.control("pay/choose", choice)["err_msg"] == "get_brand_wcpay_request:ok"
    whole(browser, "running-30")
    code = one(browser, "#claim b").text
    browser.close()
    browser.switch_to.window(browser.window_handles[0])
    one(browser, '[data-testid="say"]').send_keys(code)
    one(browser, '[data-testid="send"]').click()
    WebDriverWait(browser, PATIENCE).until(lambda page: links(page, "/a/running-30"))
    links(browser, "/a/running-30")[-1].click()
    into_page(browser)
    whole(browser, "running-30")


def test_in_a_phones_other_browser_wechat_pays_and_leads_back_to_the_article(
    demo: Demo, person: str, browser: webdriver.Chrome, system: Any
) -> None:
    system("browser")
    open_item(browser, "有没有跑步的文章", "running-30")
    one(browser, "#buy").click()
    browser.switch_to.default_content()
    one(browser, '[data-testid="cashier-pay"]').click()
    into_page(browser)
    whole(browser, "running-30")


def test_on_an_iphone_there_is_no_price_and_no_button(person: str, browser: webdriver.Chrome, system: Any) -> None:
    system("ios")
    open_item(browser, "有没有跑步的文章", "running-30")
    assert "不在这台设备上出售" in one(browser, ".st-buy").text
    assert not browser.find_elements(By.ID, "buy") and "¥" not in browser.find_element(By.TAG_NAME, "body").text


def test_when_signing_in_fails_the_free_part_is_there_and_one_may_try_again(
    demo: Demo, person: str, browser: webdriver.Chrome
) -> None:
    demo.control("faults", {"next": [{"kind": "http_502", "path": "/sns/oauth2/access_token"}]})
    open_item(browser, "有没有跑步的文章", "running-30")
    assert "跑" in one(browser, "h1").text
    next(link for link in browser.find_elements(By.LINK_TEXT, "重新登录")).click()
    WebDriverWait(browser, PATIENCE).until(
        lambda page: page.find_elements(By.ID, "buy") and not page.find_elements(By.LINK_TEXT, "重新登录")
    )
    one(browser, "#buy").click()
    at_cashier(browser, "pay")
    whole(browser, "running-30")


def test_on_their_own_page_a_reader_has_an_interest_forgotten(
    demo: Demo, person: str, browser: webdriver.Chrome
) -> None:
    open_item(browser, "有没有跑步的文章", "running-30")
    one(browser, 'a[href="/me"]').click()
    row = one(browser, '.st-me__interest[data-tag="跑步"]')
    assert "因为你问过「跑步」" in row.text
    row.find_element(By.TAG_NAME, "button").click()
    WebDriverWait(browser, PATIENCE).until(lambda page: "已经忘了" in page.find_element(By.ID, "me-told").text)
    assert not browser.find_elements(By.CSS_SELECTOR, '.st-me__interest[data-tag="跑步"]')


def test_on_their_own_page_a_reader_chooses_refuses_and_has_all_forgotten(
    person: str, browser: webdriver.Chrome
) -> None:
    def says(words: str) -> None:
        WebDriverWait(browser, PATIENCE).until(lambda page: words in page.find_element(By.ID, "me-told").text)

    open_item(browser, "有没有跑步的文章", "running-30")
    one(browser, 'a[href="/me"]').click()
    chip = one(browser, '.st-me__choice[data-tag="美食"]')
    chip.click()
    says("你喜欢「美食」")
    assert chip.get_attribute("aria-pressed") == "true"
    chip.click()
    says("已经忘了")
    assert chip.get_attribute("aria-pressed") == "false"
    row = one(browser, '.st-me__interest[data-tag="跑步"]')
    row.find_element(By.CSS_SELECTOR, '[data-act="refuse"]').click()
    says("以后不推「跑步」")
    assert "你说过不要" in row.text and "因为你问过" not in row.text
    every = one(browser, "#forget-all")
    every.click()
    assert "再点一次" in every.text and browser.find_elements(By.CSS_SELECTOR, ".st-me__interest")
    WebDriverWait(browser, PATIENCE).until(lambda _: every.is_enabled())
    every.click()
    WebDriverWait(browser, PATIENCE).until(lambda page: page.find_elements(By.CSS_SELECTOR, "#interests .st-me__none"))
    assert not browser.find_elements(By.CSS_SELECTOR, ".st-me__interest")
