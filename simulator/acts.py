"""What a follower can do with the phone: change the state, push to the bot, write the chat."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from simulator import inbound
from simulator.followers import Follower
from simulator.menus import KEYED, leaves
from simulator.platform import Platform
from simulator.qr import SceneCode
from simulator.webhook import Delivery, push
from simulator.windows import ACTION, MESSAGE

_ANSWERED_EVENTS = frozenset({"subscribe", "SCAN", "CLICK", "scancode_waitmsg"})
"""Events after which the follower waits for an answer, so that a failure shows in the chat."""
_SHOWN = {
    "image": "[图片]",
    "voice": "[语音]",
    "video": "[视频]",
    "shortvideo": "[小视频]",
    "location": "[位置]",
    "link": "[链接]",
    "file": "[文件]",
    "music": "[音乐]",
    "news": "[图文]",
}


_WINDOW_BUTTONS = frozenset({"click", "scancode_push", "scancode_waitmsg"})
"""Menu buttons whose tap allows customer-service messages; a VIEW does not (platform.md 4.1)."""


class CannotActError(ValueError):
    """An act that a WeChat user could not do now; the sentence says why."""


def deliver(platform: Platform, person: Follower, fields: Mapping[str, Any]) -> Delivery:
    """Push and let the chat show what came of it."""
    delivery = push(platform, person.openid, fields)
    with platform.lock:
        _show(platform, person, fields, delivery)
    platform.touch()
    return delivery


def _show(platform: Platform, person: Follower, fields: Mapping[str, Any], delivery: Delivery) -> None:
    at, verdict = platform.clock.now(), delivery.verdict
    if verdict.reply is not None:
        show_reply(person, at, verdict.reply)
    elif verdict.ok:
        person.write(at, "note", "success", "公众号选择不回复（success）")
    elif fields["MsgType"] != "event" or fields["Event"] in _ANSWERED_EVENTS:
        person.write(at, "note", "failure", platform.settings.failure_text, {"rule": verdict.rule})


def show_reply(person: Follower, at: float, reply: Mapping[str, Any]) -> None:
    kind = str(reply["MsgType"])
    if kind == "transfer_customer_service":
        person.write(at, "note", "transfer", "已转接人工客服")
        return
    text = str(reply["Content"]) if kind == "text" else _SHOWN.get(kind, f"[{kind}]")
    content = {name: value for name, value in reply.items() if isinstance(value, dict | list)}
    person.write(at, "account", kind, text, content, "passive")


def _opens_window(platform: Platform, person: Follower, kind: str) -> None:
    person.windows.acted(kind, platform.clock.now(), platform.settings.kf_count_resets)
    platform.violations.acted(person, platform.clock.now())


def _must_follow(person: Follower) -> None:
    if not person.subscribed:
        raise CannotActError(f"{person.name} does not follow the account.")


def follow(platform: Platform, person: Follower, scene: str = "") -> Delivery:
    """Follow, with `scene` through a scene QR. Following twice is refused."""
    with platform.lock:
        if person.subscribed:
            raise CannotActError(f"{person.name} follows the account already.")
        person.subscribed, person.subscribe_time = True, platform.now()
        person.subscribe_scene = "ADD_SCENE_QR_CODE" if scene else "ADD_SCENE_SEARCH"
        person.qr_scene = scene
        person.windows.acted(ACTION, platform.clock.now())
        platform.violations.acted(person, platform.clock.now())
        platform.moves.append((platform.now(), True))
        ticket = ticket_for(platform, scene)
        more = {"EventKey": f"qrscene_{scene}", "Ticket": ticket} if scene else {"EventKey": ""}
        person.write(platform.clock.now(), "note", "event", "你已关注该公众号")
    platform.touch()
    return deliver(platform, person, inbound.event(platform, person.openid, "subscribe", more))


def ticket_for(platform: Platform, scene: str) -> str:
    """The ticket of the newest good code of this scene; made up when the bot made none."""
    now = platform.now()
    good = [code for code in platform.codes.values() if code.scene == scene and _usable(code, now)]
    return good[-1].ticket if good else "gQSim" + scene.encode().hex()


def _usable(code: SceneCode, now: int) -> bool:
    return code.until is None or code.until > now


def unfollow(platform: Platform, person: Follower) -> Delivery:
    with platform.lock:
        _must_follow(person)
        person.subscribed = False
        person.windows.open.clear()
        platform.moves.append((platform.now(), False))
        platform.violations.left(person, platform.now())
        person.write(platform.clock.now(), "note", "event", "你已取消关注该公众号")
    platform.touch()
    return deliver(platform, person, inbound.event(platform, person.openid, "unsubscribe", {"EventKey": ""}))


def say(platform: Platform, person: Follower, text: str, bizmsgmenuid: str = "") -> Delivery:
    """Send a text message; `bizmsgmenuid` when it came from a tapped menu item in the chat."""
    if not text.strip():
        raise CannotActError("text is empty; WeChat does not send empty messages.")
    with platform.lock:
        _must_follow(person)
        person.write(platform.clock.now(), "follower", "text", text)
        platform.violations.said(person, text, platform.now())
        _opens_window(platform, person, ACTION if bizmsgmenuid else MESSAGE)
        given = {"Content": text, "bizmsgmenuid": bizmsgmenuid}
        fields = inbound.message(platform, person.openid, "text", given)
    platform.touch()
    return deliver(platform, person, fields)


def send(platform: Platform, person: Follower, kind: str, given: Mapping[str, Any]) -> Delivery:
    """Send any other message kind with its own fields, made up where missing."""
    with platform.lock:
        _must_follow(person)
        fields = inbound.message(platform, person.openid, kind, given)
        _opens_window(platform, person, MESSAGE)
        shown = str(
            fields.get("Label") or fields.get("Title") or fields.get("Recognition") or fields.get("Content") or ""
        )
        label = f"{_SHOWN.get(kind, '')} {shown}".strip()
        own = {name: fields[name] for name in inbound.MESSAGE_FIELDS[kind]}
        platform.sent_media.update(own[name] for name in own if name.endswith("MediaId"))
        person.write(platform.clock.now(), "follower", kind, label, own)
    platform.touch()
    return deliver(platform, person, fields)


def tap(platform: Platform, person: Follower, key: str) -> Delivery | None:
    """Tap the menu button with this key; one without a key by its name, address or material.

    The picture or place that a button asks for follows as a message. Buttons with material tell the bot nothing.
    """
    with platform.lock:
        _must_follow(person)
        button = _button(platform, person, key)
        person.write(platform.clock.now(), "note", "event", f"点击菜单「{button['name']}」")
        if button["type"] in _WINDOW_BUTTONS:
            _opens_window(platform, person, ACTION)
    platform.touch()
    if button["type"] not in KEYED:
        return _open(platform, person, button)
    name = "CLICK" if button["type"] == "click" else button["type"]
    fields = inbound.event(platform, person.openid, name, {"EventKey": button["key"], **_tapped(button["type"])})
    delivery = deliver(platform, person, fields)
    if button["type"].startswith("pic_"):
        send(platform, person, "image", {})
    elif button["type"] == "location_select":
        place = fields["SendLocationInfo"]
        send(platform, person, "location", {name: place[name] for name in inbound.MESSAGE_FIELDS["location"]})
    return delivery


def _open(platform: Platform, person: Follower, button: Mapping[str, Any]) -> Delivery | None:
    """A button that opens something: a page, a mini program, or material that the phone has already."""
    if button["type"] == "view":
        return view(platform, person, str(button["url"]))
    if button["type"] == "miniprogram":
        more = {"EventKey": button["pagepath"], "MenuId": platform.menus.menu_id}
        return deliver(platform, person, inbound.event(platform, person.openid, "view_miniprogram", more))
    return None


def _tapped(kind: str) -> dict[str, Any]:
    if kind.startswith("scancode"):
        return {"ScanCodeInfo": {"ScanType": "qrcode", "ScanResult": "https://example.com/scanned"}}
    if kind.startswith("pic_"):
        picture = {"item": {"PicMd5Sum": "5a75aaca956d97be686719218f275c6b"}}
        return {"SendPicsInfo": {"Count": 1, "PicList": picture}}
    if kind == "location_select":
        return {
            "SendLocationInfo": {
                "Location_X": "31.23",
                "Location_Y": "121.47",
                "Scale": "15",
                "Label": "上海市黄浦区",
                "Poiname": "人民广场",
            }
        }
    return {}


_OPENED = ("url", "pagepath", "media_id", "article_id")
"""What may stand for the key of a button that has none."""


def _button(platform: Platform, person: Follower, key: str) -> dict[str, Any]:
    for button in leaves(platform.menus.shown_to(person.tags, platform.settings.phone_system)):
        if button["type"] in KEYED and button["key"] == key:
            return button
        if button["type"] not in KEYED and key in (button["name"], *(button.get(name) for name in _OPENED)):
            return button
    raise CannotActError(f"The menu has no button with key {key!r}.")


def view(platform: Platform, person: Follower, url: str) -> Delivery:
    """Open a page from the menu: the bot is told by a VIEW event."""
    _must_follow(person)
    more = {"EventKey": url, "MenuId": platform.menus.menu_id}
    return deliver(platform, person, inbound.event(platform, person.openid, "VIEW", more))


def scan(platform: Platform, person: Follower, scene: str) -> Delivery:
    """Scan a scene QR: a follower causes SCAN, anybody else follows through it."""
    if not scene:
        raise CannotActError("scene is empty.")
    made = [code for code in platform.codes.values() if code.scene == scene]
    if made and not any(_usable(code, platform.now()) for code in made):
        raise CannotActError(f"The QR code of scene {scene!r} has expired.")
    if not person.subscribed:
        return follow(platform, person, scene)
    _opens_window(platform, person, ACTION)
    person.write(platform.clock.now(), "note", "event", f"扫描了带参数二维码「{scene}」")
    more = {"EventKey": scene, "Ticket": ticket_for(platform, scene)}
    return deliver(platform, person, inbound.event(platform, person.openid, "SCAN", more))


def raw_event(platform: Platform, person: Follower, name: str, more: Mapping[str, Any]) -> Delivery:
    """Any event with any fields, as the platform would send it about this person."""
    return deliver(platform, person, inbound.event(platform, person.openid, name, more))


def tap_link(platform: Platform, person: Follower, href: str) -> tuple[Delivery | None, str]:
    """Tap a link in a text: `weixin://bizmsgmenu` sends its words, any other gives the address."""
    parts = urlsplit(href)
    if (parts.scheme, parts.netloc) != ("weixin", "bizmsgmenu"):
        return None, href
    query = parse_qs(parts.query)
    text, menu_id = query.get("msgmenucontent", [""])[0], query.get("msgmenuid", [""])[0]
    return say(platform, person, text, menu_id), ""


def play_opening(platform: Platform, person: Follower) -> list[Delivery]:
    """Follow and say the opening chat. Done once; a second call does nothing.

    When the bot cannot be reached nothing has happened, so that a later call begins again.
    """
    with platform.lock:
        if person.opened:
            return []
        person.opened = True
    done = [] if person.subscribed else [follow(platform, person)]
    if done and done[0].status is None:
        person.opened = person.subscribed = False
        return done
    return done + [say(platform, person, text) for text in person.opening]


def consent(platform: Platform, person: Follower, chosen: Mapping[str, str], scene: int) -> Delivery:
    """Answer the 订阅通知 popup: an accepted template may be sent once more."""
    with platform.lock:
        for template_id, answer in chosen.items():
            if answer == "accept":
                person.consents[template_id] = person.consents.get(template_id, 0) + 1
    rows = [
        {"TemplateId": template_id, "SubscribeStatusString": answer, "PopupScene": scene}
        for template_id, answer in chosen.items()
    ]
    more = {"SubscribeMsgPopupEvent": {"List": rows}}
    return deliver(platform, person, inbound.event(platform, person.openid, "subscribe_msg_popup_event", more))


def withdraw_consent(platform: Platform, person: Follower, template_id: str) -> Delivery:
    """Switch a notice off in the account's settings: the consent is gone, the bot is told."""
    with platform.lock:
        person.consents.pop(template_id, None)
    row = {"TemplateId": template_id, "SubscribeStatusString": "reject"}
    more = {"SubscribeMsgChangeEvent": {"List": row}}
    return deliver(platform, person, inbound.event(platform, person.openid, "subscribe_msg_change_event", more))
