"""A simulated month: a crowd of followers, four campaigns a week and series, and every rule that was broken.

Everything is the product's: the webhook and the pages, the clock with every round of its timetable, planning, sending,
mass sends, and the ranking. The other side is the simulator: its crowd (``simulator/crowd``), its windows and quotas,
its count of broken rules (``simulator/violations.py``), which knows nothing of the bot. Both are in one process and
share the platform's clock, which stops at each session of the crowd, and every ten minutes for the bot's clock.

Beside the crowd's own acts, every day some consent to the campaigns' notice, some type 退订, 退订 and a subject, or
恢复订阅, and some leave without a word.
"""

from __future__ import annotations

import logging
import random
import shutil
import sqlite3
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from werkzeug.serving import make_server

import clockwork
import sending
import wiring
from benchmarks.short_wire import short_wire
from config import load
from flows.push_menu import push_menu
from flows.send_campaign import Progress, send_batch
from scheduler.worker import send_at_once
from simulator import acts
from simulator.account import Account
from simulator.acts import CannotActError
from simulator.clock import PlatformClock
from simulator.followers import Follower
from simulator.mass import month
from simulator.pay.merchant import make_merchant
from simulator.platform import Platform
from simulator.server import create_app
from simulator.templates import from_fields

ROOT = Path(__file__).parent.parent
CAMPAIGNS = Path(__file__).parent / "month_content"
PEOPLE, DAYS, SEED = 500, 30, 7
BEGIN = 1_796_054_400
"""Tuesday, 2026-12-01 00:00 in China: the month is a calendar month."""
DAY, TICK = 86_400, 600
NOTICE = "NewReadingNotice01"
SITE = "http://127.0.0.1:9"
DATABASE, DATA_KEY = "profiles.db", "w7Yb0m0xq1r2s3t4u5v6w7x8y9z0A1B2C3D4E5F6G7E="
CONSENT, STOP, STOP_SUBJECT, GO_ON, LEAVE = 0.05, 0.004, 0.004, 0.05, 0.002
"""The chance a day of each for a follower; of 恢复订阅 for one who stopped."""
SUBJECTS = ("健身", "理财", "旅行")


class Run(NamedTuple):
    """What one campaign came to in the whole month: rows by state, by cause where nothing was sent, and by channel
    where something was."""

    name: str
    runs: int
    states: Mapping[str, int]
    causes: Mapping[str, int]
    channels: Mapping[str, int]
    clicked: int


@dataclass
class Month:
    """What came of it. ``mass`` tells how many people got so many mass messages; ``sent`` is by channel and purpose, as
    the bot's rows say; ``unasked`` what the platform saw; ``crowd`` the sums of the crowd."""

    violations: dict[str, int] = field(default_factory=dict)
    examples: list[dict[str, Any]] = field(default_factory=list)
    unasked: dict[str, int] = field(default_factory=dict)
    sent: dict[str, int] = field(default_factory=dict)
    runs: list[Run] = field(default_factory=list)
    mass: dict[int, int] = field(default_factory=dict)
    jobs: dict[str, int] = field(default_factory=dict)
    crowd: dict[str, Any] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)


def live(people: int, days: int, seed: int = SEED, folder: Path | None = None) -> Month:
    """Let them live; what came of it."""
    with ExitStack() as held:
        place = folder or Path(held.enter_context(tempfile.TemporaryDirectory()))
        world = held.enter_context(_world(place))
        _live(world, people, days, seed)
        return _told(world)


@dataclass(frozen=True)
class World:
    """Both sides: the platform as an application with its crowd, and the bot's house with its clock."""

    app: Any
    platform: Platform
    house: wiring.House
    send: Callable[[str, Callable[[], float], Callable[[], bool]], Progress]
    books: sqlite3.Connection
    troubles: list[str]

    def rows(self, query: str, *values: str) -> list[Any]:
        """Of the bot's own database."""
        return self.books.execute(query, values).fetchall()


