"""The custom menu: its limits and what the phone shows (platform.md 4.7)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from simulator.api.errors import ApiError

KEYED = (
    "click",
    "scancode_push",
    "scancode_waitmsg",
    "pic_sysphoto",
    "pic_photo_or_album",
    "pic_weixin",
    "location_select",
)
NEEDS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(KEYED, ("key",)),
    "view": ("url",),
    "media_id": ("media_id",),
    "article_id": ("article_id",),
    "view_limited": ("media_id",),
    "article_view_limited": ("article_id",),
    "miniprogram": ("url", "appid", "pagepath"),
}
TOP_MAX, CHILDREN_MAX = 3, 5
TOP_NAME_BYTES, CHILD_NAME_BYTES, KEY_BYTES, URL_BYTES = 16, 60, 128, 1024


CONDITIONS = ("tag_id", "client_platform_type")
PLATFORM_TYPES = {"ios": "1", "android": "2"}
"""client_platform_type of a phone_system; everything else is 3."""
WITHDRAWN = ("sex", "country", "province", "city", "language")
OUTSIDE_MAX = 3
_PROFILE = "mp.weixin.qq.com/mp/profile_ext"


def check_buttons(buttons: Any, domains: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The buttons as sent, or the ApiError the platform answers for the first fault.

    `domains`, when given, are the only ones a url may have.
    """
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= TOP_MAX:
        raise ApiError(40016, "invalid button size")
    for button in buttons:
        _check_top(button)
    _check_urls(buttons, domains)
    return buttons


def leaves(buttons: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every button that can be tapped."""
    for button in buttons:
        yield from (button.get("sub_button") or [button])


def _check_urls(buttons: list[dict[str, Any]], domains: tuple[str, ...]) -> None:
    for url in (str(leaf["url"]) for leaf in leaves(buttons) if "url" in leaf):
        if _PROFILE in url:
            raise ApiError(40155, "invalid url, please do not add the homepage of another account")
        if domains and urlsplit(url).hostname not in domains:
            raise ApiError(40054, "invalid button url domain")


def _check_top(button: Any) -> None:
    if not isinstance(button, Mapping):
        raise ApiError(40015, "invalid menu type")
    _check_name(button, TOP_NAME_BYTES, 40018, "invalid button name size")
    children = button.get("sub_button") or []
    if not children:
        _check_leaf(button, (40017, 40019, 40020))
        return
    if not isinstance(children, list) or len(children) > CHILDREN_MAX:
        raise ApiError(40023, "invalid sub button size")
    for child in children:
        if not isinstance(child, Mapping) or child.get("sub_button"):
            raise ApiError(40022, "invalid sub button level")
        _check_name(child, CHILD_NAME_BYTES, 40025, "invalid sub button name size")
        _check_leaf(child, (40024, 40026, 40027))


def _check_name(button: Mapping[str, Any], limit: int, code: int, words: str) -> None:
    name = button.get("name")
    if not isinstance(name, str) or not name or len(name.encode()) > limit:
        raise ApiError(code, words)


def _check_leaf(button: Mapping[str, Any], codes: tuple[int, int, int]) -> None:
    kind_code, key_code, url_code = codes
    kind = button.get("type")
    if kind not in NEEDS:
        raise ApiError(kind_code, "invalid button type")
    for name in NEEDS[kind]:
        value = button.get(name)
        limit, code = (URL_BYTES, url_code) if name == "url" else (KEY_BYTES, key_code)
        if name == "pagepath":
            limit = URL_BYTES
        if not isinstance(value, str) or not value or len(value.encode()) > limit:
            raise ApiError(code, f"invalid button {name} size")
    if "url" in NEEDS[kind] and not button["url"].startswith(("http://", "https://")):
        raise ApiError(40055, "invalid button url")


@dataclass
class Menus:
    """The default menu (None while there is none) and conditional ones, newest first."""

    default: list[dict[str, Any]] | None = None
    menu_id: int = 0
    conditional: list[dict[str, Any]] = field(default_factory=list)

    def create(self, buttons: Any, menu_id: int, domains: tuple[str, ...] = ()) -> None:
        self.default = check_buttons(buttons, domains)
        self.menu_id = menu_id

    def delete(self) -> None:
        """The default menu and with it every conditional one."""
        self.default = None
        self.conditional = []

    def add_conditional(self, buttons: Any, rule: Any, menu_id: int, domains: tuple[str, ...]) -> None:
        if self.default is None:
            raise ApiError(65303, "there is no selfmenu, please create selfmenu first")
        rule = rule if isinstance(rule, Mapping) else {}
        if any(rule.get(name) for name in WITHDRAWN):
            raise ApiError(65320, "match rule of sex, region or language is no longer supported")
        if not any(rule.get(name) for name in CONDITIONS):
            raise ApiError(65304, "match rule empty")
        checked = check_buttons(buttons, domains)
        hosts = {urlsplit(str(leaf["url"])).hostname for leaf in leaves(checked) if "url" in leaf}
        if len(hosts) > OUTSIDE_MAX:
            raise ApiError(65316, "the menu has too many domains")
        self.conditional.insert(0, {"button": checked, "matchrule": dict(rule), "menuid": menu_id})

    def delete_conditional(self, menu_id: Any) -> None:
        left = [menu for menu in self.conditional if str(menu["menuid"]) != str(menu_id)]
        if len(left) == len(self.conditional):
            raise ApiError(65301, "not exist menuid")
        self.conditional = left

    def shown_to(self, tags: list[int], system: str = "android") -> list[dict[str, Any]]:
        """What somebody with these tags and this phone sees: of several tags the last counts, newest rule first."""
        for menu in self.conditional:
            wanted = str(menu["matchrule"].get("tag_id") or "")
            platform_type = str(menu["matchrule"].get("client_platform_type") or "")
            if platform_type and platform_type != PLATFORM_TYPES.get(system, "3"):
                continue
            if not wanted or (tags and wanted == str(tags[-1])):
                return list(menu["button"])
        return self.default or []
