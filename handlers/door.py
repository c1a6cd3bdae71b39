"""The door of the chat: a genuine push goes in, the words of its answer come out. Nothing passes it but an answer.

This is the error boundary: whatever fails inside, the follower hears a sentence and the log says what happened.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import replace
from zoneinfo import ZoneInfo

from catalog.live import LiveCatalog
from domain.answer import Answer
from domain.claim import ClaimCodes
from domain.ids import CHANCE_BYTES, handle, new_id
from domain.link import LinkSigner
from domain.message import Message
from domain.quota import REPLY_TEXT_BYTES
from domain.reply import Text, first_page
from errors import Overtaken, ShutongError
from flows.admit_message import admit
from flows.deliver_receipt import Place, unsaid_letters
from flows.offer_items import Pen
from flows.price_item import Prices
from flows.show_held import Visiting, held_push
from handlers.routes import make_robot
from handlers.visit import Tap, Visit
from storage.together import Together
from storage.vault import Vault
from wechat.replies import render
from wechat.xmltree import Tree

log = logging.getLogger(__name__)


def _exposure_ids(openid: str, now: int) -> Callable[[], str]:
    mine = handle(openid)
    return lambda: mine + new_id(now, secrets.token_bytes(CHANCE_BYTES))


WANTS_NO_WORDS = (
    "view_event", "view_miniprogram_event", "unsubscribe_event", "scancode_push_event", "location_select_event",
    "pic_sysphoto_event", "pic_photo_or_album_event", "pic_weixin_event",
)  # fmt: skip
"""Acts after which the follower looks at something else: an apology would only puzzle."""


MOST_NEWS = 3
"""Told before one answer: the rest comes with the next."""


class Door:
    """Answers genuine pushes for one account."""

    def __init__(
        self, together: Together, catalog: LiveCatalog, links: LinkSigner, public_url: str, tappable: bool,
        zone: ZoneInfo, claims: ClaimCodes, vault: Vault | None, chance: Callable[[], float],
        count: Callable[[str, str], None] = lambda kind, outcome: None, visiting: Visiting | None = None,
    ) -> None:  # fmt: skip
        self._together, self._catalog, self._links = together, catalog, links
        self._public_url, self._tap, self._zone, self._claims = public_url, Tap(tappable), zone, claims
        self._vault, self._visiting = vault, visiting
        self._robot = make_robot()
        self._count, self._chance = count, chance

    def receive(self, fields: Tree, now: int) -> str:
        """The reply's XML, or "" for ``success``. Never raises."""
        message = self._robot.read(fields, now)
        if not message.openid:  # nobody did anything: a packet for a third-party platform
            self._count(message.kind, "ignored")
            return ""
        visit = self._visit(message, now)
        try:
            try:
                words = self._admit(message, visit)
            except Overtaken:  # somebody took meanwhile what the answer promised: decide once more
                visit = self._visit(message, now)
                words = self._admit(message, visit)
            self._count(message.kind, "answered")
            return words
        except ShutongError as trouble:
            log.error("push %s (%s) not stored: %s", message.key, message.form, trouble)
            self._count(message.kind, "apologised")
            return self._apologise(trouble.sentence, message, visit)
        except Exception:
            log.exception("push %s (%s) failed", message.key, message.form)
            self._count(message.kind, "apologised")
            return self._apologise("sorry", message, visit)

    def _admit(self, message: Message, visit: Visit) -> str:
        words = admit(
            self._together,
            message,
            lambda: self._paged(self._with_push(self._with_news(self._decide(message, visit), visit), visit), visit),
            lambda answer: self._render(answer, message, visit.now),
        )
        return words if self._vault is None or words.startswith("<") else self._vault.show(words)

    def _decide(self, message: Message, visit: Visit) -> Answer:
        """The handlers' answer. One that fails gives way to an apology, which is stored like any answer, so that
        what the follower said is not lost."""
        try:
            return self._robot.answer(message, visit)
        except ShutongError:
            raise
        except Exception:
            log.exception("no handler could answer push %s (%s)", message.key, message.form)
            return visit.answer("sorry", **visit.sentence_fields())

    def _with_news(self, answer: Answer, visit: Visit) -> Answer:
        """The answer after what is owed to them and no channel could carry: a receipt, the news of a refund."""
        if not isinstance(answer.reply, Text) or answer.erase:
            return answer
        place = Place(self._public_url, self._zone)
        letters = unsaid_letters(visit.store, visit.catalog, place, visit.openid, visit.now)[:MOST_NEWS]
        if not letters:
            return answer
        text = "\n\n".join([*(words for _, words in letters), answer.reply.text])
        return replace(answer, reply=Text(text), shown=tuple(which for which, _ in letters))

    def _with_push(self, answer: Answer, visit: Visit) -> Answer:
        """The answer, and under it what a campaign had for them and no channel could carry, where there is room; not
        under an answer about pushes."""
        if self._visiting is None or not isinstance(answer.reply, Text) or answer.erase or answer.opt_outs:
            return answer
        refused = [lesson.tag for lesson in answer.lessons if lesson.strength < 0]
        beside = [exposure.slug for exposure in answer.exposures]
        found = held_push(self._visiting, visit.store, visit.catalog, visit.openid, visit.now, refused, beside)
        if not found.words:
            return replace(answer, visited=found.visited) if found.visited else answer
        text = f"{answer.reply.text}\n\n{visit.say('held_push', text=found.words)}"
        if len(text.encode()) > REPLY_TEXT_BYTES:
            return answer  # with another answer
        private = answer.private or found.private
        return replace(answer, reply=Text(text), visited=found.visited, private=private)

    def _paged(self, answer: Answer, visit: Visit) -> Answer:
        """A text too long for one reply, cut; the rest waits for 更多."""
        if not isinstance(answer.reply, Text) or len(answer.reply.text.encode()) <= REPLY_TEXT_BYTES:
            return answer
        page, rest = first_page(answer.reply.text, self._tap(visit.say("more"), "更多"))
        return replace(answer, reply=Text(page), more=rest)

    def _visit(self, message: Message, now: int) -> Visit:
        store, catalog = self._together.store, self._catalog.current
        prices = Prices(store, catalog.coupons, message.openid, now)
        pen = Pen(self._public_url, self._links, _exposure_ids(message.openid, now), self._tap, prices)
        return Visit(
            store, catalog, pen, message.openid, message.text, now, self._zone, self._claims, self._chance, self._vault
        )  # fmt: skip

    def _render(self, answer: Answer, message: Message, now: int) -> str:
        words = render(answer.reply, message, now) if answer.reply else ""
        return self._vault.hide(words) if answer.private and self._vault else words  # it is kept for a day

    def _apologise(self, sentence: str, message: Message, visit: Visit) -> str:
        if message.report is not None or not message.openid or message.form in WANTS_NO_WORDS:
            return ""
        return render(Text(visit.say(sentence, **visit.sentence_fields())), message, message.at)
