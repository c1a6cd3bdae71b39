"""WeRoBot's message classes, completed, and turned into our own ``Message`` at the edge."""

from __future__ import annotations

import hashlib
import re
from typing import Any

from werobot.messages.events import EventMetaClass, SimpleEvent, UnknownEvent, WeChatEvent
from werobot.messages.messages import MessageMetaClass, UnknownMessage, WeChatMessage

from domain import message as kinds
from domain.message import Message
from wechat.xmltree import Tree


class PicturesSent(SimpleEvent):  # type: ignore[misc]
    """Pictures were chosen from a menu. WeRoBot's class believes Count, which can be wrong; the pictures follow
    as messages of their own, so we do not look at them here."""

    __type__ = ["pic_sysphoto_event", "pic_photo_or_album_event", "pic_weixin_event"]  # noqa: RUF012


class FileMessage(WeChatMessage):  # type: ignore[misc]
    """A file; not documented for Official Accounts, but received."""

    __type__ = "file"


class AccountEvent(WeChatEvent):  # type: ignore[misc]
    """WeChat reports on the account or on a job of ours. The follower did nothing, and hears nothing."""

    __type__ = [  # noqa: RUF012
        "templatesendjobfinish_event", "masssendjobfinish_event", "publishjobfinish_event",
        "freepublishjobfinish_event", "subscribe_msg_popup_event_event", "subscribe_msg_change_event_event",
        "subscribe_msg_sent_event_event", "kf_create_session_event", "kf_close_session_event",
        "kf_switch_session_event", "user_info_modified_event", "user_authorization_revoke_event",
        "user_authorization_cancellation_event", "qualification_verify_success_event",
        "qualification_verify_fail_event", "naming_verify_success_event", "naming_verify_fail_event",
        "annual_renew_event", "verify_expired_event",
    ]  # fmt: skip


ACCOUNT_EVENTS: tuple[str, ...] = tuple(AccountEvent.__type__)
MEDIA_TYPES = ("image", "voice", "video", "shortvideo", "location", "link", "file")

_KINDS = {
    "subscribe_event": kinds.FOLLOW,
    "unsubscribe_event": kinds.UNFOLLOW,
    "scan_event": kinds.SCAN,
    "click_event": kinds.MENU_TAP,
    "scancode_push_event": kinds.MENU_TAP,
    "scancode_waitmsg_event": kinds.MENU_TAP,
    "pic_sysphoto_event": kinds.MENU_TAP,
    "pic_photo_or_album_event": kinds.MENU_TAP,
    "pic_weixin_event": kinds.MENU_TAP,
    "location_select_event": kinds.MENU_TAP,
    "view_event": kinds.VIEW,
    "view_miniprogram_event": kinds.VIEW,
    "text": kinds.MESSAGE,
    **dict.fromkeys(MEDIA_TYPES, kinds.MEDIA),
}


_NUMBER = re.compile(r"[0-9]{1,39}")
# The key and the form stand in log lines: nothing in them may begin another line.
_ODD = re.compile(r"[^0-9a-z_.-]")


def parse(fields: Tree) -> Any:
    """WeRoBot's message object for the fields of a genuine push."""
    fields = dict(fields)
    form = str(fields.pop("MsgType", "")).lower()
    if form != "event":
        fields["type"] = form
        return MessageMetaClass.TYPES.get(form, UnknownMessage)(fields)
    fields["type"] = str(fields.pop("Event", "")).lower() + "_event"
    return EventMetaClass.TYPES.get(fields["type"], UnknownEvent)(fields)


def normalise(heard: Any, at: int) -> Message:
    """Our own message. A voice with its words recognised is a message in words."""
    fields: dict[str, Any] = heard.__dict__
    form: str = fields["type"]
    kind = _KINDS.get(form, kinds.REPORT if form.endswith("_event") else kinds.MEDIA)
    text = _text(fields, "Content") if form == "text" else _text(fields, "Recognition") if form == "voice" else ""
    if text:
        kind = kinds.MESSAGE
    openid = _text(fields, "OpenID") or _text(fields, "FromUserName")
    return Message(
        key=_key(fields, form),
        openid=openid[:64],
        account=_text(fields, "ToUserName"),
        at=at,
        kind=kind,
        form=_ODD.sub("?", form)[:64],
        text=text,
        detail=_detail(fields, form),
        report=fields if kind == kinds.REPORT else None,
    )


def _key(fields: dict[str, Any], form: str) -> str:
    """The same for every retry: who and MsgId, or for events who, when, what (one second may hold two different
    events)."""
    message_id = _text(fields, "MsgId")
    if message_id and not form.endswith("_event"):
        who = hashlib.sha256(_text(fields, "FromUserName").encode("utf-8", "replace")).hexdigest()[:16]
        number = message_id if _NUMBER.fullmatch(message_id) else hashlib.sha256(message_id.encode()).hexdigest()[:40]
        return f"m{number}.{who}"
    names = (
        "FromUserName",
        "CreateTime",
        "EventKey",
        "MsgID",
        "MsgId",
        "Content",
        "MediaId",
        "OpenID",
        "Ticket",
    )
    told = "\0".join([form, *(_text(fields, name) for name in names)])
    return "e" + hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:60]


def _detail(fields: dict[str, Any], form: str) -> str:
    if form == "text":
        return _text(fields, "bizmsgmenuid")
    if form.startswith("scancode"):
        scanned = fields.get("ScanCodeInfo")
        return _text(scanned, "ScanResult") if isinstance(scanned, dict) else ""
    for name in ("EventKey", "Label", "Url", "Title", "MediaId"):
        if _text(fields, name):
            return _text(fields, name)
    return ""


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return value if isinstance(value, str) else ""
