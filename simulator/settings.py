"""Switches of the simulated platform, among them facts about WeChat that no source we trust confirms."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any
from urllib.parse import urlsplit

LARGEST = 10**9
"""No number of a setting is larger."""
MODES = ("plain", "compatible", "safe")


class SettingError(ValueError):
    """A setting that does not exist or a value it cannot have; the text names it."""


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults. Times are real seconds unless the name says otherwise."""

    mode: str = "safe"
    """Message mode of the console: plain 明文, compatible 兼容, safe 安全."""
    timeout_seconds: float = 5.0
    """How long the platform waits for an answer (platform.md 2)."""
    tries: int = 3
    """Deliveries of one push while no answer comes (platform.md 2)."""
    retry_gap_seconds: float = 0.0
    """Least seconds from one try to the next; 0 tries a cut connection again at once. UNVERIFIED."""
    retry_http_errors: bool = False
    """Whether an HTTP error is delivered again too, not only silence. UNVERIFIED."""
    reply_max_bytes: int = 2048
    """UTF-8 bytes of a text reply. UNVERIFIED for passive replies; measured for customer-service send."""
    several_articles: str = "fail"
    """Several articles in a news reply: `fail`, or show the `first`. UNVERIFIED."""
    failure_text: str = "该公众号提供的服务出现故障，请稍后再试"
    """What the follower reads when the bot failed (platform.md 2)."""
    literal_unicode_escapes: bool = True
    r"""A `\uXXXX` in a request body is stored literally, as the platform does (platform.md 3)."""
    ip_whitelist: tuple[str, ...] = field(default=())
    """Addresses that may fetch a token; empty = any (platform.md 3)."""

    unusual_ip: bool = False
    """Token calls wait for the administrator's confirmation of the address: 89503."""
    forbidden_calls: tuple[str, ...] = field(default=())
    """Addresses this account was not granted: 48001."""
    banned_calls: tuple[str, ...] = field(default=())
    """Addresses the platform took away: 48004."""
    test_account: bool = False
    """A test account: msgmenu answers 40200."""
    menu_domains: tuple[str, ...] = field(default=())
    """The only domains a menu url may have; empty = any. Others answer 40054."""
    comment_privilege: bool = False
    """Without it comment calls answer 88000."""
    kf_count_resets: bool = True
    """A new message gives five customer-service messages again. UNVERIFIED: it may only extend the time."""
    job_delay_seconds: float = 3.0
    """Platform seconds until the result event of a template message, mass send or publication."""
    client_msg_id_seconds: float = 600.0
    """How long a template message's client_msg_id is remembered. UNVERIFIED."""
    any_template: bool = False
    """Accept template ids nobody added; their fields are taken as sent."""
    ban_after_risks: int = 0
    """After so many marketing template messages the call is banned, 48004; 0 = never."""
    oauth_domain: str = ""
    """网页授权域名: the host redirect_uri must have; empty = any. Another gives error 10003."""
    pay_mode: str = "public_key"
    """What WeChat Pay signs with: public_key, or certificate as for older merchants (platform.md 6.3)."""
    notify_delay_seconds: float = 0.0
    """Platform seconds between a payment and the first try of its notification."""
    refund_balance_fen: int = -1
    """What the merchant has for refunds; more is NOT_ENOUGH. −1 = enough."""
    refund_delay_seconds: float = 5.0
    """Platform seconds until a refund ends."""
    site_url: str = ""
    """The bot's site when it is not where its webhook is; its pages open in the phone's own browser."""
    phone_system: str = "android"
    """What opened pages see: android, ios (both WeChat), browser or desktop (outside WeChat)."""
    coupon_fen: int = 0
    """What coupons of WeChat's take off every payment: payer_total is less than total (platform.md 6.6)."""
    snapshot_users: bool = False
    """Pages that ask for snsapi_userinfo open in 快照页: a virtual openid (platform.md 5.1)."""

    qr_default_seconds: int = 30
    """Life of a temporary code when no expiry is sent. UNVERIFIED: newer pages may say 60."""
    image_max_bytes: int = 10 << 20
    """Bytes of an uploaded image. UNVERIFIED: old pages say 2 MB."""
    draft_title_max: int = 32
    """Characters of a draft's title. UNVERIFIED."""
    draft_author_max: int = 16
    """Characters of a draft's author. UNVERIFIED."""
    mass_client_id_seconds: float = 86400.0
    """How long a mass send's clientmsgid is remembered. UNVERIFIED."""
    getarticleread_days: int = 7
    """Most days per call of this statistic, as the three below. UNVERIFIED."""
    getarticleshare_days: int = 7
    getbizsummary_days: int = 30
    getarticletotaldetail_days: int = 1
    pay_attach_max: int = 128
    """Characters of an order's attach. UNVERIFIED."""
    close_after_seconds: float = 0.0
    """Platform seconds after its creation before an order can be closed. UNVERIFIED: old texts say 300."""
    number_used_status: int = 400
    """HTTP status of OUT_TRADE_NO_USED. UNVERIFIED: 400 or 403."""
    oauth_state_max: int = 128
    """Characters of sign-in's `state`. UNVERIFIED."""
    unverified_keyword_rules: bool = True
    """Check number, letter, symbol, time, date, amount, name and phrase of template values too. UNVERIFIED."""

    def changed(self, values: Mapping[str, Any]) -> "Settings":
        """A copy with `values`; raises SettingError naming the first value that cannot be."""
        known = {item.name: getattr(self, item.name) for item in fields(self)}
        new: dict[str, Any] = {}
        for name, value in values.items():
            if name not in known:
                raise SettingError(f"There is no setting {name!r}; there are {', '.join(known)}.")
            new[name] = _like(name, value, known[name])
        return _checked(replace(self, **new))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


