"""Letting a crowd live on a platform that runs somewhere, and telling what came of it."""

import json
import sys
import time
from typing import Any, TextIO

import requests

DAY = 86400
POLL_SECONDS, LINE_SECONDS = 0.3, 10.0
BAR = 30


def answers(address: str) -> bool:
    """Whether a simulated platform already runs at `address`."""
    try:
        return requests.get(f"{address}/_control/ready", timeout=3).json().get("ready") is True
    except (requests.RequestException, ValueError, AttributeError):
        return False


def live(address: str, people: int, days: float, seed: int, as_json: bool) -> int:
    """Let them live, showing how far they are, then tell the sums on stdout; the exit code."""
    begin = _ask(address, "clock")["now"]
    ordered = requests.post(
        f"{address}/_control/crowd",
        json={"people": people, "days": days, "seed": seed, "wait": False},
        timeout=60,
    )
    if ordered.status_code != 200:
        sys.stderr.write(f"{ordered.json()['error']}\n")
        return 1
    _watch(address, begin, days, sys.stderr)
    report = _ask(address, "crowd")
    sys.stdout.write(json.dumps(report, ensure_ascii=False) + "\n" if as_json else told(report, days))
    sys.stdout.flush()
    return 0


def told(report: dict[str, Any], days: float) -> str:
    """The sums in words, for operators."""
    shown, people = report["shown"], report["people"]
    lines = [
        f"{people} 人过了 {days:g} 天：来访 {report['sessions']:,} 次，走了 {report['left']:,} 人",
        f"提问 {report['asked']:,}，点菜单 {report['tapped']:,}；看到 {shown:,}，打开 {report['opened']:,}"
        f"（{report['opened'] / shown if shown else 0:.1%}），喜欢 {report['liked']:,}，分享 {report['shared']:,}",
        f"购买 {report['bought']:,} 笔，共 ¥{report['spent_fen'] / 100:,.2f}",
    ]
    if shown:
        fit, blind = report["mean_shown_affinity"], report["mean_random_affinity"]
        times = f"，{fit / blind:.2f} 倍" if blind else ""
        lines.append(f"合口味程度 {fit:.3f}，同样的人随便推是 {blind:.3f}{times}（0 到 1，按各人隐藏的口味）")
    for week in report["weeks"]:
        lines.append(
            f"  第 {week['week']} 周：看到 {week['shown']:,}，打开率 {week['opened'] / week['shown']:.1%}，"
            f"购买 {week['bought']:,}，合口味 {week['mean_shown_affinity']:.3f}"
        )
    lines.append(f"违反规则 {sum(report['violations'].values()):,} 次" + _which(report["violations"]))
    if report["failures"]:
        lines.append(
            f"公众号出现故障 {report['failures']:,} 次：它在运行吗？用的是同一个账号吗？"
            "跟着平台的时钟（CLOCK_URL），也容得下时间跳（WECHAT_MAX_SKEW_SECONDS）吗？"
        )
    return "\n".join(lines) + "\n"


def _which(violations: dict[str, int]) -> str:
    """The rules that were broken."""
    broken = "，".join(f"{rule} {count:,}" for rule, count in violations.items() if count)
    return f"：{broken}（详见 /_control/violations）" if broken else ""


def _ask(address: str, path: str) -> dict[str, Any]:
    return dict(requests.get(f"{address}/_control/{path}", timeout=60).json())


def _watch(address: str, begin: float, days: float, out: TextIO) -> None:
    """Until the platform's time has reached the end: a bar on a terminal, else a line now and then."""
    said = time.monotonic()
    while (done := _ask(address, "clock")["now"] - begin) < days * DAY:
        if out.isatty():
            part = done / (days * DAY)
            out.write(f"\r[{'█' * int(part * BAR):░<{BAR}}] 第 {done / DAY:.1f} 天 / {days:g} 天 ")
            out.flush()
        elif time.monotonic() - said >= LINE_SECONDS:
            said = time.monotonic()
            out.write(f"第 {done / DAY:.1f} 天 / {days:g} 天\n")
            out.flush()
        time.sleep(POLL_SECONDS)
    if out.isatty():
        out.write("\r" + " " * (BAR + 30) + "\r")
