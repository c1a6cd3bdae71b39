"""Pages WeChat itself serves: QR pictures, articles, media, sign-in, one-time subscription."""

import html
import json
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from simulator import drafts, jssdk, oauth, qr
from simulator.pay.errors import PayError
from simulator.platform import Platform

PERSON_COOKIE = "sim_openid"
"""Whose phone the browser is; the phone page sets it when it opens a page."""


def pages(platform: Platform) -> Blueprint:
    """Routes of mp.weixin.qq.com and open.weixin.qq.com."""
    site = Blueprint("pages", __name__)
    _static_routes(site, platform)
    _sign_in_route(site, platform)
    _once_route(site, platform)
    return site


def _static_routes(site: Blueprint, platform: Platform) -> None:
    @site.get("/cgi-bin/showqrcode")
    def showqrcode() -> ResponseReturnValue:
        code = platform.codes.get(request.args.get("ticket", ""))
        if code is None:
            return "invalid ticket", 404
        return Response(qr.picture(code), mimetype="image/svg+xml")

    @site.get("/_media/<media_id>")
    def medium(media_id: str) -> ResponseReturnValue:
        found = platform.media.kept.get(media_id)
        if found is None:
            return "no such medium", 404
        return Response(found.data, mimetype=found.mimetype)

    @site.get("/cgi-bin/mmpayweb-bin/checkmweb")
    def checkmweb() -> ResponseReturnValue:
        try:
            return _pay_page(platform, request.args.get("prepay_id", ""))
        except PayError as error:
            return error.message, 404

    @site.post("/_sim/js-config")
    def js_config() -> ResponseReturnValue:
        """The bridge asks whether a page's wx.config is signed right for the page's own address."""
        sent = request.get_json(force=True, silent=True) or {}
        parts = urlsplit(platform.settings.site_url or platform.webhook_url)
        url = f"{parts.scheme}://{parts.netloc}{sent.get('path', '')}"
        given = sent.get("config")
        config = given if isinstance(given, dict) else {}
        return {"error": jssdk.check(config, platform.account.app_id, platform.js_ticket[0], url), "url": url}

    @site.get("/s/<article_id>")
    def article(article_id: str) -> ResponseReturnValue:
        found = platform.drafts.published.get(article_id)
        at = request.args.get("idx", "1")
        if found is None or not at.isdigit() or not 1 <= int(at) <= len(found):
            return "该内容已被发布者删除", 404
        return drafts.page(found[int(at) - 1])


def _pay_page(platform: Platform, prepay_id: str) -> str:
    """The H5 cashier's page: it asks the phone around it to open the payment sheet."""
    order = platform.orders.by_prepay(prepay_id)
    ask = json.dumps({"sim": "pay", "id": 0, "prepay_id": prepay_id, "back": request.args.get("redirect_url", "")})
    words = f"{html.escape(order.request['description'])} ¥{order.total / 100:.2f}"
    return (
        '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<p style="font:17px sans-serif;text-align:center;padding:40px">微信支付<br>{words}</p>'
        f"<script>parent.postMessage({ask.replace('<', chr(92) + 'u003c')}, '*')</script>"
    )


def whose_phone() -> str:
    """The openid of the phone that asks; without a phone the query or a cookie may name it."""
    openid = request.environ.get("sim.openid") or request.args.get("sim_openid")
    return str(openid or request.cookies.get(PERSON_COOKIE, ""))


def with_query(url: str, more: dict[str, str]) -> str:
    """`url` with more query parameters before its fragment."""
    address, mark, fragment = url.partition("#")
    return f"{address}{'&' if '?' in address else '?'}{urlencode(more)}{mark}{fragment}"


def authorize(platform: Platform, openid: str) -> ResponseReturnValue:
    """/connect/oauth2/authorize for the person whose phone asks."""
    target, scope = request.args.get("redirect_uri", ""), request.args.get("scope", "")
    if request.args.get("appid") != platform.account.app_id:
        return "AppID 参数错误 (10013)", 400
    if request.args.get("response_type") != "code" or scope not in oauth.SCOPES:
        return "Scope 参数错误 (10005)", 400
    wanted = platform.settings.oauth_domain
    host = urlsplit(target).hostname
    if not host or (wanted and host != wanted):
        return "redirect_uri 域名与后台配置不一致，错误码：10003", 400
    if len(request.args.get("state", "")) > platform.settings.oauth_state_max:
        return "state 参数过长", 400
    if platform.followers.find(openid) is None:
        return "请在微信客户端打开链接", 400
    snapshot = scope == "snsapi_userinfo" and platform.settings.snapshot_users
    with platform.lock:
        code = platform.sign_in.code(openid, scope, platform.now(), snapshot)
    return redirect(with_query(target, {"code": code, "state": request.args.get("state", "")}))


def _sign_in_route(site: Blueprint, platform: Platform) -> None:
    @site.get("/connect/oauth2/authorize")
    def sign_in() -> ResponseReturnValue:
        return authorize(platform, whose_phone())


def confirm_once(platform: Platform, openid: str) -> ResponseReturnValue:
    """/mp/subscribemsg: the one-time subscription is confirmed (or, with sim_action=cancel, cancelled)."""
    person = platform.followers.find(openid)
    target, scene = request.args.get("redirect_url", ""), request.args.get("scene", "")
    if person is None or not target or not scene.isdigit() or int(scene) > 10_000:
        return "参数错误", 400
    action = "cancel" if request.args.get("sim_action") == "cancel" else "confirm"
    more = {
        "template_id": request.args.get("template_id", ""),
        "action": action,
        "scene": scene,
        "reserved": request.args.get("reserved", ""),
    }
    if action == "confirm":
        person.consents[f"once:{scene}"] = 1
        more["openid"] = openid
    return redirect(with_query(target, more))


def _once_route(site: Blueprint, platform: Platform) -> None:
    @site.get("/mp/subscribemsg")
    def once() -> ResponseReturnValue:
        return confirm_once(platform, whose_phone())
