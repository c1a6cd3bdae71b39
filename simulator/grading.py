"""Judging the bot's answer to a push as the platform does (platform.md 2)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from simulator import envelope, xmltext
from simulator.account import Account
from simulator.settings import Settings
from simulator.transport import Answer

REQUIRED: dict[str, tuple[str, ...]] = {
    "text": ("Content",),
    "image": ("Image.MediaId",),
    "voice": ("Voice.MediaId",),
    "video": ("Video.MediaId",),
    "music": ("Music",),
    "news": ("ArticleCount", "Articles"),
    "transfer_customer_service": (),
}
"""Passive reply types and the elements each needs."""
_MEDIA = {"image": "Image", "voice": "Voice", "video": "Video"}
_TEXTS: dict[str, tuple[str, ...]] = {
    "text": ("Content",),
    "image": ("Image.MediaId",),
    "voice": ("Voice.MediaId",),
    "video": ("Video.MediaId", "Video.Title", "Video.Description"),
    "music": tuple(f"Music.{name}" for name in ("Title", "Description", "MusicUrl", "HQMusicUrl", "ThumbMediaId")),
    "news": ("ArticleCount",),
}
"""The elements of each that hold text."""


@dataclass(frozen=True)
class Verdict:
    """`ok` and the rule that decided. `reply` has the opened fields, None for silence or failure."""

    ok: bool
    rule: str
    detail: str
    reply: dict[str, Any] | None = None
    plain: str = ""
    repeat: bool = False


class _RefusedError(Exception):
    def __init__(self, rule: str, detail: str) -> None:
        super().__init__(detail)
        self.rule, self.detail = rule, detail


Has = Callable[[str], bool]
"""Whether the platform has this MediaId."""


def judge(
    answer: Answer, account: Account, openid: str, settings: Settings, has_medium: Has = lambda media_id: True
) -> Verdict:
    """The verdict on one try. `repeat` says that the platform would deliver again."""
    if answer.status is None:
        return Verdict(False, answer.problem, answer.detail, repeat=True)
    if answer.status != 200:
        return Verdict(
            False,
            "http_status",
            f"HTTP {answer.status} instead of 200",
            plain=_shown(answer.body),
            repeat=settings.retry_http_errors,
        )
    text = answer.body.strip()
    if text in (b"", b"success"):
        return Verdict(True, "silent", "the bot chose to say nothing", plain=_shown(answer.body))
    plain = text
    try:
        plain = _opened(text, account, settings.mode)
        return _judge_reply(plain, account, openid, settings, has_medium)
    except _RefusedError as refused:
        return Verdict(False, refused.rule, refused.detail, plain=_shown(plain))


def _shown(body: bytes) -> str:
    return body.decode("utf-8", "replace")


def _opened(body: bytes, account: Account, mode: str) -> bytes:
    fields = _fields(body)
    if "Encrypt" not in fields:
        if mode == "safe" and "MsgType" in fields:
            raise _RefusedError("not_encrypted", "the push was encrypted, the answer is not")
        return body
    if mode == "plain":
        raise _RefusedError("encrypted", "in plain mode an encrypted answer is no reply")
    encrypted = str(fields["Encrypt"]).strip()
    wanted = envelope.sign(account.token, str(fields.get("TimeStamp", "")), str(fields.get("Nonce", "")), encrypted)
    if fields.get("MsgSignature") != wanted:
        raise _RefusedError("msg_signature", "MsgSignature does not fit token, TimeStamp, Nonce and Encrypt")
    try:
        return envelope.unseal(encrypted, account.aes_key, account.app_id)
    except envelope.EnvelopeError as error:
        raise _RefusedError(error.rule, str(error)) from error


def _fields(body: bytes) -> dict[str, Any]:
    try:
        return xmltext.read(body)
    except xmltext.XmlError as error:
        raise _RefusedError("malformed_xml", str(error)) from error


def _judge_reply(plain: bytes, account: Account, openid: str, settings: Settings, has_medium: Has) -> Verdict:
    fields = _fields(plain)
    _check_names(fields, account, openid)
    kind = str(fields.get("MsgType", ""))
    if kind not in REQUIRED:
        raise _RefusedError("msgtype", f"MsgType {kind!r} is no passive reply")
    for path in REQUIRED[kind]:
        if not _at(fields, path):
            raise _RefusedError("missing_field", f"a {kind} reply needs {path}")
    _check_text(fields, kind)
    if kind == "text" and len(fields["Content"].encode()) > settings.reply_max_bytes:
        size = len(fields["Content"].encode())
        raise _RefusedError("too_long", f"Content has {size} bytes, more than {settings.reply_max_bytes}")
    if kind == "news":
        fields["Articles"] = _articles(fields, settings)
    if kind in _MEDIA and not has_medium(fields[_MEDIA[kind]]["MediaId"]):
        raise _RefusedError("media_id", f"the platform has no {kind} {fields[_MEDIA[kind]]['MediaId']!r}")
    return Verdict(True, "reply", f"a well-formed {kind} reply", fields, _shown(plain))


def _check_text(fields: dict[str, Any], kind: str) -> None:
    """Elements that hold text hold nothing else, and come once."""
    for path in _TEXTS.get(kind, ()):
        if not isinstance(_at(fields, path) or "", str):
            raise _RefusedError("malformed", f"{path} is not one text")
    if kind == "music" and not isinstance(fields["Music"], dict):
        raise _RefusedError("malformed", "Music has no elements")


def _at(fields: dict[str, Any], path: str) -> Any:
    value: Any = fields
    for name in path.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value


def _check_names(fields: dict[str, Any], account: Account, openid: str) -> None:
    to, sender = fields.get("ToUserName"), fields.get("FromUserName")
    if (to, sender) != (openid, account.original_id):
        raise _RefusedError(
            "names_swapped",
            f"ToUserName {to!r} and FromUserName {sender!r} are not those of the push swapped",
        )
    if not str(fields.get("CreateTime", "")).strip().isdigit():
        raise _RefusedError("create_time", "CreateTime is missing or not a number of seconds")


def _articles(fields: dict[str, Any], settings: Settings) -> list[dict[str, Any]]:
    items = fields["Articles"].get("item") if isinstance(fields["Articles"], dict) else None
    found = items if isinstance(items, list) else [items] if isinstance(items, dict) else []
    if not found:
        raise _RefusedError("missing_field", "a news reply needs an item in Articles")
    if any(not isinstance(one, dict) or any(not isinstance(each, str) for each in one.values()) for one in found):
        raise _RefusedError("malformed", "an item of Articles is no list of texts")
    if len(found) > 1 and settings.several_articles == "fail":
        raise _RefusedError("one_article", f"{len(found)} articles; one is allowed since 2018-10-12")
    if str(fields.get("ArticleCount", "")).strip() != str(len(found)):
        raise _RefusedError("article_count", f"ArticleCount {fields.get('ArticleCount')!r} but {len(found)} articles")
    return found[:1]
