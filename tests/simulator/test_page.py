"""The phone page in a real browser. Needs Chromium and its driver; skipped by name where they are absent."""

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from conftest import CHEN, Api
from flask import Flask
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait
from tiny_bot import TinyBot, reply, text_reply
from werkzeug.serving import make_server

from simulator.clock import PlatformClock

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
DRIVER = shutil.which("chromedriver")
pytestmark = [
    pytest.mark.skipif(
        not (BROWSER and DRIVER) and not os.environ.get("CI"),
        reason="chromium and chromedriver are not installed",
    ),
    pytest.mark.xdist_group("browser"),
]
FLAGS = (
    "headless",
    "no-sandbox",
    "disable-gpu",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
    "no-first-run",
    "disable-dev-shm-usage",
    "window-size=1280,900",
)


class Page:
    """The page by its test ids, waiting a little for each thing."""

    def __init__(self, driver: Any, address: str) -> None:
        self.driver, self.address = driver, address
        driver.get(address)
        self.until(lambda: driver.execute_script("return document.body.dataset.live") == "yes")

    def until(self, true: Callable[[], Any]) -> Any:
        return WebDriverWait(self.driver, 10, poll_frequency=0.03).until(lambda _: true())

    def all(self, mark: str) -> list[Any]:
        return list(self.driver.find_elements(By.CSS_SELECTOR, f'[data-testid="{mark}"]'))

    def click(self, mark: str) -> None:
        def clicked() -> bool:
            found = [one for one in self.all(mark) if one.is_displayed() and one.is_enabled()]
            if found:
                self.driver.execute_script("arguments[0].click()", found[-1])
            return bool(found)

        self.until(clicked)

    def see(self, mark: str, words: str) -> None:
        self.until(lambda: any(words in (one.text or "") for one in self.all(mark)))

    def say(self, words: str) -> None:
        self.until(lambda: self.all("say")[0].is_enabled())
        self.all("say")[0].send_keys(words)
        self.click("send")


@pytest.fixture
def page(app: Flask, bot: TinyBot, api: Api) -> Iterator[Page]:
    menu = {
        "button": [
            {"type": "click", "name": "推荐", "key": "R"},
            {"name": "我的", "sub_button": [{"type": "click", "name": "已购", "key": "MINE"}]},
        ]
    }
    api.post("/cgi-bin/menu/create", menu)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    app.extensions["platform"].base_url = f"http://127.0.0.1:{server.port}"
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    options = webdriver.ChromeOptions()
    for flag in FLAGS:
        options.add_argument(f"--{flag}")
    options.binary_location = str(BROWSER)
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        yield Page(driver, f"http://127.0.0.1:{server.port}/")
    finally:
        driver.quit()
        server.shutdown()
        server.server_close()


def test_a_follower_uses_the_phone(page: Page, bot: TinyBot) -> None:
    link = '<a href="weixin://bizmsgmenu?msgmenucontent=我喜欢健身&msgmenuid=1">健身</a> <b>粗</b>'

    site = bot.url.replace("/wechat", "/a")

    def answer(fields: dict[str, str]) -> str | bytes | None:
        if fields.get("Event") == "subscribe":
            return text_reply(fields, f"欢迎 {link}")
        if fields.get("EventKey") == "R":
            item = f"<item><Title>跑步</Title><Description/><PicUrl/><Url>{site}</Url></item>"
            return reply(fields, "news", f"<ArticleCount>1</ArticleCount><Articles>{item}</Articles>")
        if fields.get("Content") == "坏":
            return b"<xml>"
        return text_reply(fields, f"你说 {fields['Content']}") if "Content" in fields else None

    bot.answer = answer
    page.click(f"person-{CHEN}")
    page.click("follow")
    page.see("chat-account", "<b>粗</b>")
    page.click("chat-link")
    page.see("chat-account", "你说 我喜欢健身")
    page.say("在吗")
    page.see("chat-account", "你说 在吗")
    page.say("坏")
    page.see("chat-note", "服务出现故障")
    page.click("menu-1")
    page.click("menu-1-0")
    page.see("chat-note", "success")
    page.click("menu-0")
    page.until(lambda: page.all("news-card"))
    page.click("news-card")
    page.until(lambda: page.all("pane")[0].is_displayed())
    assert page.all("page")[0].get_attribute("src").startswith("http://p0.localhost:")
    page.click("pane-close")
    rules = {one.get_attribute("data-rule") for one in page.all("wire-entry")}
    assert {"reply", "malformed_xml", "silent"} <= rules
    page.click("more")
    page.click("scan")
    page.until(lambda: page.all("scan-scene"))
    page.all("scan-scene")[0].send_keys("c_42")
    page.click("scan-go")
    page.see("chat-note", "c_42")
    page.click("more")
    page.click("send-voice")
    page.click("voice-sheet-go")
    page.see("chat-follower", "有没有跑步的文章")
    page.click("tab-state")
    page.see("state", CHEN)
    page.click("tab-trouble")
    page.click("fault-push_answer_lost")
    page.say("再来")
    page.see("chat-account", "你说 再来")
    page.click("tab-wire")
    page.until(lambda: any(one.get_attribute("data-attempt") == "2" for one in page.all("wire-entry")))
    errors = [
        line for line in page.driver.get_log("browser") if line["level"] == "SEVERE" and "/_static/" in line["message"]
    ]
    assert not errors


@pytest.mark.parametrize("width", [390, 768, 1024, 1280])
def test_the_page_fits_any_width_and_an_opened_page_is_in_sight(page: Page, bot: TinyBot, width: int) -> None:
    site = bot.url.replace("/wechat", "/a")
    bot.answer = lambda fields: text_reply(fields, f'<a href="{site}">一篇长长的文章</a>')
    size = {"width": width, "height": 844, "deviceScaleFactor": 1, "mobile": False}
    page.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    page.click(f"person-{CHEN}")
    page.click("follow")
    page.click("chat-link")
    page.until(lambda: page.all("pane")[0].is_displayed())
    ask = page.driver.execute_script
    assert ask("return document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    box = "const box = document.querySelector('[data-testid=\"%s\"]').getBoundingClientRect();"
    assert ask(f"{box % 'pane'} return box.top >= 0 && box.bottom <= innerHeight && box.width >= 370"), (
        "the opened page"
    )
    assert ask(f"{box % 'wire'} return box.width >= 300"), "the wire is wide enough to read"
    phone = ask(f"{box % 'phone'} return [box.height, box.bottom <= innerHeight]")
    assert phone[1], "the menu at the phone's foot is in sight"
    assert abs(phone[0] - ask(f"{box % 'pane'} return box.height")) <= 20, "a page is as high as the phone"
    page.click("pane-close")
    page.click("more")
    page.click("scan")
    page.until(lambda: page.all("scan-cancel"))
    assert ask(f"{box % 'scan-cancel'} return box.bottom <= innerHeight"), "the sheet"


def test_a_new_follower_is_added_on_the_page_and_time_goes_on(page: Page, clock: PlatformClock) -> None:
    page.click("person-new")
    page.until(lambda: page.all("new-sheet-input"))
    page.all("new-sheet-input")[0].send_keys("张小新")
    page.click("new-sheet-go")
    page.see("people", "张小新")
    page.until(lambda: page.all("follow")[0].is_displayed())
    page.click("follow")
    page.until(lambda: page.all("unfollow")[0].is_displayed())
    page.click("tab-state")
    page.see("state", "张小新")
    page.click("tab-time")
    page.click("speed-600")
    first = page.all("platform-time")[0].text
    page.until(lambda: page.all("platform-time")[0].text not in ("", first))
    assert clock.speed == 600
