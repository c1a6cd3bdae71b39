"""Control of the pay side: orders, the cashier, what goes wrong with notifications."""

from typing import Any

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from simulator.control.answers import BadRequestError, body, text
from simulator.pay import cashier
from simulator.pay.errors import PayError
from simulator.pay.tricks import TRICKS
from simulator.platform import Platform

REFUND_ENDS = ("SUCCESS", "ABNORMAL", "CLOSED")


def blueprint(platform: Platform) -> Blueprint:
    """Routes under /_control/pay."""
    control = Blueprint("money", __name__, url_prefix="/_control/pay")
    _order_routes(control, platform)
    _cashier_routes(control, platform)
    _trouble_routes(control, platform)

    @control.errorhandler(PayError)
    def refused(error: PayError) -> ResponseReturnValue:
        return jsonify({"error": error.message, "code": error.code}), 409

    return control


def _order_routes(control: Blueprint, platform: Platform) -> None:
    @control.get("/merchant")
    def merchant() -> ResponseReturnValue:
        """What the console would show and give for download. A private key from elsewhere is not shown."""
        one = platform.merchant
        if one is None:
            return jsonify({"error": "This simulator was started without a merchant."}), 404
        return jsonify(
            {
                "mch_id": one.mch_id,
                "cert_serial": one.cert_serial,
                "public_key_id": one.public_key_id,
                "platform_serial": one.platform_serial,
                "public_key": one.public_key_pem().decode(),
                "platform_certificate": one.platform_certificate_pem().decode(),
                "api_v3_key": one.api_v3_key,
                "private_key": one.private_key_pem().decode() if one.made_here else None,
            }
        )

    @control.get("/orders")
    def orders() -> ResponseReturnValue:
        with platform.lock:
            found = [
                {
                    **order.transaction(),
                    "prepay_ids": list(order.prepays),
                    "kind": order.kind,
                    "description": order.request["description"],
                    "refunds": [order.refund_told(one) for one in order.refunds.values()],
                }
                for order in platform.orders.kept.values()
            ]
        return jsonify({"orders": found})


def _cashier_routes(control: Blueprint, platform: Platform) -> None:
    @control.post("/cashier")
    def open_cashier() -> ResponseReturnValue:
        """{"openid", "params": bridge parameters} or {"openid", "prepay_id"} or {"openid", "code_url"}."""
        values: dict[str, Any] = body("openid", "params", "prepay_id", "code_url")
        openid = text(values, "openid")
        platform.followers.get(openid)
        if isinstance(values.get("params"), dict):
            return jsonify(cashier.called_up(platform, openid, values["params"]))
        prepay_id = text(values, "prepay_id", text(values, "code_url", "").partition("?pr=")[2])
        return jsonify(cashier.shown(platform, openid, prepay_id))

    @control.post("/choose")
    def choose() -> ResponseReturnValue:
        """{"openid", "prepay_id", "way": pay, cancel, late, twice or network} → {"err_msg"}."""
        values = body("openid", "prepay_id", "way")
        openid = text(values, "openid")
        platform.followers.get(openid)
        way = text(values, "way", "pay")
        return jsonify({"err_msg": cashier.choose(platform, openid, text(values, "prepay_id"), way)})


def _trouble_routes(control: Blueprint, platform: Platform) -> None:
    @control.post("/notify-tricks")
    def tricks() -> ResponseReturnValue:
        """{"tricks": […]}: one for each coming notification, in turn; "" is an honest one."""
        wanted = body("tricks").get("tricks")
        if not isinstance(wanted, list) or any(one not in ("", *TRICKS) for one in wanted):
            raise BadRequestError(f'Send {{"tricks": […]}} of {", ".join(TRICKS)} or "".')
        platform.notify_tricks = list(wanted)
        return jsonify({"tricks": wanted})

    @control.post("/refund-ends")
    def ends() -> ResponseReturnValue:
        """{"statuses": […]}: how the coming refunds end."""
        wanted = body("statuses").get("statuses")
        if not isinstance(wanted, list) or any(one not in REFUND_ENDS for one in wanted):
            raise BadRequestError(f'Send {{"statuses": […]}} of {", ".join(REFUND_ENDS)}.')
        platform.refund_ends = list(wanted)
        return jsonify({"statuses": wanted})