_LEAST = {
    "retry_gap_seconds": 0,
    "reply_max_bytes": 1,
    "job_delay_seconds": 0,
    "client_msg_id_seconds": 0,
    "ban_after_risks": 0,
    "notify_delay_seconds": 0,
    "refund_balance_fen": -1,
    "refund_delay_seconds": 0,
    "qr_default_seconds": 1,
    "image_max_bytes": 1,
    "draft_title_max": 1,
    "draft_author_max": 1,
    "mass_client_id_seconds": 0,
    "getarticleread_days": 1,
    "getarticleshare_days": 1,
    "getbizsummary_days": 1,
    "getarticletotaldetail_days": 1,
    "pay_attach_max": 0,
    "coupon_fen": 0,
    "close_after_seconds": 0,
    "oauth_state_max": 0,
}
"""The smallest value of each number."""


def _check_site(address: str) -> None:
    try:
        parts = urlsplit(address)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if address and not good:
        raise SettingError(f"site_url: {address!r} is no http or https address.")


def _like(name: str, value: Any, present: Any) -> Any:
    if isinstance(present, bool):
        good = isinstance(value, bool)
    elif isinstance(present, float):
        good = isinstance(value, int | float) and not isinstance(value, bool)
    elif isinstance(present, int):
        good = isinstance(value, int) and not isinstance(value, bool)
    elif isinstance(present, tuple):
        good = isinstance(value, list) and all(isinstance(item, str) for item in value)
        value = tuple(value) if good else value
    else:
        good = isinstance(value, str)
    if good and isinstance(value, float | int) and not abs(value) <= LARGEST:
        raise SettingError(f"{name}: {value!r} is too large or no number.")
    if not good:
        raise SettingError(f"{name}: {value!r} has the wrong type; an example is {present!r}.")
    return float(value) if isinstance(present, float) else value


def _checked(settings: Settings) -> Settings:
    if settings.mode not in MODES:
        raise SettingError(f"mode: {settings.mode!r} is none of {', '.join(MODES)}.")
    if settings.several_articles not in ("fail", "first"):
        raise SettingError(f"several_articles: {settings.several_articles!r} is neither fail nor first.")
    if settings.phone_system not in ("android", "ios", "browser", "desktop"):
        raise SettingError(f"phone_system: {settings.phone_system!r} is not android, ios, browser or desktop.")
    if settings.pay_mode not in ("public_key", "certificate"):
        raise SettingError(f"pay_mode: {settings.pay_mode!r} is neither public_key nor certificate.")
    if settings.number_used_status not in (400, 403):
        raise SettingError("number_used_status: 400 or 403.")
    if not 0 < settings.timeout_seconds <= 60:
        raise SettingError("timeout_seconds: must be more than 0 and at most 60.")
    for name, least in _LEAST.items():
        if getattr(settings, name) < least:
            raise SettingError(f"{name}: must be at least {least}.")
    _check_site(settings.site_url)
    if not 1 <= settings.tries <= 10:
        raise SettingError("tries: must be 1 to 10.")
    return settings
