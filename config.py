"""Every setting of the house, in one list. Read by ``bot.py`` and ``wiring.py`` only.

A setting comes from the environment, or from ``.env`` in the working folder; any ``NAME`` may instead be given
as ``NAME_FILE``, the path of a file that holds the value. A wrong value raises ``SettingWrong``, which names the
variable and shows an example.
"""

from __future__ import annotations

import base64
import binascii
import logging
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from errors import SettingWrong

_URL = re.compile(r"https?://[0-9A-Za-z_.:\[\]-]+(?:/[0-9A-Za-z_.~%+/-]*)?")


def _text(raw: str) -> str:
    return raw


def _url(raw: str) -> str:
    """No name and password in it, and nothing that could end the place in a page or a header where it is put."""
    parts = urlsplit(raw)
    if not _URL.fullmatch(raw) or not parts.hostname or parts.port == 0:
        raise ValueError("is not an http(s) address")
    return raw.rstrip("/")


def _site(raw: str) -> str:
    site = _url(raw)
    if urlsplit(site).path:
        raise ValueError("must have no path: the bot's pages begin at the root of their site")
    return site


def _url_or_empty(raw: str) -> str:
    return _url(raw) if raw else ""


def _safe_url_or_empty(raw: str) -> str:
    """A key is sent there: unencrypted to this machine only."""
    if raw and _url(raw).startswith("http:") and urlsplit(raw).hostname not in ("127.0.0.1", "localhost", "::1"):
        raise ValueError("must begin with https")
    return _url_or_empty(raw)


def _ancestors(raw: str) -> str:
    """Sources of frame-ancestors; the quotes of 'none' and 'self' are lost in a .env file and put back."""
    if not re.fullmatch(r"[0-9A-Za-z_.:/*'\[\]\s-]*", raw, re.ASCII):
        raise ValueError("must be addresses with blanks between them")
    return " ".join(f"'{word}'" if word in ("none", "self") else word for word in raw.split())


def _token(raw: str) -> str:
    if raw and not re.fullmatch(r"[0-9A-Za-z]{3,32}", raw):
        raise ValueError("must be 3 to 32 letters or digits, as typed in the account console")
    return raw


def _aes_key(raw: str) -> str:
    if raw and not re.fullmatch(r"[0-9A-Za-z]{43}", raw):
        raise ValueError(f"must be 43 letters or digits, this has {len(raw)} characters")
    return raw


def _secret(raw: str) -> str:
    if raw and len(raw) < 16:
        raise ValueError("is shorter than 16 characters")
    return raw


def _fernet_keys(raw: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in raw.split(",") if key.strip())
    for key in keys:
        try:
            good = len(base64.urlsafe_b64decode(key)) == 32
        except (binascii.Error, ValueError):
            good = False
        if not good:
            raise ValueError("must be comma-separated Fernet keys (32 bytes in url-safe Base64 each)")
    return keys


