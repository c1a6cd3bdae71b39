"""A campaign's mass sends as its report tells them: WeChat's own numbers, which name nobody."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from domain.moment import rfc3339
from storage import mass_jobs
from storage.mass_jobs import Job
from storage.store import Transaction


def tell_mass(tx: Transaction, run_ids: Sequence[str], zone: ZoneInfo) -> list[dict[str, Any]]:
    """The jobs of these runs, run by run: ``people`` were asked for, ``reached`` and ``not_reached`` are WeChat's
    count, 0 before it told; ``status`` is what it said last, or why nothing was sent."""
    return [_told(job, zone) for run_id in run_ids for job in mass_jobs.of_run(tx, run_id)]


def _told(job: Job, zone: ZoneInfo) -> dict[str, Any]:
    known = json.loads(job.outcome) if job.outcome else {}
    return {
        "run": job.run_id, "state": job.state, "people": job.people, "reached": known.get("sent", 0),
        "not_reached": known.get("failed", 0), "status": known.get("status") or known.get("why", ""),
        "submitted_at": rfc3339(job.submitted_at, zone) if job.submitted_at else None,
    }  # fmt: skip
