"""The Open Bandit sample: what Thompson sampling would earn, told from a log of random choices; and the other way.

Saito, Aihara, Matsutani and Narita (2021) had two policies show fashion items at three places of a page at the same
time: one drew evenly, one was Bernoulli Thompson sampling. The small sample (10,000 rows a campaign and policy) lies in
the source package of obp 0.5.7, fetched with pip when this runs. Nothing of it is kept.

The sample holds the probability of what was shown and not of the other items. The target's probabilities are therefore
the frequencies with which its own log shows each item at each place; the intervals do not hold that uncertainty.
The sample does not say which rows are of one person: each counts as one of its own.
"""

from __future__ import annotations

import csv
import io
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from benchmarks.reward_model import cross_fitted
from domain.estimate import Estimate, Floats, Log, Numbers, rate
from domain.judgement import Judgement, judge
from domain.policy_rows import FOLDS

PACKAGE = "obp==0.5.7"
CAMPAIGNS = ("all", "men", "women")
RANDOM, THOMPSON = "random", "bts"
PLACES = 3


class Sample(NamedTuple):
    """One policy's log of one campaign."""

    item: Numbers
    place: Numbers
    click: Floats
    probability: Floats


class Found(NamedTuple):
    """A target judged from another policy's log, beside what the target's own log says."""

    campaign: str
    log: str
    target: str
    judged: Judgement
    logged: Estimate  # of the policy that wrote the log
    own: Estimate  # of the target in its own log


def fetch(folder: Path) -> dict[tuple[str, str], Sample]:
    """(policy, campaign) -> its log."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    command += ["--ignore-requires-python", "-d", str(folder), PACKAGE]  # its data needs no Python at all
    subprocess.run(command, check=True)
    found = {}
    with tarfile.open(next(folder.glob("obp-*.tar.gz"))) as archive:
        for policy in (RANDOM, THOMPSON):
            for campaign in CAMPAIGNS:
                name = f"obp-0.5.7/obp/dataset/obd/{policy}/{campaign}/{campaign}.csv"
                file = archive.extractfile(name)
                assert file is not None
                found[policy, campaign] = _read(io.TextIOWrapper(file, "utf-8"))
    return found


def _read(file: io.TextIOWrapper) -> Sample:
    rows = [
        (int(row["item_id"]), int(row["position"]), float(row["click"]), float(row["propensity_score"]))
        for row in csv.DictReader(file)
    ]
    item, place, click, probability = zip(*rows, strict=True)
    return Sample(np.array(item), np.array(place), np.array(click), np.array(probability))


def judged(log: Sample, target: Sample) -> Judgement:
    """What the log tells of the target."""
    items = int(max(log.item.max(), target.item.max())) + 1
    odds = np.zeros((PLACES + 1, items))
    np.add.at(odds, (target.place, target.item), 1.0)
    odds /= np.maximum(odds.sum(axis=1, keepdims=True), 1)
    row = np.arange(len(log.item))
    model = cross_fitted(row, log.place, log.item, log.click, items)
    hope = (model * odds).sum(axis=2)
    return judge(
        Log(
            row, log.place, log.click, log.probability, odds[log.place, log.item],
            model[row % FOLDS, log.place, log.item], hope[row % FOLDS, log.place],
        )
    )  # fmt: skip


def run() -> list[Found]:
    """Both directions, each campaign."""
    with tempfile.TemporaryDirectory() as name:
        samples = fetch(Path(name))
    own = {key: rate(one.click, np.arange(len(one.click))) for key, one in samples.items()}
    found = [
        Found(campaign, log, target, judged(samples[log, campaign], samples[target, campaign]), own[log, campaign],
              own[target, campaign])
        for log, target in ((RANDOM, THOMPSON), (THOMPSON, RANDOM))
        for campaign in CAMPAIGNS
    ]  # fmt: skip
    for one in found:
        print(one.campaign, one.log, "tells of", one.target, one.judged.dr, "own", one.own, *one.judged.warnings)
    return found


if __name__ == "__main__":
    run()
