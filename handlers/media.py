"""Pictures, places, files: no words to learn from, but never silence."""

from __future__ import annotations

import re
import unicodedata

from domain.answer import Answer
from domain.message import Message
from handlers.visit import Visit

_NAMED_FACE = re.compile(r"\[[\u4e00-\u9fffa-z]{1,8}\]")
_SENTENCES = {"shortvideo": "video"}


def media(message: Message, visit: Visit) -> Answer:
    """A kind, useful sentence for each sort."""
    name = _SENTENCES.get(message.form, message.form)
    return visit.answer(name if name in ("image", "voice", "video", "location", "link", "file") else "unknown")


def empty(message: Message, visit: Visit) -> Answer | None:
    """A text without words: nothing at all, or marks nobody sees."""
    return None if visit.understood.plain.strip() else visit.answer("unknown")


def faces(message: Message, visit: Visit) -> Answer | None:
    """Nothing but faces, as characters or as WeChat writes them: [微笑]."""
    said = visit.understood.plain
    left = _NAMED_FACE.sub("", said)
    if visit.understood.asked or any(map(str.isalnum, left)):
        return None
    seen = left != said or any(unicodedata.category(char) == "So" for char in left)
    return visit.answer("faces") if seen else None
