"""Writing to a follower first: customer-service texts, template messages, 订阅通知. One call each, never repeated here.

Every call raises ``PlatformError``; its ``unclear`` says whether the message may have gone out all the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from wechat.api import WeChatApi

Data = Mapping[str, Mapping[str, str]]
"""Keyword -> {"value": text}, as both kinds of notice take it."""


class Outbox:
    """Sends for one account. Gives WeChat's id of the message, "" where there is none."""

    def __init__(self, api: WeChatApi) -> None:
        self._api = api

    def text(self, openid: str, words: str) -> str:
        """A customer-service text; may hold ``<a href>``. Only while the follower's window is open."""
        self._api.message.send_text(openid, words)
        return ""

    def template(self, openid: str, template_id: str, data: Data, url: str, ours: str) -> str:
        """A template message. `ours` is our own id for it, so that WeChat sends it once (client_msg_id)."""
        told = self._api.post(
            "message/template/send",
            data={"touser": openid, "template_id": template_id, "url": url, "client_msg_id": ours[:50], "data": data},
        )
        return str(told.get("msgid", ""))

    def notice(self, openid: str, template_id: str, data: Data, url: str) -> str:
        """A 订阅通知, for which the follower consented once."""
        told = self._api.post(
            "message/subscribe/bizsend",
            data={"touser": openid, "template_id": template_id, "page": url, "data": data},
        )
        return str(told.get("msgid", ""))
