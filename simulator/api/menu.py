"""The custom menu (platform.md 4.7)."""

from typing import Any

from simulator.api.call import Call, Route
from simulator.api.errors import ApiError

OK = {"errcode": 0, "errmsg": "ok"}


def create(call: Call) -> dict[str, Any]:
    platform = call.platform
    platform.menus.create(call.body.get("button"), platform.next_id(), platform.settings.menu_domains)
    return OK


def get(call: Call) -> dict[str, Any]:
    menus = call.platform.menus
    if menus.default is None:
        raise ApiError(46003, "menu no exist")
    shown = {"button": [_as_answered(button) for button in menus.default], "menuid": menus.menu_id}
    more = [{**menu, "button": [_as_answered(one) for one in menu["button"]]} for menu in menus.conditional]
    return {"menu": shown} | ({"conditionalmenu": more} if more else {})


def _as_answered(button: dict[str, Any]) -> dict[str, Any]:
    children = [_as_answered(child) for child in button.get("sub_button") or []]
    return {**button, "sub_button": children}


def delete(call: Call) -> dict[str, Any]:
    call.platform.menus.delete()
    return OK


def add_conditional(call: Call) -> dict[str, Any]:
    platform, number = call.platform, call.platform.next_id()
    rule = call.body.get("matchrule")
    platform.menus.add_conditional(call.body.get("button"), rule, number, platform.settings.menu_domains)
    return {"menuid": str(number)}


def delete_conditional(call: Call) -> dict[str, Any]:
    call.platform.menus.delete_conditional(call.body.get("menuid"))
    return OK


def trymatch(call: Call) -> dict[str, Any]:
    person = call.platform.followers.find(str(call.body.get("user_id", "")))
    if person is None:
        raise ApiError(40003, "invalid openid")
    return {
        "button": [
            _as_answered(one) for one in call.platform.menus.shown_to(person.tags, call.platform.settings.phone_system)
        ]
    }


def selfmenu_info(call: Call) -> dict[str, Any]:
    """The menu as the console's call tells it: sub-menus under `list`."""
    buttons = [_as_told(button) for button in call.platform.menus.default or []]
    return {"is_menu_open": int(bool(buttons)), "selfmenu_info": {"button": buttons}}


def _as_told(button: dict[str, Any]) -> dict[str, Any]:
    children = button.get("sub_button")
    return {**button, "sub_button": {"list": children}} if children else button


ROUTES = (
    Route("POST", "/cgi-bin/menu/addconditional", add_conditional),
    Route("POST", "/cgi-bin/menu/delconditional", delete_conditional),
    Route("POST", "/cgi-bin/menu/trymatch", trymatch),
    Route("GET", "/cgi-bin/get_current_selfmenu_info", selfmenu_info),
    Route("POST", "/cgi-bin/menu/create", create),
    Route("GET", "/cgi-bin/menu/get", get),
    Route("GET", "/cgi-bin/menu/delete", delete),
)
