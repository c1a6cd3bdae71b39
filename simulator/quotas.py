"""Daily and per-minute limits of the server API (platform.md 3, 4)."""

from dataclasses import dataclass, field

from simulator.api.errors import ApiError
from simulator.clock import day

DAILY = {
    "/cgi-bin/menu/create": 1000,
    "/cgi-bin/menu/delete": 1000,
    "/cgi-bin/menu/get": 10_000,
    "/cgi-bin/menu/addconditional": 2000,
    "/cgi-bin/menu/delconditional": 2000,
    "/cgi-bin/menu/trymatch": 20_000,
    "/cgi-bin/media/upload": 100_000,
    "/cgi-bin/media/get": 200_000,
    "/cgi-bin/message/custom/send": 500_000,
    "/cgi-bin/message/template/send": 100_000,
    "/cgi-bin/message/mass/sendall": 100,
    "/cgi-bin/message/mass/send": 100,
    "/cgi-bin/message/mass/preview": 100,
    "/cgi-bin/qrcode/create": 100_000,
    "/cgi-bin/user/get": 500,
    "/cgi-bin/user/info": 5_000_000,
    "/cgi-bin/user/info/updateremark": 10_000,
}
"""Calls a day of a new account."""
PER_MINUTE = {"/cgi-bin/message/mass/send": 60, "/cgi-bin/message/mass/sendall": 60}
CLEARS_PER_MONTH = 10
_MASS = ("/cgi-bin/message/mass/sendall", "/cgi-bin/message/mass/send")


@dataclass
class Quotas:
    """How often each address was called; `limits` overrides the table, for trying a limit out."""

    limits: dict[str, int] = field(default_factory=dict)
    used: dict[str, tuple[int, int]] = field(default_factory=dict)
    minutes: dict[str, tuple[int, int]] = field(default_factory=dict)
    clears: list[int] = field(default_factory=list)

    def limit(self, path: str) -> int | None:
        return self.limits.get(path, DAILY.get(path))

    def used_today(self, path: str, now: int) -> int:
        today, count = self.used.get(path, (0, 0))
        return count if today == day(now) else 0

    def count(self, path: str, now: int) -> None:
        """One call more: 45009 over the day's limit (45028 for mass sends), 45011 over the minute's."""
        limit = self.limit(path)
        if limit is None:
            return
        count = self.used_today(path, now)
        if count >= limit:
            if path in _MASS:
                raise ApiError(45028, "has no masssend quota")
            raise ApiError(45009, "reach max api daily quota limit, could use clear_quota api to clear")
        self.used[path] = (day(now), count + 1)
        self._count_minute(path, now)

    def _count_minute(self, path: str, now: int) -> None:
        most = PER_MINUTE.get(path)
        if most is None:
            return
        minute, count = self.minutes.get(path, (0, 0))
        count = count if minute == now // 60 else 0
        if count >= most:
            raise ApiError(45011, "api minute-quota reach limit, must slower, retry next minute")
        self.minutes[path] = (now // 60, count + 1)

    def clear(self, now: int) -> None:
        """/cgi-bin/clear_quota: ten times in thirty days, then 48006."""
        self.clears = [at for at in self.clears if now - at < 30 * 86400]
        if len(self.clears) >= CLEARS_PER_MONTH:
            raise ApiError(48006, "forbid to clear quota because of reaching the limit")
        self.clears.append(now)
        self.used.clear()
        self.minutes.clear()
