"""The wire log: everything that went to and fro, opened, with the rule that judged it."""

import threading
from collections import deque
from dataclasses import asdict, dataclass, replace
from typing import Any

KEPT = 2000
_SHOWN = 20000


@dataclass(frozen=True)
class WireEntry:
    """One exchange. `kind` is verify, push, api or pay; `elapsed_ms` real milliseconds; `at` platform time.

    `request` and `answer` are the decrypted bodies; `attempt` counts the tries of one push, which
    share `push_id`. `rule` is the check that decided, `ok` its verdict, `detail` a sentence for people.
    `fault` is the misbehaviour on request that struck it.
    """

    kind: str
    at: float
    what: str
    openid: str | None = None
    push_id: str | None = None
    attempt: int = 1
    attempts: int = 1
    url: str = ""
    request: str = ""
    answer: str = ""
    status: int | None = None
    elapsed_ms: float = 0.0
    ok: bool = True
    rule: str = ""
    detail: str = ""
    sealed: bool = False
    fault: str = ""
    seq: int = 0


class Wire:
    """The last 2,000 exchanges, oldest first; `seq` only grows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._entries: deque[WireEntry] = deque(maxlen=KEPT)
        self._seq = 0

    def add(self, entry: WireEntry) -> WireEntry:
        with self._lock:
            self._seq += 1
            kept = replace(entry, seq=self._seq, request=entry.request[:_SHOWN], answer=entry.answer[:_SHOWN])
            self._entries.append(kept)
            return kept

    def since(
        self, after: int = 0, openid: str | None = None, kind: str | None = None, limit: int = KEPT
    ) -> list[dict[str, Any]]:
        """Entries with `seq` greater than `after`, at most the newest `limit`."""
        with self._lock:
            found = [
                entry
                for entry in self._entries
                if entry.seq > after
                and (openid is None or entry.openid in (openid, None))
                and (kind is None or entry.kind == kind)
            ]
        return [asdict(entry) for entry in found[-limit:]]

    @property
    def last_seq(self) -> int:
        return self._seq

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
