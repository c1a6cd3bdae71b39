"""The people on the other side: who they are and what the platform knows of each."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from simulator.chat import ChatEntry
from simulator.windows import Windows

CHAT_KEPT = 500


class NoSuchFollowerError(LookupError):
    """An openid nobody has."""


@dataclass
class Follower:
    """One WeChat user as this account sees her or him. Times are epoch seconds of the platform's clock.

    `refuses` is the person's own switch against messages, `blacklisted` the account's; `consents` counts
    agreed notices per template id (one-time ones under `once:<scene>`), `mass` mass messages got per month.
    `number` is the phone's,
    `synthetic` marks the crowd, which the page does not list.
    """

    openid: str
    name: str
    avatar: str = "友"
    colour: str = "#8ba4c7"
    about: dict[str, Any] = field(default_factory=dict)
    opening: tuple[str, ...] = ()
    number: int = 0
    subscribed: bool = False
    subscribe_time: int = 0
    subscribe_scene: str = "ADD_SCENE_SEARCH"
    qr_scene: str = ""
    opened: bool = False
    synthetic: bool = False
    remark: str = ""
    tags: list[int] = field(default_factory=list)
    blacklisted: bool = False
    refuses: bool = False
    windows: Windows = field(default_factory=Windows)
    consents: dict[str, int] = field(default_factory=dict)
    mass: dict[str, int] = field(default_factory=dict)
    chat: list[ChatEntry] = field(default_factory=list)
    seq: int = 0

    def write(
        self,
        at: float,
        sender: str,
        kind: str,
        text: str = "",
        content: dict[str, Any] | None = None,
        channel: str = "",
    ) -> ChatEntry:
        """Add a line to the chat; only the newest 500 are kept."""
        self.seq += 1
        entry = ChatEntry(self.seq, at, sender, kind, text, content, channel)
        self.chat.append(entry)
        del self.chat[:-CHAT_KEPT]
        return entry

    def since(self, after: int) -> list[dict[str, Any]]:
        return [entry.as_json() for entry in self.chat if entry.seq > after]

    def as_json(self) -> dict[str, Any]:
        return {
            "openid": self.openid,
            "name": self.name,
            "avatar": self.avatar,
            "colour": self.colour,
            "about": self.about,
            "opening": list(self.opening),
            "subscribed": self.subscribed,
            "subscribe_time": self.subscribe_time,
            "opened": self.opened,
            "last_seq": self.seq,
        }

    def state(self, now: float) -> dict[str, Any]:
        """What the platform keeps of this follower: windows, counts, consents, quotas."""
        return {
            "windows": self.windows.as_json(now),
            "typing": now < self.windows.typing_until,
            "consents": dict(self.consents),
            "mass": dict(self.mass),
            "tags": list(self.tags),
            "remark": self.remark,
            "blacklisted": self.blacklisted,
            "refuses": self.refuses,
            "subscribe_scene": self.subscribe_scene,
            "qr_scene": self.qr_scene,
        }


def openid_for(name: str) -> str:
    """A stable made-up openid: 28 characters beginning with o, the same for the same name."""
    return "o" + hashlib.sha256(name.encode()).hexdigest()[:27].translate(str.maketrans("abc", "XyZ"))


class Followers:
    """Everyone, by openid, in the order they came."""

    def __init__(self, people: Iterable[Follower] = ()) -> None:
        self._people: dict[str, Follower] = {}
        self._order: list[str] = []
        for person in people:
            self.add(person)

    def get(self, openid: str) -> Follower:
        found = self._people.get(openid)
        if found is None:
            raise NoSuchFollowerError(f"There is no follower {openid!r}.")
        return found

    def find(self, openid: str) -> Follower | None:
        return self._people.get(openid)

    def add(self, person: Follower) -> Follower:
        """Add somebody; an openid that is known already stays as it is."""
        if person.openid not in self._people:
            person.number = len(self._order)
            self._order.append(person.openid)
        return self._people.setdefault(person.openid, person)

    def at(self, number: int) -> Follower | None:
        """Who came as number `number`, counted from 0: the number of the phone."""
        return self._people[self._order[number]] if 0 <= number < len(self._order) else None

    def all(self) -> list[Follower]:
        return list(self._people.values())
