"""Control of the account's side: templates, consents, quotas, tokens, codes."""

import re
from typing import Any

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from simulator import acts, quotas, templates
from simulator.control.answers import BadRequestError, body, number, text
from simulator.platform import Platform

_MASS_END = re.compile(r"send ?success|send fail|err\(\d{1,6}\)")
MOST_CALLS = 10**9
TEMPLATE_ENDS = ("success", "failed:user block", "failed: system failed")


def blueprint(platform: Platform) -> Blueprint:
    """Routes under /_control."""
    control = Blueprint("account_side", __name__, url_prefix="/_control")
    _template_routes(control, platform)
    _person_routes(control, platform)
    _platform_routes(control, platform)
    return control


def _template_routes(control: Blueprint, platform: Platform) -> None:
    @control.get("/templates")
    def listed() -> ResponseReturnValue:
        found = [
            {"template_id": one.template_id, "title": one.title, "content": one.content, "kind": one.kind}
            for one in platform.templates.values()
        ]
        return jsonify({"templates": found})

    @control.post("/templates")
    def added() -> ResponseReturnValue:
        values = body("template_id", "title", "fields", "kind")
        fields = values.get("fields", {})
        kind = text(values, "kind", "template")
        if (
            not isinstance(fields, dict)
            or not all(isinstance(one, str) for one in fields.values())
            or kind not in ("template", "notice", "once")
        ):
            raise BadRequestError('Send {"template_id","title","fields":{key:label},"kind":"template|notice|once"}.')
        template_id = text(values, "template_id")
        if not template_id:
            raise BadRequestError("template_id is empty.")
        template = templates.from_fields(template_id, text(values, "title", "通知"), fields, kind)
        with platform.lock:
            platform.templates[template_id] = template
        return jsonify({"template_id": template_id, "content": template.content})

    @control.post("/template-ends")
    def ends() -> ResponseReturnValue:
        wanted = body("statuses").get("statuses")
        if not isinstance(wanted, list) or any(one not in TEMPLATE_ENDS for one in wanted):
            raise BadRequestError(f'Send {{"statuses": […]}} of {", ".join(TEMPLATE_ENDS)}.')
        platform.template_ends = list(wanted)
        return jsonify({"statuses": wanted})

    @control.post("/job-ends")
    def job_ends() -> ResponseReturnValue:
        """{"mass": ["err(10001)", …], "publish": [2 to 4, …]}: how coming sends and publications end."""
        values = body("mass", "publish")
        mass, publish = values.get("mass", []), values.get("publish", [])
        if not isinstance(mass, list) or any(not isinstance(one, str) or not _MASS_END.fullmatch(one) for one in mass):
            raise BadRequestError('Send {"mass": ["send success", "send fail" or "err(10001)", …]}.')
        if not isinstance(publish, list) or any(type(one) is not int or one not in (0, 2, 3, 4) for one in publish):
            raise BadRequestError('Send {"publish": [0, 2, 3 or 4, …]}.')
        platform.mass_ends, platform.publish_ends = list(mass), list(publish)
        return jsonify({"mass": mass, "publish": publish})

    @control.get("/ban-risks")
    def risks() -> ResponseReturnValue:
        return jsonify({"ban_risks": platform.ban_risks})

    @control.get("/violations")
    def violations() -> ResponseReturnValue:
        """Broken rules by name, unasked messages by channel, and the newest violations (`?most=`, 100)."""
        with platform.lock:
            return jsonify(platform.violations.as_json(max(1, int(number("most", 100)))))


def _person_routes(control: Blueprint, platform: Platform) -> None:
    @control.post("/followers/<openid>/consent")
    def consent(openid: str) -> ResponseReturnValue:
        """The popup of 订阅通知: {"templates": {id: "accept" | "reject"}, "scene"?: 1 H5, 2 article}."""
        person, values = platform.followers.get(openid), body("templates", "scene")
        chosen = values.get("templates")
        if not isinstance(chosen, dict) or any(one not in ("accept", "reject") for one in chosen.values()):
            raise BadRequestError('Send {"templates": {template_id: "accept" or "reject"}}.')
        scene = values.get("scene", 1)
        if type(scene) is not int or scene not in (1, 2):
            raise BadRequestError("scene: 1 (a page) or 2 (an article).")
        delivery = acts.consent(platform, person, chosen, scene)
        return jsonify({"delivery": delivery.as_json(), "consents": person.consents})

    @control.post("/followers/<openid>/withdraw")
    def withdraw(openid: str) -> ResponseReturnValue:
        person = platform.followers.get(openid)
        delivery = acts.withdraw_consent(platform, person, text(body("template_id"), "template_id"))
        return jsonify({"delivery": delivery.as_json(), "consents": person.consents})

    @control.post("/followers/<openid>/switches")
    def switches(openid: str) -> ResponseReturnValue:
        """{"refuses": bool, "blacklisted": bool}: the person's switch, the account's list."""
        person, values = platform.followers.get(openid), body("refuses", "blacklisted")
        if not values or any(not isinstance(one, bool) for one in values.values()):
            raise BadRequestError('Send {"refuses": true} or {"blacklisted": true}.')
        with platform.lock:
            for name, value in values.items():
                setattr(person, name, value)
        platform.touch()
        return jsonify(person.state(platform.clock.now()))


def _platform_routes(control: Blueprint, platform: Platform) -> None:
    @control.post("/tokens/<action>")
    def tokens(action: str) -> ResponseReturnValue:
        """`expire`: every token answers 42001; `invalidate`: 40001, as if somebody fetched a newer one."""
        body()
        with platform.lock:
            if action == "expire":
                platform.tokens.expire_all(platform.now())
            elif action == "invalidate":
                platform.tokens.kill_all()
            else:
                raise BadRequestError("Use tokens/expire or tokens/invalidate.")
        return jsonify({"done": action})

    @control.get("/quotas")
    def quota_list() -> ResponseReturnValue:
        now = platform.now()
        found = {
            path: {"limit": platform.quotas.limit(path), "used": platform.quotas.used_today(path, now)}
            for path in quotas.DAILY
        }
        return jsonify({"quotas": found})

    @control.post("/quotas")
    def quota() -> ResponseReturnValue:
        """{"path", "limit"}: another daily limit for one address."""
        values: dict[str, Any] = body("path", "limit")
        path, limit = text(values, "path"), values.get("limit")
        known = {rule.rule for rule in current_app.url_map.iter_rules()}
        if path not in known or type(limit) is not int or not 0 <= limit <= MOST_CALLS:
            raise BadRequestError('Send {"path": "/cgi-bin/…", "limit": calls a day}.')
        platform.quotas.limits[path] = limit
        return jsonify({"path": path, "limit": limit})

    @control.get("/codes")
    def codes() -> ResponseReturnValue:
        """The scene QR codes the bot made, newest last."""
        now = platform.now()
        found = [
            {
                "ticket": one.ticket,
                "scene": one.scene,
                "until": one.until,
                "good": one.until is None or one.until > now,
            }
            for one in platform.codes.values()
        ]
        return jsonify({"codes": found})
