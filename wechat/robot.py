"""WeRoBot, made safe: our subclass keeps its handler registry and routing and closes what it leaves open.

What is closed, by the numbers of the hazards found in version 1.13.1: opening and verifying are not here but in
``envelope`` (W2-W5, W12-W15, W21); no session (W9-W11); errors are not swallowed (W6); unknown types reach their
handlers (W7, W8); a handler may return an ``Answer`` or None and nothing else (W17); replies are rendered in
``replies`` (W1, W18-W20); retries are remembered in ``flows/admit_message.py`` (W16); its configuration files and
its API client are not used (W22).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from werobot.robot import BaseRoBot

from domain.answer import Answer
from domain.message import Message
from wechat.messages import ACCOUNT_EVENTS, MEDIA_TYPES, normalise, parse
from wechat.xmltree import Tree

MOST_ROUTES = 200
"""Names of unknown types are the sender's words: they are not kept without end."""

Handler = Callable[[Message, Any], Answer | None]


class Robot(BaseRoBot):  # type: ignore[misc]
    """Asks its handlers one after the other, in the order they were added; the first answer counts."""

    message_types = list(  # noqa: RUF012 - WeRoBot's name for it
        dict.fromkeys([*BaseRoBot.message_types, *ACCOUNT_EVENTS, *MEDIA_TYPES, "view_miniprogram_event"])
    )

    def __init__(self) -> None:
        super().__init__(token="not used here", logger=logging.getLogger("werobot"), session_storage=False)  # noqa: S106
        self.config["SESSION_STORAGE"] = False
        self._routes: dict[str, list[Handler]] = {}

    def get_handlers(self, type: str) -> list[tuple[Handler, int]]:  # noqa: A002 - WeRoBot's name for it
        """The handlers of a type; a type nobody knows goes to those of ``unknown`` or ``unknown_event``."""
        known = type if type in self._handlers else "unknown_event" if type.endswith("_event") else "unknown"
        return list(super().get_handlers(known))

    def read(self, fields: Tree, at: int) -> Message:
        """The message in the fields of a genuine push."""
        return normalise(parse(fields), at)

    def answer(self, message: Message, visit: Any) -> Answer:
        """The first answer any handler gives. Exceptions go to the caller, whose boundary decides."""
        for handler in self._route(message):
            answer = handler(message, visit)
            if answer is None:
                continue
            if not isinstance(answer, Answer):
                raise TypeError(f"{handler.__name__} must return an Answer or None")
            return answer
        raise LookupError(f"no handler for {message.form}: the last resort is missing")

    def _route(self, message: Message) -> list[Handler]:
        """The handlers that may answer; words are words, whether typed or spoken."""
        route = "text" if message.text else message.form
        found = self._routes.get(route)
        if found is None:
            found = [handler for handler, _ in self.get_handlers(route)]
            if len(self._routes) < MOST_ROUTES:
                self._routes[route] = found
        return found
