"""MovieLens 100k: the ranking beside implicit's models, on the same split, judged by the same code, in the same run.

The files lie in RecBole's wheel, and implicit is installed into an environment of its own: both are fetched with pip
when this runs, and nothing of them is kept. The settings of implicit's models are chosen on the validation part, the
last fifth of what may be learned from; then each learns from all of that and is judged once. Least squares begin at
random: five seeds. ``--tune`` shows how our own constants do on that validation part and on the one before it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import venv
import zipfile
from collections.abc import Iterable, Iterator
from itertools import product
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import numpy as np

from domain import neighbours
from domain.held_out import Score, Split, score, split
from flows import score_dataset
from flows.movielens_files import read_genres, read_likes

PACKAGE, INSIDE, NAME = "recbole==1.2.1", "recbole/dataset_example/ml-100k", "ml-100k"
RIVALS = "implicit==0.7.3"
SEEDS = range(5)
RESAMPLES = 2_000

Model = tuple[str, dict[str, float]]
Lists = dict[int, list[int]]

KEPT = (20, 50, 100, 200, 400)
MODELS: list[Model] = [
    *(
        ("als", {"factors": factors, "regularization": penalty, "alpha": trust, "random_state": 0, "num_threads": 1})
        for factors, penalty, trust in product((16, 32, 64, 128, 256), (1.0, 10.0, 30.0, 100.0), (1.0, 2.0, 5.0, 20.0))
    ),
    *((name, {"K": kept}) for name in ("cosine", "tfidf") for kept in KEPT),
    *(("bm25", {"K": kept, "K1": k1, "B": b}) for kept in KEPT for k1 in (0.2, 0.6, 1.2) for b in (0.2, 0.75)),
]


class Row(NamedTuple):
    """One line of the table: averages over the seeds, their spread, and ours less it with its 95 % interval."""

    name: str
    settings: str
    recall: float
    ndcg: float
    spread: tuple[float, float]
    ahead: tuple[float, float, float]  # in recall
    ahead_ndcg: tuple[float, float, float]


def run() -> list[Row]:
    """Ours first, then implicit's models, then what everybody can do."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fetch(folder)
        likes, genres = read_likes(folder, NAME), read_genres(folder, NAME)
        whole = split(likes)
        python = _python(folder)
        ours = [score(score_dataset.ranked(whole, genres), whole.later)]
        rows = [_row("ours", "", ours, ours)]
        for model in _chosen(python, folder, split(whole.known)):
            rivals = [_seeded(model, seed) for seed in SEEDS] if model[0] == "als" else [model]
            found = [score(lists, whole.later) for lists in _recommended(python, folder, whole, rivals)]
            shown = {name: value for name, value in model[1].items() if name not in ("random_state", "num_threads")}
            rows.append(_row(f"implicit {model[0]}", ", ".join(f"{n} {v:g}" for n, v in shown.items()), found, ours))
    simple = {"popularity": score_dataset.popular(whole), "cosine of all pairs": score_dataset.cosine(whole)}
    return rows + [_row(name, "", [score(lists, whole.later)], ours) for name, lists in simple.items()]


def fetch(folder: Path) -> None:
    """Put the two files there."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", str(folder), PACKAGE]
    subprocess.run(command, check=True)
    with zipfile.ZipFile(next(folder.glob("recbole*.whl"))) as wheel:
        for end in ("inter", "item"):
            (folder / f"{NAME}.{end}").write_bytes(wheel.read(f"{INSIDE}/{NAME}.{end}"))


def _python(folder: Path) -> Path:
    """A Python with implicit."""
    place = folder / "environment"
    venv.create(place, with_pip=True)
    python = place / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", RIVALS], check=True)
    return python


def _recommended(python: Path, folder: Path, parts: Split, models: Iterable[Model]) -> list[Lists]:
    asked, told = folder / "asked.json", folder / "told.json"
    known = [(like.person, like.item) for like in parts.known]
    asked.write_text(json.dumps({"known": known, "people": sorted(parts.later), "models": list(models)}))
    script = Path(__file__).with_name("movielens_rivals.py")
    single = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # as implicit asks for: its own threads are enough
    subprocess.run([python, "-W", "ignore", script, asked, told], check=True, env=single)
    return [{int(person): items for person, items in lists.items()} for lists in json.loads(told.read_text())]


def _chosen(python: Path, folder: Path, validation: Split) -> list[Model]:
    """The best settings of each model on the validation part, by the sum of recall and nDCG."""
    best: dict[str, tuple[float, Model]] = {}
    for model, lists in zip(MODELS, _recommended(python, folder, validation, MODELS), strict=True):
        found = score(lists, validation.later)
        best[model[0]] = max(
            best.get(model[0], (0.0, model)), (found.recall + found.ndcg, model), key=lambda one: one[0]
        )
    return [model for _, model in best.values()]


def _seeded(model: Model, seed: int) -> Model:
    return model[0], {**model[1], "random_state": seed}


def _row(name: str, settings: str, found: list[Score], ours: list[Score]) -> Row:
    recalls, ndcgs = [one.recall for one in found], [one.ndcg for one in found]
    return Row(
        name, settings, float(np.mean(recalls)), float(np.mean(ndcgs)),
        (max(recalls) - min(recalls), max(ndcgs) - min(ndcgs)),
        _ahead(ours[0].recalls, [one.recalls for one in found]), _ahead(ours[0].ndcgs, [one.ndcgs for one in found]),
    )  # fmt: skip


def _ahead(ours: list[float], theirs: list[list[float]]) -> tuple[float, float, float]:
    """(mean, low, high) of ours less theirs, person by person, by resampling people."""
    gaps = np.array(ours) - np.mean(theirs, axis=0)
    lots = np.random.default_rng(1)
    means = [gaps[lots.integers(0, len(gaps), len(gaps))].mean() for _ in range(RESAMPLES)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(gaps.mean()), float(low), float(high)


def tune() -> Iterator[str]:
    """How our constants do on two validation parts: recall and nDCG, averaged."""
    with tempfile.TemporaryDirectory() as name:
        fetch(Path(name))
        likes, genres = read_likes(Path(name), NAME), read_genres(Path(name), NAME)
    late = split(split(likes).known)
    parts = (late, split(late.known))
    for proportional, constant, kept, lesson in [
        *product((0.0, 1.0, 3.0, 5.0), (20.0, 100.0, 400.0), (100,), (0.01,)),
        *product((3.0,), (100.0,), (20, 50, 200, 400), (0.01,)),
        *product((3.0,), (100.0,), (100,), (0.0, 0.1, 1.0)),
    ]:
        constants = {"PROPORTIONAL": proportional, "CONSTANT": constant, "MOST_NEIGHBOURS": kept}
        with patch.multiple(neighbours, **constants), patch.object(score_dataset, "GENRE_LESSON", lesson):
            found = [score(score_dataset.ranked(one, genres), one.later) for one in parts]
        recall, ndcg = (float(np.mean([one[n] for one in found])) for n in (0, 1))
        yield f"{proportional:g} {constant:g} neighbours {kept} lesson {lesson:g}: {recall:.4f} {ndcg:.4f}"


if __name__ == "__main__":
    if "--tune" in sys.argv:
        for line in tune():
            print(line, flush=True)
    else:
        for row in run():
            print(row)
