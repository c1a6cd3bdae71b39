"""The signature of wx.config (platform.md 5.2)."""

import hashlib
from collections.abc import Mapping
from typing import Any

FIELDS = ("appId", "timestamp", "nonceStr", "signature")


def signature(ticket: str, nonce: str, timestamp: str, url: str) -> str:
    """SHA-1 hex over ticket, nonce, timestamp and the page's url before its `#`, in this order."""
    text = f"jsapi_ticket={ticket}&noncestr={nonce}&timestamp={timestamp}&url={url}"
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def check(config: Mapping[str, Any], app_id: str, ticket: str, url: str) -> str:
    """What `wx.config` would complain of; empty when it is right."""
    if config.get("appId") != app_id:
        return "invalid appId"
    wanted = signature(ticket, str(config.get("nonceStr")), str(config.get("timestamp")), url.split("#")[0])
    return "" if ticket and config.get("signature") == wanted else "invalid signature"
