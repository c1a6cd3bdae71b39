"""Rendering a reply as WeChat's XML, through WeRoBot's reply classes, with everything that breaks CDATA removed."""

from __future__ import annotations

import re

from werobot.replies import Article, ArticlesReply, TextReply, TransferCustomerServiceReply

from domain.message import Message
from domain.quota import CARD_DESCRIPTION_CHARACTERS, CARD_TITLE_CHARACTERS
from domain.reply import Card, Reply, Text

_EMPTY_CONTENT = re.compile(r"<Content><!\[CDATA\[\]\]></Content>\s*")
"""WeRoBot puts one into news replies; WeChat's own have none."""

# All that XML 1.0 forbids, lone surrogates among it.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def clean(text: str) -> str:
    """`text` as it may stand inside CDATA: no forbidden characters, and no end of CDATA."""
    return _FORBIDDEN.sub("", text).replace("]]>", "]]]]><![CDATA[>")


def render(reply: Reply, message: Message, now: int) -> str:
    """The XML that answers `message`: names swapped, one article at the most."""
    frame = {"source": clean(message.account), "target": clean(message.openid), "time": now}
    if isinstance(reply, Text):
        return str(TextReply(content=clean(reply.text), **frame).render()).strip()
    if isinstance(reply, Card):
        made = ArticlesReply(**frame)
        made.add_article(
            Article(
                title=clean(reply.title[:CARD_TITLE_CHARACTERS]),
                description=clean(reply.description[:CARD_DESCRIPTION_CHARACTERS]),
                img=clean(reply.picture),
                url=clean(reply.url),
            )
        )
        return _EMPTY_CONTENT.sub("", str(made.render()).strip(), count=1)
    return str(TransferCustomerServiceReply(**frame).render()).strip()
