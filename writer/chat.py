"""Asking an OpenAI-compatible endpoint (``POST <base>/chat/completions``) for words.

What it is given leaves the house: item texts and nothing about people (``flows/propose_wording.py``). One question, one
answer, within a time and a size; redirects are not followed, so the key goes to the configured host alone.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field

import requests

from errors import WriterSilent

CONNECT_SECONDS, ANSWER_SECONDS = 5.0, 60.0
"""Models take their time; an operator waits a minute, not longer."""
MOST_BYTES = 200_000
TEMPERATURE = 0.8
"""Proposals should differ."""


@dataclass(frozen=True, slots=True)
class Writer:
    """The endpoint: its address up to ``/v1``, its key ("" = it needs none), the model's name."""

    base: str
    key: str = field(repr=False)
    model: str

    def ask(self, rules: str, question: str) -> str:
        """The text of its answer. Raises ``WriterSilent`` with what to do."""
        asked = {
            "model": self.model, "temperature": TEMPERATURE,
            "messages": [{"role": "system", "content": rules}, {"role": "user", "content": question}],
        }  # fmt: skip
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        try:
            with requests.post(
                f"{self.base.rstrip('/')}/chat/completions", json=asked, headers=headers, stream=True,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS), allow_redirects=False,
            ) as answer:  # fmt: skip
                status, body = answer.status_code, _read(answer)
        except requests.RequestException as trouble:
            raise WriterSilent(f"gave no answer ({type(trouble).__name__})") from None  # its text may hold the key
        if status != requests.codes.ok:
            raise WriterSilent(f"answered with HTTP {status}")
        return _text(body)


def _read(answer: requests.Response) -> bytes:
    """The body, as long as it comes in time and is not too long."""
    until, body = time.monotonic() + ANSWER_SECONDS, b""
    for piece in answer.iter_content(16_384):
        body += piece
        if len(body) > MOST_BYTES or time.monotonic() > until:
            raise WriterSilent("answered too much, or too slowly")
    return body


def _text(body: bytes) -> str:
    try:
        return str(json.loads(body)["choices"][0]["message"]["content"])
    except (ValueError, LookupError, TypeError):
        raise WriterSilent("answered with something that is no chat completion") from None
