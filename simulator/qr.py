"""Scene QR codes (platform.md 4.10)."""

import hashlib
import html
import secrets
from dataclasses import dataclass
from typing import Any

from simulator.api.errors import ApiError

LONGEST = 2_592_000
TEMPORARY, PERMANENT = ("QR_SCENE", "QR_STR_SCENE"), ("QR_LIMIT_SCENE", "QR_LIMIT_STR_SCENE")
PERMANENT_MAX = 100_000


@dataclass(frozen=True)
class SceneCode:
    """`until` is None for a permanent one. `scene` is the text that stands in EventKey."""

    ticket: str
    scene: str
    until: int | None
    url: str


def create(body: dict[str, Any], now: int, default_seconds: int) -> SceneCode:
    """A code out of the request, or 40051 to 40053 for what cannot be."""
    action = body.get("action_name")
    if action not in TEMPORARY + PERMANENT:
        raise ApiError(40052, "invalid action name")
    info = body.get("action_info")
    scene = info.get("scene") if isinstance(info, dict) else None
    if not isinstance(scene, dict):
        raise ApiError(40053, "invalid action info")
    text = _scene(action, scene)
    until = None if action in PERMANENT else now + _seconds(body.get("expire_seconds"), default_seconds)
    ticket = "gQ" + secrets.token_urlsafe(68)
    return SceneCode(ticket, text, until, f"http://weixin.qq.com/q/{secrets.token_hex(12)}")


def _scene(action: str, scene: dict[str, Any]) -> str:
    if "STR" in action:
        text = scene.get("scene_str")
        if not isinstance(text, str) or not 1 <= len(text) <= 64:
            raise ApiError(40053, "invalid action info")
        return text
    number = scene.get("scene_id")
    most = PERMANENT_MAX if action in PERMANENT else 2**32 - 1
    if not isinstance(number, int) or not 1 <= number <= most:
        raise ApiError(40053, "invalid action info")
    return str(number)


def _seconds(wanted: Any, default: int) -> int:
    if wanted is None:
        return default
    if not isinstance(wanted, int) or wanted < 1:
        raise ApiError(40051, "invalid expire_seconds")
    return min(wanted, LONGEST)


def picture(code: SceneCode) -> str:
    """An SVG that looks like a code and names its scene; no scanner can read it."""
    size, bits = 25, hashlib.sha512(code.ticket.encode()).digest() * 2
    cells = []
    for at in range(size * size):
        row, column = divmod(at, size)
        corner = ((row < 8 or row > 16) and column < 8) or (row < 8 and column > 16)
        if not corner and bits[at // 8] >> (at % 8) & 1:
            cells.append(f'<path d="M{column} {row}h1v1h-1z"/>')
    for row, column in ((0, 0), (0, 18), (18, 0)):
        cells.append(f'<path fill-rule="evenodd" d="M{column} {row}h7v7h-7zm1 1v5h5v-5zm1 1h3v3h-3z"/>')
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-2 -2 29 33" width="290" height="330">'
        f'<path fill="#fff" d="M-2-2h29v33h-29z"/>{"".join(cells)}'
        f'<text x="12.5" y="29" font-size="2.4" text-anchor="middle">{html.escape(code.scene)}</text></svg>'
    )
