"""Operators with a browser at the console."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from bot_in_process import Bot
from werkzeug.test import Client, TestResponse

from domain.console import ADMIN, EDITOR, FINANCE, ROLES, VIEWER
from storage.console_users import ConsoleUsers
from tests.web.signed_in import DESKTOP, DOMAIN, SITE

NAMES = {VIEWER: "vera", EDITOR: "edda", FINANCE: "fina", ADMIN: "ada"}
PASSWORD = "correct horse battery"
COOKIE = "shutong_console"


def staff_in(file: Path) -> ConsoleUsers:
    """One user of each role, all with the same password, whose hash is a cheap one: comparing it takes no time."""
    cheap = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    file.write_text(json.dumps({NAMES[role]: {"role": role, "password": cheap} for role in ROLES}))
    return ConsoleUsers(file)


class Operator:
    """A browser at the console."""

    def __init__(self, bot: Bot, name: str = "", site: str = SITE, **environ: Any) -> None:
        self.bot, self.browser, self.site, self.environ = bot, Client(bot.app), site, environ
        self.token, self.page = "", ""
        if name:
            assert self.sign_in(name).status_code == 303

    def get(self, path: str) -> TestResponse:
        """Open a page; its token is used from now on."""
        return self._keep(
            self.browser.get(path, base_url=self.site, headers={"User-Agent": DESKTOP}, environ_overrides=self.environ)
        )

    def post(self, path: str, token: str | None = None, **fields: str) -> TestResponse:
        """Send a form of the page that is open."""
        form = {"csrf_token": self.token if token is None else token, **fields}
        answer = self.browser.post(
            path, base_url=self.site, data=form, headers={"User-Agent": DESKTOP}, environ_overrides=self.environ
        )
        return self._keep(answer)

    def sign_in(self, name: str, password: str = PASSWORD, after: str = "") -> TestResponse:
        """From the sign-in page."""
        self.get("/console/sign-in")
        answer = self.post("/console/sign-in", name=name, password=password, next=after)
        if answer.status_code == 303:
            self.get("/console/")
        return answer

    @property
    def cookie(self) -> str:
        """The session's cookie as it lies in the browser, "" without one."""
        found = self.browser.get_cookie(COOKIE, domain=DOMAIN, path="/console")
        return found.value if found else ""

    def steal(self, cookie: str) -> None:
        """Use somebody's cookie."""
        self.browser.set_cookie(COOKIE, cookie, domain=DOMAIN, path="/console", secure=True)

    def _keep(self, answer: TestResponse) -> TestResponse:
        found = re.search(r'name="csrf_token" value="([0-9a-f]+)"', answer.text)
        self.token, self.page = found[1] if found else self.token, answer.text
        return answer
