"""The fields of messages and events as the platform writes them (platform.md 1.4, 1.5)."""

import re
from collections.abc import Mapping
from typing import Any

from simulator.platform import Platform

MESSAGE_FIELDS: dict[str, dict[str, Any]] = {
    "text": {"Content": ""},
    "image": {"PicUrl": "", "MediaId": ""},
    "voice": {"MediaId": "", "Format": "amr"},
    "video": {"MediaId": "", "ThumbMediaId": ""},
    "shortvideo": {"MediaId": "", "ThumbMediaId": ""},
    "location": {
        "Location_X": "31.230416",
        "Location_Y": "121.473701",
        "Scale": "16",
        "Label": "上海市黄浦区人民大道",
    },
    "link": {"Title": "", "Description": "", "Url": ""},
    "file": {"Title": "", "Description": "", "FileKey": "", "FileMd5": "", "FileTotalLen": "0"},
}
"""Each message type with its own fields and what stands in them when nothing is given."""
OPTIONAL = {"text": ("bizmsgmenuid",), "voice": ("Recognition", "MediaId16K")}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,63}")


class BadMessageError(ValueError):
    """A message kind or field that the platform does not send."""


def _head(platform: Platform, openid: str, kind: str) -> dict[str, Any]:
    return {
        "ToUserName": platform.account.original_id,
        "FromUserName": openid,
        "CreateTime": platform.now(),
        "MsgType": kind,
    }


def message(platform: Platform, openid: str, kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """A message of `kind`; unknown kinds and fields raise BadMessageError. MsgId is new."""
    if kind not in MESSAGE_FIELDS:
        raise BadMessageError(f"kind {kind!r} is none of {', '.join(MESSAGE_FIELDS)}.")
    allowed = (*MESSAGE_FIELDS[kind], *OPTIONAL.get(kind, ()))
    unknown = [name for name in given if name not in allowed]
    if unknown:
        raise BadMessageError(f"a {kind} message has no {unknown[0]!r}; it may have {', '.join(allowed)}.")
    own = {name: str(given.get(name) or default) for name, default in MESSAGE_FIELDS[kind].items()}
    for name in own:
        if name.endswith("MediaId") and not own[name]:
            own[name] = f"media{platform.next_id()}"
    extra = {name: str(given[name]) for name in OPTIONAL.get(kind, ()) if given.get(name)}
    return {**_head(platform, openid, kind), **own, "MsgId": platform.next_id(), **extra}


def event(platform: Platform, openid: str, name: str, more: Mapping[str, Any]) -> dict[str, Any]:
    """An event with any further fields (nested mappings and lists as XML elements). Events have no MsgId."""
    for key in _names(more):
        if not _NAME.fullmatch(key):
            raise BadMessageError(f"{key!r} cannot be the name of an XML element.")
    return {**_head(platform, openid, "event"), "Event": name, **more}


def _names(value: Any) -> list[str]:
    if isinstance(value, Mapping):
        return [str(key) for key in value] + [name for item in value.values() for name in _names(item)]
    if isinstance(value, list):
        return [name for item in value for name in _names(item)]
    return []
