"""Pictures, places, files: no words to learn from, but never silence."""

from __future__ import annotations

from domain.answer import Answer
from domain.message import Message
from handlers.visit import Visit

_SENTENCES = {"shortvideo": "video"}


def media(message: Message, visit: Visit) -> Answer:
    """A kind, useful sentence for each sort."""
    name = _SENTENCES.get(message.form, message.form)
    return visit.answer(name if name in ("image", "voice", "video", "location", "link", "file") else "unknown")


def empty(message: Message, visit: Visit) -> Answer | None:
    """A text without words."""
    return None if message.text else visit.answer("unknown")
