"""Payment solution: which of WeChat Pay's methods a buyer gets, decided from what is known before the tap.

Three methods (``docs/platform.md``, 6.4): ``jsapi`` opens the cashier inside WeChat's browser and needs the payer's
openid; ``h5`` opens WeChat from a phone's other browsers; ``native`` shows a code to scan. The decision is made of
three factors in 0..1, multiplied: how well the method fits the scene, how it went with this buyer, and how the
gateway answered lately. The two rates are shrunk towards 1, so that one failure does not turn anything over.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.order import H5, JSAPI, METHODS, NATIVE

WECHAT, MOBILE, DESKTOP = "wechat", "mobile", "desktop"
IOS, ANDROID, OTHER = "ios", "android", "other"

FIT: Mapping[str, Mapping[str, float]] = {
    WECHAT: {JSAPI: 0.9, NATIVE: 0.4},
    MOBILE: {H5: 0.8, NATIVE: 0.4},
    DESKTOP: {NATIVE: 0.9},
}
"""Scene -> method -> expected share of payments that are completed. Ours, to be corrected by the funnel."""
BUYER_PRIOR, GATEWAY_PRIOR = 4, 10
"""How many successes are supposed before any was seen: of the buyer's orders, of the gateway's calls."""
LARGE_FEN = 200_00
"""From here on what went well with this buyer weighs double: ours, a failed large payment costs more than a tap."""
DOWN_AFTER = 5
"""So many calls in the recent past with not one success: the method is down."""

METHOD_NAMES = {JSAPI: "微信内支付", H5: "手机网页支付", NATIVE: "扫码支付"}
_FITS = {
    (WECHAT, JSAPI): "在微信里打开，直接调起收银台",
    (WECHAT, NATIVE): "在微信里打开，但不知道付款人，只能识别二维码",
    (MOBILE, H5): "在手机浏览器里打开，跳到微信付款",
    (MOBILE, NATIVE): "在手机浏览器里打开，可用另一台设备扫码",
    (DESKTOP, NATIVE): "在电脑上打开，用手机扫码最快",
}


@dataclass(frozen=True, slots=True)
class Scene:
    """Where the buyer is. ``openid_known``: signed in as a follower, so that jsapi can name the payer."""

    browser: str
    device: str
    openid_known: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """How often something went well and how often not."""

    good: int = 0
    bad: int = 0

    def rate(self, prior: int) -> float:
        """The share that went well, in 0..1, after `prior` supposed successes."""
        return (self.good + prior) / (self.good + self.bad + prior)


@dataclass(frozen=True, slots=True)
class Choice:
    """``method`` is one of ``METHODS``, "" when none is possible. ``rejected``: every other method -> why not."""

    method: str
    reason: str
    rejected: Mapping[str, str] = field(default_factory=dict)


def scene_of(user_agent: str, openid_known: bool) -> Scene:
    """The scene as the browser presents itself. It may lie: this decides the way to pay, never a right."""
    ios = bool(re.search(r"iPhone|iPad|iPod", user_agent))
    android = "Android" in user_agent
    device = IOS if ios else ANDROID if android else OTHER
    if "micromessenger" in user_agent.lower():
        return Scene(WECHAT, device, openid_known)
    return Scene(MOBILE if ios or android else DESKTOP, device, openid_known)


def choose_method(
    scene: Scene, amount_fen: int, history: Mapping[str, Tally], health: Mapping[str, Tally], ios_goods: str = "allow"
) -> Choice:
    """The method to offer.

    `history`: this buyer's paid and unpaid orders by method. `health`: the gateway's good and failed calls of the last
    minutes by method. `ios_goods` is the setting ``IOS_VIRTUAL_GOODS``: ``block`` sells nothing on iPhones.
    """
    if scene.device == IOS and ios_goods == "block":
        return Choice("", "苹果设备上不出售虚拟内容", dict.fromkeys(METHODS, "苹果设备上不出售虚拟内容"))
    if amount_fen < 1:
        return Choice("", "免费，无需付款", dict.fromkeys(METHODS, "免费，无需付款"))
    rejected = {method: why for method in METHODS if (why := _impossible(method, scene))}
    possible = [method for method in METHODS if method not in rejected]
    down = [method for method in possible if _is_down(health.get(method, Tally()))]
    running = [method for method in possible if method not in down] or possible
    prior = max(BUYER_PRIOR // (2 if amount_fen >= LARGE_FEN else 1), 1)

    def chance(method: str) -> float:
        mine, gateway = history.get(method, Tally()), health.get(method, Tally())
        return FIT[scene.browser][method] * mine.rate(prior) * gateway.rate(GATEWAY_PRIOR)

    best = max(running, key=chance)  # of equals the first of METHODS
    for method in possible:
        if method in down and method not in running:
            rejected[method] = f"最近 {health[method].bad} 次调用全部失败"
        elif method != best:
            rejected[method] = f"估计付成的可能 {chance(method):.2f}，低于{METHOD_NAMES[best]}的 {chance(best):.2f}"
    return Choice(best, _reason(best, scene, possible, history.get(best, Tally())), rejected)


def _impossible(method: str, scene: Scene) -> str:
    """Why the scene rules the method out, "" when it does not."""
    if method == JSAPI and scene.browser != WECHAT:
        return "不在微信里打开，调不起微信收银台"
    if method == JSAPI and not scene.openid_known:
        return "还不知道付款人是谁"
    if method == H5 and scene.browser == WECHAT:
        return "微信里打不开手机网页支付"
    return "电脑上打不开手机网页支付" if method == H5 and scene.browser == DESKTOP else ""


def _is_down(calls: Tally) -> bool:
    return calls.good == 0 and calls.bad >= DOWN_AFTER


def _reason(best: str, scene: Scene, possible: list[str], mine: Tally) -> str:
    """Why this one: the scene, and what turned the decision where the scene alone would have had another."""
    by_scene = max(possible, key=lambda method: FIT[scene.browser][method])
    told = _FITS[scene.browser, best]
    if best != by_scene:
        told += f"；{METHOD_NAMES[by_scene]}近来不顺"
    return f"{told}；此人用它付成过 {mine.good} 次" if mine.good else told
