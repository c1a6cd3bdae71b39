"""What the console's pages share, and how amounts, times and people are written on them."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, g, make_response, render_template, request

from catalog.campaign_editor import CampaignFiles
from catalog.live import LiveCatalog
from domain.console import AUDIT, CAMPAIGNS, CONTENT, FACTS, LOOK, MONEY, PEOPLE, SEND, shortened
from domain.order import READER
from flows.till import Till
from storage.console_users import ConsoleUsers
from storage.store import Store
from storage.vault import Vault
from web import console_words as words
from web.console_door import ConsoleDoor, Operator

PAGE_ROWS = 30
BEGINNING = (2**53, "")
"""Before the newest row of every list."""
NAV = (
    ("/console/", "待处理", LOOK),
    ("/console/orders", "订单", LOOK),
    ("/console/evidence", "对账", LOOK),
    ("/console/funnel", "漏斗", LOOK),
    ("/console/content", "内容", CONTENT),
    ("/console/campaigns", "活动", LOOK),
    ("/console/followers", "读者", PEOPLE),
    ("/console/log", "记录", AUDIT),
)
"""What stands at the head of every page: path, name, the right one needs to see it."""


@dataclass(frozen=True, slots=True)
class Office:
    """Everything a page of the console needs. ``till`` is None where no merchant is set up; ``show`` decrypts;
    ``vault`` holds personal facts, None before ``DATA_KEYS`` are set."""

    store: Store
    catalog: LiveCatalog
    till: Till | None
    users: ConsoleUsers
    door: ConsoleDoor
    clock: Callable[[], float]
    zone: ZoneInfo
    show: Callable[[str], str]
    vault: Vault | None
    campaign_files: CampaignFiles

    @property
    def now(self) -> int:
        """Seconds since 1970."""
        return int(self.clock())

    @property
    def me(self) -> Operator:
        """Who asks; a stranger gets no further than the door."""
        operator: Operator = g.operator
        return operator

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """A page of the console."""
        rights = {
            "MONEY": MONEY, "AUDIT": AUDIT, "CONTENT": CONTENT, "LOOK": LOOK, "PEOPLE": PEOPLE, "FACTS": FACTS,
            "CAMPAIGNS": CAMPAIGNS, "SEND": SEND,
        }  # fmt: skip
        written = {"money": money, "when": self.when, "words": words, "word": words.word, "short": short}
        me: Operator | None = g.get("operator")
        nav = [(path, name) for path, name, right in NAV if me and me.may(right)]
        place = {"me": me, "nav": nav, "here": request.path}
        page = render_template(f"console/{template}", **place, **rights, **written, **values)
        return make_response(page, status)

    def when(self, at: int | None) -> str:
        """A moment in the account's time: ``11-23 12:00``, with the year when it is another."""
        if at is None:
            return ""
        moment = dt.datetime.fromtimestamp(at, self.zone)
        this_year = dt.datetime.fromtimestamp(self.now, self.zone).year == moment.year
        return moment.strftime("%m-%d %H:%M" if this_year else "%Y-%m-%d %H:%M")


def money(fen: int) -> str:
    """An amount: 990 -> ``¥9.90``, 0 -> ``¥0.00``."""
    return f"¥{fen // 100}.{fen % 100:02d}"


def short(buyer: str) -> str:
    """Who bought, for lists: part of the openid, or that it was a browser nobody signed in with."""
    return f"浏览器 {shortened(buyer.removeprefix(READER))}" if buyer.startswith(READER) else shortened(buyer)


def position(text: str) -> tuple[int, str]:
    """Where a list goes on: ``<time>.<id>``; the beginning for anything else."""
    at, _, no = text.partition(".")
    return (int(at), no) if re.fullmatch(r"[0-9]{1,15}", at) and re.fullmatch(r"[0-9a-z]{1,64}", no) else BEGINNING
