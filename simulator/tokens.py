"""access_token: the two ways to get one and what happens to the former (platform.md 3)."""

import secrets
import string
from dataclasses import dataclass, field

from simulator.api.errors import ApiError
from simulator.clock import day

LIFE = 7200
KEPT_EXPIRED = 30 * 86400
"""How long an expired token answers 42001 rather than 40001."""
RENEW_BEFORE = 300
OVERLAP = 300
FORCED_PER_DAY = 20
FORCED_APART = 30
PLAIN_PER_DAY = 2000
STABLE_PER_DAY = 500_000
STABLE_PER_MINUTE = 10_000
_LETTERS = string.ascii_letters + string.digits + "-_"
LATEST_TEXT = (
    "invalid credential, access_token is invalid or not latest, could get access_token by "
    "getStableAccessToken, more details at https://mmbizurl.cn/s/JtxxFh33r"
)


def _new_token() -> str:
    return "97_" + "".join(secrets.choice(_LETTERS) for _ in range(133))


@dataclass
class Tokens:
    """Every token that may still be used, with the platform second at which it dies."""

    ends: dict[str, int] = field(default_factory=dict)
    dead: set[str] = field(default_factory=set)
    superseded: set[str] = field(default_factory=set)
    stable: str = ""
    plain: str = ""
    forced_at: list[int] = field(default_factory=list)
    counts: dict[tuple[str, int], int] = field(default_factory=dict)

    def fetch_plain(self, now: int) -> tuple[str, int]:
        """/cgi-bin/token: always a new one; the former lives five minutes more."""
        self._count("plain", day(now), PLAIN_PER_DAY, 45009, "reach max api daily quota limit")
        if self.plain in self.ends:
            self.superseded.add(self.plain)
            self.ends[self.plain] = min(self.ends[self.plain], now + OVERLAP)
        self.plain = self._issue(now)
        return self.plain, LIFE

    def fetch_stable(self, now: int, force: bool) -> tuple[str, int]:
        """/cgi-bin/stable_token: the same while it lives; new in its last five minutes."""
        self._count("stable minute", now // 60, STABLE_PER_MINUTE, 45011, "api minute-quota reach limit")
        self._count("stable day", day(now), STABLE_PER_DAY, 45009, "reach max api daily quota limit")
        left = self.ends.get(self.stable, 0) - now
        if force:
            self._check_forced(now)
            self.kill(self.stable)
        elif left > RENEW_BEFORE:
            return self.stable, left
        self.stable = self._issue(now)
        return self.stable, LIFE

    def check(self, token: str | None, now: int) -> None:
        """Raise what the platform answers when `token` does not open the door."""
        if not token:
            raise ApiError(41001, "access_token missing")
        end = self.ends.get(token)
        if end is not None and now < end:
            return
        if end is not None and token not in self.superseded:
            raise ApiError(42001, "access_token expired")
        if end is None and token not in self.dead and not _well_formed(token):
            raise ApiError(40014, "invalid access_token")
        raise ApiError(40001, LATEST_TEXT)

    def expire_all(self, now: int) -> None:
        """Forced expiry: every token answers 42001 from now on."""
        self.ends = dict.fromkeys(self.ends, now)

    def kill(self, token: str) -> None:
        """The token answers 40001 from now on, as if another process had fetched a newer one."""
        if self.ends.pop(token, None) is not None:
            self.dead.add(token)

    def kill_all(self) -> None:
        for token in list(self.ends):
            self.kill(token)

    def _issue(self, now: int) -> str:
        for token, end in list(self.ends.items()):
            if end < now - KEPT_EXPIRED or (token in self.superseded and end < now - LIFE):
                del self.ends[token]
                self.dead.add(token)
        token = _new_token()
        self.ends[token] = now + LIFE
        return token

    def _check_forced(self, now: int) -> None:
        today = [at for at in self.forced_at if day(at) == day(now)]
        if len(today) >= FORCED_PER_DAY:
            raise ApiError(45009, "reach max api daily quota limit")
        if today and now - today[-1] < FORCED_APART:
            raise ApiError(45011, "api minute-quota reach limit")
        self.forced_at = [*today, now]

    def _count(self, name: str, period: int, limit: int, code: int, words: str) -> None:
        key = (name, period)
        if self.counts.get(key, 0) >= limit:
            raise ApiError(code, words)
        self.counts = {old: n for old, n in self.counts.items() if old[0] != name or old[1] == period}
        self.counts[key] = self.counts.get(key, 0) + 1


def _well_formed(token: str) -> bool:
    return len(token) >= 64 and all(letter in _LETTERS for letter in token)
