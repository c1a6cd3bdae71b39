"""What a handler may use while it answers one message: reads, the catalogue, a pen. No network, and no writing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from html import escape
from urllib.parse import quote
from zoneinfo import ZoneInfo

from catalog.load import Catalog
from domain.answer import Answer, Lesson
from domain.claim import ClaimCodes
from domain.interests import not_repeated
from domain.ranking import Ranked
from domain.reply import Text
from flows.know_follower import Known, know
from flows.learn_interests import Understood, understand
from flows.offer_items import Pen, choose
from storage.store import Store
from storage.vault import Vault


class Tap:
    """Words that a follower can tap to send them: ``weixin://bizmsgmenu`` links, or plain words where turned off."""

    def __init__(self, tappable: bool) -> None:
        self._tappable = tappable

    def __call__(self, shown: str, sent: str) -> str:
        if not self._tappable:
            return f"「{sent}」"
        return _tappable(shown, sent)


@lru_cache(maxsize=256)
def _tappable(shown: str, sent: str) -> str:
    return f'<a href="weixin://bizmsgmenu?msgmenucontent={quote(sent)}&msgmenuid=tap">{escape(shown)}</a>'


@dataclass
class Visit:
    """One message being answered."""

    store: Store
    catalog: Catalog
    pen: Pen
    openid: str
    text: str
    now: int
    zone: ZoneInfo
    claims: ClaimCodes
    chance: Callable[[], float]  # numbers in [0, 1)
    vault: Vault | None = None  # None where no DATA_KEYS are set: nothing is remembered about a person then

    @cached_property
    def minute(self) -> int:
        """Of the day, where the account is."""
        here = dt.datetime.fromtimestamp(self.now, self.zone)
        return here.hour * 60 + here.minute

    @cached_property
    def known(self) -> Known:
        """What is known about the follower."""
        return know(self.store, self.openid, self.now)

    @cached_property
    def understood(self) -> Understood:
        """What the words mean."""
        understood = understand(self.catalog, self.text)
        learned = self.learned(understood.lessons)
        return understood if learned == understood.lessons else replace(understood, lessons=learned)

    def learned(self, lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
        """Those of `lessons` that may be learned, and were not a moment ago: of somebody who wants no personalisation
        only what they refuse."""
        taught = tuple(lessons)
        if not taught:
            return taught
        if not self.known.personal:
            taught = tuple(one for one in taught if one.strength < 0)
        return not_repeated(taught, self.known.held, self.now)

    def choose(
        self, known: Known | None = None, skip: Collection[str] = (), among: Collection[str] | None = None,
        about: Collection[str] | None = None,
    ) -> list[Ranked]:  # fmt: skip
        """The items to offer next; `known` where this very message taught something. See ``offer_items.choose``."""
        return choose(self.catalog, known or self.known, self.now, self.chance, skip, among, about)

    def refused_before(self, tags: Iterable[str]) -> str:
        """A sentence about those of `tags`, or of their subjects, that the follower has refused earlier, "" when they
        refused none."""
        refused = {interest.tag for interest in self.known.held if interest.weight < 0}
        meant = [tag if tag in refused else self.catalog.parents.get(tag, tag) for tag in tags]
        named = "、".join(dict.fromkeys(tag for tag in meant if tag in refused))
        return self.say("refused_before", tag=named) if named else ""

    def say(self, sentence: str, **fields: object) -> str:
        """One of the bot's sentences, filled."""
        return self.catalog.replies.sentences[sentence].format(**fields)

    def answer(self, sentence: str, **fields: object) -> Answer:
        """A sentence as the whole answer."""
        return Answer(Text(self.say(sentence, **fields)))

    def closing(self) -> str:
        """What stands under a list."""
        return self.say("after_list", again=self.pen.tap(self.say("again"), "换一批"))

    def sentence_fields(self) -> Mapping[str, str]:
        """What an apology may use."""
        return {"retry": self.pen.tap(self.say("retry"), self.text[:40]) if self.text else ""}