def _shaped(pattern: str, problem: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw and not re.fullmatch(pattern, raw):
            raise ValueError(problem)
        return raw

    return parse


def _private_key(raw: str) -> str:
    try:
        good = not raw or isinstance(load_pem_private_key(raw.encode(), None), RSAPrivateKey)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        good = False
    if not good:
        raise ValueError("is not the merchant's RSA private key (the file apiclient_key.pem)")
    return raw


def _public_key(raw: str) -> str:
    try:
        good = not raw or isinstance(load_pem_public_key(raw.encode()), RSAPublicKey)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        good = False
    if not good:
        raise ValueError("is not WeChat Pay's RSA public key (the file pub_key.pem)")
    return raw


def _seconds(raw: str) -> int:
    if not raw.isdecimal() or int(raw) < 1:
        raise ValueError(f'"{raw}" is not a whole number of seconds above 0')
    return int(raw)


def _rate(raw: str) -> int:
    if not raw.isdecimal() or not 1 <= int(raw) <= 100_000:
        raise ValueError(f'"{raw}" is not a whole number from 1 to 100000')
    return int(raw)


def _zone(raw: str) -> ZoneInfo:
    try:
        return ZoneInfo(raw)
    except (KeyError, ValueError, OSError):
        raise ValueError(f'"{raw}" is not a time zone') from None


def _level(raw: str) -> str:
    if raw.upper() not in logging.getLevelNamesMapping():
        raise ValueError(f'"{raw}" is not a log level')
    return raw.upper()


def _database(raw: str) -> str:
    if not re.match(r"(sqlite:///.|mysql\+pymysql://.|postgresql\+psycopg://.)", raw):
        raise ValueError("must begin with sqlite:///, mysql+pymysql:// or postgresql+psycopg://")
    if ":memory:" in raw:
        raise ValueError("must name a file: what lies in memory is not shared by the processes")
    try:
        assert urlsplit(raw).port != 0
    except (ValueError, AssertionError):
        raise ValueError("holds no usable address and port") from None
    return raw


def _yes_no(raw: str) -> bool:
    if raw.lower() not in ("yes", "no"):
        raise ValueError(f'"{raw}" is neither yes nor no')
    return raw.lower() == "yes"


def _one_of(*choices: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw not in choices:
            raise ValueError(f'"{raw}" is none of {", ".join(choices)}')
        return raw

    return parse


@dataclass(frozen=True)
class Setting:
    """One variable: its name, how its text is read, its default text, an example, whether it is a secret."""

    name: str
    parse: Callable[[str], Any]
    default: str
    example: str
    secret: bool = False


LIST: tuple[Setting, ...] = (
    Setting("PUBLIC_URL", _site, "http://127.0.0.1:8000", "https://read.example.cn"),
    Setting("CONTENT_DIR", Path, "content", "content"),
    Setting("DATABASE_URL", _database, "sqlite:///profiles.db", "sqlite:///profiles.db", secret=True),
    Setting("SECRET_KEY", _secret, "", "64 hexadecimal digits, made by: openssl rand -hex 32", secret=True),
    Setting(
        "DATA_KEYS", _fernet_keys, "", "44 characters, made by: openssl rand -base64 32 | tr '+/' '-_'", secret=True
    ),
    Setting("WECHAT_APP_ID", _text, "", "wx1234567890abcdef"),
    Setting("WECHAT_APP_SECRET", _text, "", "0123456789abcdef0123456789abcdef", secret=True),
    Setting("WECHAT_TOKEN", _token, "", "shutong2026", secret=True),
    Setting("WECHAT_ACCOUNT", _text, "", "gh_1234567890ab"),
    Setting("WECHAT_AES_KEY", _aes_key, "", "43 letters and digits from the console", secret=True),
    Setting("WECHAT_API_BASE", _url, "https://api.weixin.qq.com", "https://api.weixin.qq.com"),
    Setting("WECHAT_OAUTH_BASE", _url, "https://open.weixin.qq.com", "https://open.weixin.qq.com"),
    Setting("WECHAT_MAX_SKEW_SECONDS", _seconds, "300", "300"),
    Setting("WECHATPAY_MCH_ID", _shaped(r"[0-9]{8,12}", "must be 8 to 12 digits"), "", "1900009191"),
    Setting(
        "WECHATPAY_CERT_SERIAL",
        _shaped(r"[0-9A-Fa-f]{8,64}", "must be hexadecimal digits, as the merchant console shows them"),
        "",
        "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    ),
    Setting(
        "WECHATPAY_API_V3_KEY",
        _shaped(r"[0-9A-Za-z]{32}", "must be 32 letters or digits"),
        "",
        "32 letters or digits, as typed in the merchant console",
        secret=True,
    ),
    Setting("WECHATPAY_PRIVATE_KEY", _private_key, "", "-----BEGIN PRIVATE KEY-----…", secret=True),
    Setting("WECHATPAY_PUBLIC_KEY", _public_key, "", "-----BEGIN PUBLIC KEY-----…"),
    Setting(
        "WECHATPAY_PUBLIC_KEY_ID",
        _shaped(r"PUB_KEY_ID_[0-9A-Za-z]+", "must begin with PUB_KEY_ID_"),
        "",
        "PUB_KEY_ID_0119000091912025010100389200000000",
    ),
    Setting("WECHATPAY_API_BASE", _url, "https://api.mch.weixin.qq.com", "https://api.mch.weixin.qq.com"),
    # weixin://bizmsgmenu links are widely used but not on an official page: this turns them off.
    Setting("WECHAT_TAPPABLE_TEXT", _yes_no, "yes", "yes"),
    # The button on item pages that asks for 订阅通知, which not every account has.
    Setting("WECHAT_SUBSCRIBE_BUTTON", _yes_no, "yes", "yes"),
    # Which page may show ours in a frame; the demo's phone does, nobody else should.
    Setting("FRAME_ANCESTORS", _ancestors, "'none'", "'none'"),
    Setting("IOS_VIRTUAL_GOODS", _one_of("allow", "hide_price", "block"), "hide_price", "hide_price"),
    Setting("CONSOLE_USERS_FILE", Path, "console-users.json", "console-users.json"),
    # Messages of campaigns in one second, of all workers together.
    Setting("SEND_RATE", _rate, "200", "200"),
    # Who proposes wording for campaigns: any endpoint that understands OpenAI's chat completions; empty = nobody.
    Setting("WORDING_URL", _safe_url_or_empty, "", "https://api.openai.com/v1"),
    Setting("WORDING_KEY", _text, "", "sk-0123456789abcdef", secret=True),
    Setting("WORDING_MODEL", _text, "", "gpt-4o-mini"),
    Setting("TIMEZONE", _zone, "Asia/Shanghai", "Asia/Shanghai"),
    # The simulator's clock (http://…/_control/clock), for trying things out; empty = this machine's.
    Setting("CLOCK_URL", _url_or_empty, "", "http://127.0.0.1:8100/_control/clock"),
    Setting("LOG_LEVEL", _level, "INFO", "INFO"),
)

REAL_API, REAL_PAY_API = "https://api.weixin.qq.com", "https://api.mch.weixin.qq.com"
WISE_SKEW_SECONDS = 86_400
"""Answers are remembered for a day: an older push that is sent again is answered anew, or not at all."""
NEEDED_TO_SERVE = ("SECRET_KEY", "DATA_KEYS", "WECHAT_APP_ID", "WECHAT_APP_SECRET", "WECHAT_TOKEN")
NEEDED_TO_SELL = ("WECHATPAY_MCH_ID", "WECHATPAY_CERT_SERIAL", "WECHATPAY_API_V3_KEY", "WECHATPAY_PRIVATE_KEY")
"""All or none; the public key and its id come together, or neither (a merchant with platform certificates)."""


class Settings:
    """The settings as attributes in lower case: ``settings.public_url``. Never prints a secret."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name.upper()]
        except KeyError:
            raise AttributeError(name) from None

    def __repr__(self) -> str:
        shown = {s.name: ("…" if s.secret else self._values[s.name]) for s in LIST}
        return f"Settings({shown})"


def load(environment: Mapping[str, str]) -> Settings:
    """Read every setting of ``LIST`` from `environment`; raise ``SettingWrong`` at the first wrong one."""
    settings, wrong = load_all(environment)
    if wrong:
        raise wrong[0]
    return settings


def load_all(environment: Mapping[str, str]) -> tuple[Settings, list[SettingWrong]]:
    """(the settings, with the default in place of each wrong one; everything that is wrong)."""
    values: dict[str, Any] = {}
    mistakes: list[SettingWrong] = []
    for setting in LIST:
        try:
            values[setting.name] = setting.parse(_raw(setting, environment))
        except SettingWrong as wrong:
            mistakes.append(wrong)
        except ValueError as wrong:
            mistakes.append(SettingWrong(setting.name, str(wrong), setting.example))
        values.setdefault(setting.name, setting.parse(setting.default))
    return Settings(values), mistakes


def require_to_serve(settings: Settings) -> None:
    """Refuse to face the world without the secrets that make it safe, or with half a merchant."""
    needed = NEEDED_TO_SERVE + _needed_to_sell(settings)
    for setting in LIST:
        if setting.name in needed and not getattr(settings, setting.name.lower()):
            raise SettingWrong(setting.name, "is not set", setting.example)
    sells = settings.wechatpay_mch_id and settings.wechatpay_api_base == REAL_PAY_API
    if sells and not settings.public_url.startswith("https:"):
        raise SettingWrong(
            "PUBLIC_URL", "must begin with https: WeChat Pay notifies no other", "https://read.example.cn"
        )
    if settings.clock_url and settings.wechat_api_base == REAL_API:
        raise SettingWrong("CLOCK_URL", "is for the simulator only, a real account needs the real time", "")


def _needed_to_sell(settings: Settings) -> tuple[str, ...]:
    """What a merchant needs: nothing where no part of it is set."""
    keys = ("WECHATPAY_PUBLIC_KEY", "WECHATPAY_PUBLIC_KEY_ID")
    named = [name for name in (*NEEDED_TO_SELL, *keys) if getattr(settings, name.lower())]
    if not named:
        return ()
    return NEEDED_TO_SELL + (keys if set(keys) & set(named) else ())


def doubts(settings: Settings) -> list[str]:
    """What is allowed and hardly meant, one sentence each: for trying out recorded pushes it may be."""
    if settings.wechat_max_skew_seconds > WISE_SKEW_SECONDS and settings.wechat_api_base == REAL_API:
        return [f"WECHAT_MAX_SKEW_SECONDS: above {WISE_SKEW_SECONDS} (a day) old pushes can be replayed — e.g. 300"]
    return []


def _raw(setting: Setting, environment: Mapping[str, str]) -> str:
    path = environment.get(setting.name + "_FILE", "")
    if path:
        try:
            return Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise SettingWrong(setting.name + "_FILE", f'"{path}" cannot be read', "/run/secrets/x") from None
    return environment.get(setting.name, "").strip() or setting.default