@contextmanager
def _world(folder: Path) -> Iterator[World]:
    account = Account("wx0000000000000001", "s" * 32, "monthtoken", "k" * 42 + "A", "gh_month")
    merchant, clock = make_merchant(), PlatformClock(at=BEGIN, speed=0)
    app = create_app(account, f"{SITE}/wechat", clock=clock, merchant=merchant)
    with ExitStack() as held:
        base = held.enter_context(_served(app))  # what is sent through aiohttp comes this way
        wire = held.enter_context(short_wire())
        wire.connect(base, app)
        platform: Platform = app.extensions["platform"]
        platform.base_url = base
        settings = load({
            "PUBLIC_URL": SITE, "CONTENT_DIR": str(_content(folder)),
            "DATABASE_URL": f"sqlite:///{folder / DATABASE}",
            "SECRET_KEY": "k" * 40, "DATA_KEYS": DATA_KEY,
            "SEND_RATE": "10000",  # a clock that stands still never ends a full second
            "WECHAT_APP_ID": account.app_id, "WECHAT_APP_SECRET": account.app_secret, "WECHAT_TOKEN": account.token,
            "WECHAT_ACCOUNT": account.original_id, "WECHAT_AES_KEY": account.aes_key, "WECHAT_API_BASE": base,
            "WECHAT_OAUTH_BASE": base, "WECHATPAY_API_BASE": base, "WECHATPAY_MCH_ID": merchant.mch_id,
            "WECHATPAY_CERT_SERIAL": merchant.cert_serial, "WECHATPAY_API_V3_KEY": merchant.api_v3_key,
            "WECHATPAY_PRIVATE_KEY": merchant.private_key_pem().decode(),
            "WECHATPAY_PUBLIC_KEY": merchant.public_key_pem().decode(),
            "WECHATPAY_PUBLIC_KEY_ID": merchant.public_key_id,
        })  # fmt: skip
        house = wiring.build(settings, platform.clock.now)
        house.__dict__["followed_catalog"] = house.catalog  # nobody edits the files
        wire.connect(SITE, wiring.web_application(house))
        platform.templates[NOTICE] = from_fields(NOTICE, "新内容提醒", {"thing1": "内容", "time2": "时间"}, "notice")
        troubles: list[str] = []
        held.enter_context(_noted(troubles))
        push_menu(house.catalog.current.menu, wiring.wechat_api(house).menu)
        house.learned.close()  # it is looked at once a day instead, by the platform's time
        sender = sending.campaign_sender(house)
        books = held.enter_context(closing(sqlite3.connect(folder / DATABASE)))
        yield World(app, platform, house, partial(send_batch, sender, house.store), books, troubles)
        sender.outbox.close()
        house.close()


@contextmanager
def _served(app: Any) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()


@contextmanager
def _noted(troubles: list[str]) -> Iterator[None]:
    """Keep every error that the bot logs."""

    class Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            troubles.append(f"{record.name}: {record.getMessage()}"[:300])

    keep, werkzeug = Keep(logging.ERROR), logging.getLogger("werkzeug")
    level = werkzeug.level
    werkzeug.setLevel(logging.ERROR)
    logging.getLogger().addHandler(keep)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(keep)
        werkzeug.setLevel(level)


def _content(folder: Path) -> Path:
    """The sample content with the month's campaigns."""
    place = folder / "content"
    shutil.copytree(ROOT / "content", place)
    shutil.rmtree(place / "campaigns", ignore_errors=True)
    shutil.copytree(CAMPAIGNS, place, dirs_exist_ok=True)
    return place


