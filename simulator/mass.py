"""Mass sends: who gets one, and what happened to each job (platform.md 4.5)."""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from simulator.api.errors import ApiError
from simulator.followers import Follower

PER_MONTH = 4
CLIENT_ID_BYTES = 64
RETRY_SECONDS = 60
TOUSER_MIN, TOUSER_MAX = 2, 10_000


@dataclass
class MassJob:
    """One submitted send; `status` is SENDING, SEND_SUCCESS, SEND_FAIL or DELETE."""

    msg_id: int
    msg_data_id: int
    client_id: str
    at: int
    text: str
    content: dict[str, Any]
    kind: str
    openids: list[str]
    status: str = "SENDING"
    pages: list[str] = field(default_factory=list)


@dataclass
class MassSends:
    """All jobs by msg_id, and the speed of sending (0 fastest to 4)."""

    jobs: dict[int, MassJob] = field(default_factory=dict)
    speed: int = 0

    def check_repeat(self, client_id: str, now: int, seconds: float) -> None:
        """45067 too long, 45066 repeated within a minute, 45065 repeated within `seconds`."""
        if len(client_id.encode()) > CLIENT_ID_BYTES:
            raise ApiError(45067, "clientmsgid size out of limit")
        for job in self.jobs.values():
            if job.client_id == client_id and now - job.at < seconds:
                if now - job.at < RETRY_SECONDS:
                    raise ApiError(45066, "same clientmsgid retry too fast")
                raise RepeatedError(job)

    def get(self, msg_id: Any) -> MassJob:
        try:
            return self.jobs[int(msg_id)]
        except (KeyError, TypeError, ValueError) as error:
            raise ApiError(40059, "invalid msg_id") from error


class RepeatedError(Exception):
    """A clientmsgid that was used already; the platform answers 45065 with the existing job."""

    def __init__(self, job: MassJob) -> None:
        super().__init__(job.client_id)
        self.job = job


def digest(body: dict[str, Any]) -> str:
    """What stands for a missing clientmsgid: a digest of scope and content."""
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return "auto-" + hashlib.sha256(text.encode()).hexdigest()[:40]


def month(at: float) -> str:
    """The calendar month in China, by which each user's four are counted."""
    return (datetime.fromtimestamp(at, UTC) + timedelta(hours=8)).strftime("%Y-%m")


def reachable(person: Follower, now: int) -> bool:
    """Whether one more mass message reaches this follower; the fifth of a month silently does not."""
    if not person.subscribed or person.blacklisted or person.refuses:
        return False
    return person.mass.get(month(now), 0) < PER_MONTH
