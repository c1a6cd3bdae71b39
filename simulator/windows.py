"""Customer-service windows: what a follower's act allows, for how long (platform.md 4.1)."""

from dataclasses import dataclass, field
from typing import Any

from simulator.api.errors import ApiError

MESSAGE, ACTION = "message", "action"
RULES = {MESSAGE: (5, 48 * 3600), ACTION: (3, 60)}
"""Since 2023-06-12: a message allows 5 within 48 hours; a tap, follow or scan 3 within a minute."""
TYPING_NEEDS, TYPING_LASTS = 30, 15


@dataclass
class Window:
    left: int
    until: float


@dataclass
class Windows:
    """The open windows of one follower. Times are platform seconds."""

    open: dict[str, Window] = field(default_factory=dict)
    last_exchange: float = 0.0
    typing_until: float = 0.0

    def acted(self, kind: str, now: float, resets: bool = True) -> None:
        """The follower did something of `kind`; unless `resets`, an open window keeps its count."""
        count, seconds = RULES[kind]
        window = self.open.get(kind)
        if window is not None and window.until > now and not resets:
            window.until = now + seconds
        else:
            self.open[kind] = Window(count, now + seconds)
        self.last_exchange = now

    def spend(self, now: float) -> None:
        """Use one message of the window that ends first: 45015 outside all, 45047 all used up."""
        running = sorted((w for w in self.open.values() if w.until > now), key=lambda w: w.until)
        if not running:
            raise ApiError(45015, "response out of time limit or subscription is canceled")
        window = next((one for one in running if one.left > 0), None)
        if window is None:
            raise ApiError(45047, "out of response count limit")
        window.left -= 1
        self.last_exchange = now
        self.typing_until = 0.0

    def type(self, command: Any, now: float) -> None:
        """Typing or CancelTyping."""
        if command not in ("Typing", "CancelTyping"):
            raise ApiError(45072, "invalid command")
        if command == "CancelTyping":
            self.typing_until = 0.0
            return
        if not self.open or now - self.last_exchange > TYPING_NEEDS:
            raise ApiError(45080, "can't send typing, no message exchange in the last 30 seconds")
        if now < self.typing_until:
            raise ApiError(45081, "typing already")
        self.typing_until = now + TYPING_LASTS

    def as_json(self, now: float) -> dict[str, Any]:
        """The open ones: `{"message": {"left", "until"}}`."""
        return {name: {"left": one.left, "until": one.until} for name, one in self.open.items() if one.until > now}