def _live(world: World, people: int, days: int, seed: int) -> None:
    platform = world.platform
    chance = random.Random(seed)

    def send(run_id: str, stop: Callable[[], bool]) -> Progress:
        return world.send(run_id, platform.clock.now, stop)

    clock = clockwork.clock(world.house, send_at_once(send, lambda seconds: None))

    def tick() -> None:
        world.troubles.extend(said for said in clock.tick() if "failed" in said)
        platform.agenda.after(TICK, tick)

    def a_day() -> None:
        if (day := (platform.now() - BEGIN) // DAY) == days:
            return
        sys.stderr.write(f"day {day + 1} of {days}\n")
        for person in platform.followers.all():
            if person.synthetic and person.subscribed:
                platform.agenda.after(chance.uniform(8, 22) * 3_600, _whims(platform, person, chance))
        world.house.learned.refresh()
        platform.agenda.after(DAY, a_day)

    world.app.extensions["crowd"].add(people, seed)
    platform.agenda.after(1, tick)
    platform.agenda.after(0, a_day)
    platform.agenda.advance(days * DAY)


def _whims(platform: Platform, person: Follower, chance: random.Random) -> Any:
    """What somebody does today beside the crowd's own acts."""
    drawn = [chance.random() for _ in range(5)]
    subject = chance.choice(SUBJECTS)

    def act() -> None:
        stopped = any(line.sender == "follower" and line.text.startswith("退订") for line in person.chat)
        try:
            if drawn[0] < CONSENT:
                acts.consent(platform, person, {NOTICE: "accept"}, 1)
            if drawn[1] < STOP:
                acts.say(platform, person, "退订")
            if drawn[2] < STOP_SUBJECT:
                acts.say(platform, person, f"退订 {subject}")
            if stopped and drawn[3] < GO_ON:
                acts.say(platform, person, "恢复订阅")
            if drawn[4] < LEAVE:
                acts.unfollow(platform, person)
        except CannotActError:
            return  # they left meanwhile

    return act


# --- what came of it ---------------------------------------------------------------------------------------------


def _told(world: World) -> Month:
    platform = world.platform
    seen = platform.violations.as_json(20)
    told = Month(seen["by_rule"], seen["violations"], seen["unasked"], crowd=world.app.extensions["crowd"].report())
    told.troubles = world.troubles
    sent = "select channel || ' ' || purpose, count(*) from sends where channel <> 'shut' group by channel, purpose"
    told.sent = dict(world.rows(sent))
    told.jobs = dict(world.rows("select state, count(*) from mass_jobs group by state"))
    now = month(platform.now() - 1)
    told.mass = dict(sorted(Counter(one.mass.get(now, 0) for one in platform.followers.all() if one.synthetic).items()))
    names = world.rows("select distinct campaign from campaign_runs where slot > 0 order by campaign")
    told.runs = [_run(world, name) for (name,) in names]
    return told


def _run(world: World, name: str) -> Run:
    def counts(what: str, where: str = "1") -> dict[str, int]:
        of = f"campaign_deliveries d join campaign_runs r on r.id = d.run_id where r.campaign = ? and {where}"
        return dict(world.rows(f"select {what}, count(*) from {of} group by 1", name))

    ((runs,),) = world.rows("select count(*) from campaign_runs where campaign = ? and slot > 0", name)
    opened = "exists (select 1 from exposures e where e.id = d.exposure_id and e.opened_at > 0)"
    clicked = sum(counts("d.state", opened).values())
    by_channel = counts("d.channel", "d.state in ('sent', 'shown')")
    return Run(name, runs, counts("d.state"), counts("d.why", "d.state = 'skipped'"), by_channel, clicked)


def told(found: Month) -> str:
    """The tables in Markdown."""
    broken = ", ".join(f"{rule} {count}" for rule, count in found.violations.items() if count) or "none"
    mass = ", ".join(f"{count} people {times}" for times, count in found.mass.items())
    return (
        f"Rules broken, as the platform counts them: **{sum(found.violations.values())}** ({broken}). Unasked messages "
        f"it saw: {_listed(found.unasked)}; what the bot says it sent first: {_listed(found.sent)}. Mass jobs: "
        f"{_listed(found.jobs)}; mass messages in the month: {mass}. Errors the bot logged: {len(found.troubles)}.\n\n"
        + _table(found.runs)
    )


def _table(runs: list[Run]) -> str:
    columns: list[tuple[str, Callable[[Run], int]]] = [("runs", lambda run: run.runs)]
    columns += _columns(runs, "states", "{}")
    columns += _columns(runs, "channels", "by {}")
    columns += [("clicked", lambda run: run.clicked)]
    columns += _columns(runs, "causes", "not: {}")
    lines = [["campaign", *(head for head, _ in columns)], ["---"] * (len(columns) + 1)]
    lines += [[run.name, *(str(count(run)) for _, count in columns)] for run in runs]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _columns(runs: list[Run], part: str, head: str) -> list[tuple[str, Callable[[Run], int]]]:
    def count(name: str) -> Callable[[Run], int]:
        return lambda run: getattr(run, part).get(name, 0)

    names = sorted({name for run in runs for name in getattr(run, part) if name})
    return [(head.format(name), count(name)) for name in names]


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.items()) or "none"


def run() -> Month:
    """The month of the results."""
    return live(PEOPLE, DAYS)


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]] or [PEOPLE, DAYS, SEED]
    found = live(*given)
    print(told(found))
    for one in [*found.examples, *sorted(Counter(found.troubles).items(), key=lambda pair: -pair[1])[:20]]:
        print(one)
    print({name: value for name, value in found.crowd.items() if name != "weeks"})
