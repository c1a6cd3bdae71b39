"""Writing to followers first: customer-service texts, template messages, 订阅通知, mass sends. One call each, never
repeated here.

Every call raises ``PlatformError``; its ``unclear`` says whether the message may have gone out all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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

    def mass(self, openids: Sequence[str], words: str, ours: str) -> str:
        """A text to all of them: WeChat's msg_id of the job, which is only taken by this. `ours` is our own id for it
        (clientmsgid, at most 64 bytes): a repeated one raises with 45065 and the msg_id in ``known_as``."""
        told = self._api.post(
            "message/mass/send",
            data={"touser": [*openids], "msgtype": "text", "text": {"content": words}, "clientmsgid": ours},
        )
        return str(told.get("msg_id", ""))

    def mass_state(self, message_id: str) -> str:
        """How a job stands by WeChat's own books: ``SENDING``, ``SEND_SUCCESS``, ``SEND_FAIL``, ``DELETE``."""
        return str(self._api.post("message/mass/get", data={"msg_id": message_id}).get("msg_status", ""))
