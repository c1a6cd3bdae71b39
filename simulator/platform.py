"""The whole state of the simulated platform, in one place, for one account."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from simulator.account import Account
from simulator.agenda import Agenda
from simulator.clock import PlatformClock
from simulator.drafts import Drafts
from simulator.faults import Faults
from simulator.followers import Follower, Followers
from simulator.mass import MassSends
from simulator.media import MediaStore
from simulator.menus import Menus
from simulator.oauth import SignIn
from simulator.pay.merchant import Merchant
from simulator.pay.orders import Orders
from simulator.qr import SceneCode
from simulator.quotas import Quotas
from simulator.samples import sample_followers
from simulator.settings import Settings
from simulator.tags import Tags
from simulator.templates import Template, marketing_words
from simulator.tokens import Tokens
from simulator.violations import Violations
from simulator.wire import Wire


@dataclass
class Platform:
    """State and the lock that guards it. Hold the lock for changes, never while talking to the bot."""

    account: Account
    webhook_url: str
    clock: PlatformClock = field(default_factory=PlatformClock)
    merchant: Merchant | None = None
    base_url: str = ""
    """Where this simulator is reached; learnt from the first request when empty."""

    host: str = ""
    """The name it was told to listen on: the control API answers to it and to loopback names."""

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self._changed = threading.Condition()
        self._revision = 0
        self._next_id = time.time_ns() // 100  # grows over restarts too: a bot may remember old MsgIds
        self.wire = Wire()
        self.agenda = Agenda(self.clock)
        self.generation = 0
        self.crowd_report: Callable[[], dict[str, Any]] = dict
        self.on_reset: list[Callable[[], None]] = []
        self._begin_account()
        self._begin_life()

    def _begin_account(self) -> None:
        """What the account's console and the bot's set-up calls made."""
        self.settings = Settings()
        self.tokens = Tokens()
        self.menus = Menus()
        self.tags = Tags()
        self.templates: dict[str, Template] = {}
        self.codes: dict[str, SceneCode] = {}
        self.short_keys: dict[str, tuple[str, int, int]] = {}
        self.js_ticket = ("", 0)

    def _begin_life(self) -> None:
        """What happened since: people, messages, orders, and what was ordered to go wrong."""
        self.followers = Followers(sample_followers())
        self.quotas = Quotas()
        self.media = MediaStore()
        self.sent_media: set[str] = set()
        self.drafts = Drafts()
        self.mass = MassSends()
        self.sign_in = SignIn()
        self.moves: list[tuple[int, bool]] = []
        self.rids: dict[str, dict[str, Any]] = {}
        self.ban_risks: list[dict[str, Any]] = []
        self.violations = Violations()
        self.template_ends: list[str] = []
        self.mass_ends: list[str] = []
        self.publish_ends: list[int] = []
        self.faults = Faults()
        self.orders = Orders()
        self.bills: dict[str, bytes] = {}
        self.notify_tricks: list[str] = []
        self.refund_ends: list[str] = []
        self._client_ids: dict[str, tuple[int, int]] = {}
        self.agenda.clear()

    def reset(self, keep_account: bool = False) -> None:
        """Back to the first day; `keep_account` keeps settings, tokens, menu, tags, templates, QR codes."""
        with self.lock:
            self.generation += 1
            if not keep_account:
                self._begin_account()
            self._begin_life()
            self.wire.clear()
            for forget in self.on_reset:
                forget()
        self.touch()

    def now(self) -> int:
        """Whole epoch seconds of the platform's clock."""
        return int(self.clock.now())

    def next_id(self) -> int:
        """A 64-bit number nobody had before: MsgId, media and job numbers."""
        with self.lock:
            self._next_id += 1
            return self._next_id

    def touch(self) -> None:
        """Tell waiting pages that something changed."""
        with self._changed:
            self._revision += 1
            self._changed.notify_all()

    @property
    def revision(self) -> int:
        return self._revision

    def wait_for_change(self, seen: int, seconds: float) -> int:
        """The revision, at once when it is not `seen`, else after a change or `seconds` real seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._revision != seen, seconds)
            return self._revision

    def remember(self, client_msg_id: str, msgid: int, now: int) -> None:
        if client_msg_id:
            self._client_ids[client_msg_id] = (msgid, now)

    def remembered(self, client_msg_id: str, now: int) -> int | None:
        """The msgid that a repeated client_msg_id got before, while it is remembered."""
        msgid, at = self._client_ids.get(client_msg_id, (0, 0))
        return msgid if msgid and now - at < self.settings.client_msg_id_seconds else None

    def has_medium(self, media_id: str) -> bool:
        """Whether it was uploaded and lives, or came with a follower's own message."""
        return media_id in self.sent_media or self.media.has(media_id, self.now())

    def template_status(self, person: Follower) -> str:
        """How a template message ends: as ordered beforehand, else by the person's own switch."""
        if self.template_ends:
            return self.template_ends.pop(0)
        return "failed:user block" if person.refuses else "success"

    def note_marketing(self, person: Follower, title: str, rows: list[dict[str, str]]) -> None:
        """Record a ban risk when a template message advertises (platform.md 7)."""
        text = " ".join([title, *(row["value"] for row in rows)])
        words = marketing_words(text)
        if words:
            risk = {"at": self.now(), "openid": person.openid, "words": words, "text": text}
            self.ban_risks.append(risk)
            self.violations.note("template_marketing", self.now(), "template", person.openid, text)

    def next_notify_trick(self) -> str:
        """What was ordered for the coming notification, else what chance brings."""
        if self.notify_tricks:
            return self.notify_tricks.pop(0)
        return self.faults.pick("notify").removeprefix("notify_")
