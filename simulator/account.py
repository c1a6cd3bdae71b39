"""The Official Account that is simulated: what the account console would show its owner."""

import os
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass

_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Account:
    """One verified service account.

    `token` has 3-32 letters or digits, `aes_key` (EncodingAESKey) 43, `original_id` is the `gh_…` id that
    stands in ToUserName of every push (platform.md 1.1, 1.4). `name` is what the phone shows.
    """

    app_id: str
    app_secret: str
    token: str
    aes_key: str
    original_id: str
    name: str = "公众号"


def _made_up(length: int, alphabet: str = _LETTERS) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def account_from_environment(env: Mapping[str, str] | None = None) -> Account:
    """The account that WECHAT_APP_ID and its sisters name; what is missing is made up."""
    values = os.environ if env is None else env
    return Account(
        app_id=values.get("WECHAT_APP_ID") or "wx" + _made_up(16, "0123456789abcdef"),
        app_secret=values.get("WECHAT_APP_SECRET") or _made_up(32, "0123456789abcdef"),
        token=values.get("WECHAT_TOKEN") or _made_up(16),
        aes_key=values.get("WECHAT_AES_KEY") or _made_up(43),
        original_id=values.get("WECHAT_ACCOUNT") or "gh_" + _made_up(12, "0123456789abcdef"),
        name=values.get("WECHAT_NAME") or "公众号",
    )
