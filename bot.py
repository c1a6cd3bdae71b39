"""书童 Shutong: the front door. Every command; each has --help with an example.

Exit code 0 = done, 1 = refused or mistakes found, 2 = wrong usage. An error is one sentence, never a traceback.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from dotenv import dotenv_values

from campaign_commands import campaign
from command_line import json_option, print_json
from config import Settings, load, load_all, require_to_serve
from console_commands import console_user
from errors import Declined, ShutongError
from evaluate_commands import evaluate
from follower_commands import follower
from order_commands import order
from report_commands import report

if TYPE_CHECKING:
    from wiring import House

BOT = [sys.executable, str(Path(__file__).resolve())]
DEMO_FOLDER = Path("data") / "demo"
MOST_WORKERS = 4
THREADS = 4
"""Of each worker: one push decides, the next commits, and a page may take its time beside them."""


class Commands(click.Group):
    """Turns the house's errors into one sentence and exit code 1."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ShutongError as trouble:
            click.echo(str(trouble), err=True)
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.pass_context
def bot(ctx: click.Context) -> None:
    """书童 Shutong: a WeChat Official Account bot that sells knowledge.

    Try it without an account: python bot.py demo
    """
    ctx.obj = _house
    try:
        for name, value in dotenv_values(".env", encoding="utf-8-sig").items():
            os.environ.setdefault(name, value or "")
    except UnicodeDecodeError:
        raise Declined(".env is not UTF-8 — save it again with the encoding UTF-8") from None
    except ValueError:
        raise Declined(
            ".env holds a character no setting may have (NUL) — save it again with the encoding UTF-8"
        ) from None
    except OSError as trouble:
        raise Declined(f".env cannot be read: {trouble.strerror}") from None


def _settings() -> Settings:
    return load(os.environ)


def _house(settings: Settings | None = None) -> House:
    from wiring import build, log_to_stderr

    settings = settings or _settings()
    log_to_stderr(settings.log_level)
    return build(settings)


_host = click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
_port = click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
_workers = click.option(
    "--workers", default=None, type=click.IntRange(1, 64), help="Web processes; default: one a core, at most 4."
)


@bot.command()
@_host
@_port
@_workers
def serve(host: str, port: int, workers: int | None) -> None:
    """The whole bot: web workers, clock and a worker for campaigns under one supervisor.

    Example: python bot.py serve --port 8000 --workers 2
    """
    from supervisor import Role, require_free, run_roles
    from wiring import log_to_stderr

    settings = _settings()
    require_to_serve(settings)
    require_free(host, port)
    log_to_stderr(settings.log_level)
    web_role = [*BOT, "web", "--host", host, "--port", str(port), "--workers", str(_count(workers))]
    others = [Role(name, [*BOT, name]) for name in ("clock", "worker")]
    sys.exit(run_roles([Role("web", web_role), *others], os.environ))


@bot.command()
@_host
@_port
@_workers
def web(host: str, port: int, workers: int | None) -> None:
    """The web role alone: webhook and pages.

    Example: python bot.py web --host 0.0.0.0 --port 8000
    """
    from granian import Granian
    from granian.constants import Interfaces

    from supervisor import require_free

    require_to_serve(_settings())
    require_free(host, port)
    house = _house()  # faults of database and content are told once, here, and not by each worker
    assert house.catalog.current
    house.store.close()
    Granian(
        "wiring:application",
        factory=True,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=_count(workers),
        blocking_threads=THREADS,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        working_dir=None,
    ).serve()


def _count(workers: int | None) -> int:
    return workers or min(os.cpu_count() or 1, MOST_WORKERS)


@bot.command()
def clock() -> None:
    """The clock role alone: everything that happens by the timetable.

    Example: python bot.py clock
    """
    import clockwork
    import sending
    from scheduler.clock import stop_on_signal

    stop = stop_on_signal()
    house = _house()
    batches = sending.batches(house, sending.Campaigns(house))
    clockwork.clock(house, batches.hand_over).run_until(stop)


@bot.command()
def worker() -> None:
    """A worker role alone: sends campaigns. Any number of them share the work.

    Example: python bot.py worker
    """
    import sending
    from wiring import spare_collector

    require_to_serve(_settings())
    house = _house()
    assert house.followed_catalog.current  # its faults are told now, and the first batch need not wait for it
    spare_collector()
    with closing(sending.Campaigns(house)) as campaigns:
        sending.batches(house, campaigns).work()


@bot.command()
@click.argument("job", required=False, default="")
@json_option
def tick(job: str, as_json: bool) -> None:
    """Run the due jobs once, now; or the named JOB, due or not.

    Example: python bot.py tick forget-old-replies
    """
    import clockwork
    import sending
    from scheduler.worker import send_at_once

    house = _house()
    with closing(sending.Campaigns(house)) as campaigns:
        said = clockwork.clock(house, send_at_once(campaigns, time.sleep)).tick(job)
    if as_json:
        print_json({"ran": said})
    else:
        click.echo("\n".join(said) or "nothing is due")
    sys.exit(1 if any(": failed" in one for one in said) else 0)


@bot.command()
@_port
@click.option("--simulator-port", default=8100, show_default=True, type=click.IntRange(1, 65535))
def demo(port: int, simulator_port: int) -> None:
    """Everything against the simulated WeChat, with sample followers. Needs no settings.

    Example: python bot.py demo --port 8000 --simulator-port 8100
    """
    from demo import run_demo

    quiet = {**os.environ, "LOG_LEVEL": os.environ.get("LOG_LEVEL", "WARNING"), "PYTHONWARNINGS": "ignore"}
    folder = DEMO_FOLDER.resolve() / str(port)
    sys.exit(run_demo(BOT, quiet, folder, port, simulator_port, _demo_merchant, _push_menu, click.echo))


def _demo_merchant(folder: Path) -> dict[str, str]:
    """The settings of the simulated merchant whose keys lie in `folder`, made there at first."""
    from simulator.pay.merchant import PRIVATE_FILE, PUBLIC_FILE, merchant_in

    merchant = merchant_in(folder)
    return {
        "WECHATPAY_MCH_ID": merchant.mch_id,
        "WECHATPAY_CERT_SERIAL": merchant.cert_serial,
        "WECHATPAY_API_V3_KEY": merchant.api_v3_key,
        "WECHATPAY_PUBLIC_KEY_ID": merchant.public_key_id,
        "WECHATPAY_PRIVATE_KEY_FILE": str(folder / PRIVATE_FILE),
        "WECHATPAY_PUBLIC_KEY_FILE": str(folder / PUBLIC_FILE),
    }


@bot.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Whoever reaches it controls it.")
@click.option("--port", default=8100, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--webhook-port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Of the bot.")
@click.option("--webhook", help="The bot's webhook address, when it is not /wechat on this machine.")
@click.option("--pay-keys", type=click.Path(file_okay=False, path_type=Path), help="Keeps the merchant and its keys.")
@click.option("--crowd", default=0, type=click.IntRange(0, 100_000), help="Let so many synthetic followers live.")
@click.option("--days", default=1.0, show_default=True, help="How many days of platform time they live.")
@click.option("--seed", default=1, show_default=True, help="The same seed is the same crowd.")
@json_option
def simulate(
    host: str, port: int, webhook_port: int, webhook: str | None, pay_keys: Path | None,
    crowd: int, days: float, seed: int, as_json: bool,
) -> None:  # fmt: skip
    """The simulated WeChat platform alone. It pushes to the bot on this machine.

    A crowd joins the platform that already listens on the port, as a demo's does, tells what came of it and ends.

    Example: python bot.py simulate --crowd 500 --days 30
    """
    from simulator.__main__ import main

    options: dict[str, object] = {
        "host": host,
        "port": port,
        "webhook": webhook or f"http://127.0.0.1:{webhook_port}/wechat",
    }
    if pay_keys:
        options["pay-keys"] = pay_keys
    if crowd:
        options |= {"crowd": crowd, "days": days, "seed": seed}
    sys.argv = ["simulate", *(f"--{name}={value}" for name, value in options.items()), *["--json"] * as_json]
    sys.exit(main())


@bot.command()
@click.option("--content", type=click.Path(path_type=Path), help="The content folder; default: CONTENT_DIR.")
@json_option
def check(content: Path | None, as_json: bool) -> None:
    """Look for mistakes in the settings and the content: one line each, with file and line.

    Example: python bot.py check --content content
    """
    from catalog.load import load_catalog
    from catalog.mistakes import ContentWrong
    from wiring import never_ran

    settings, wrong_settings = load_all(os.environ)
    mistakes = [str(wrong) for wrong in wrong_settings]
    items, advice = 0, []
    try:
        catalog = load_catalog(content or settings.content_dir, settings.timezone, never_ran(settings))
        items, advice = len(catalog.items), [str(one) for one in catalog.advice]
    except ContentWrong as wrong:
        mistakes += [str(mistake) for mistake in wrong.mistakes]
    if as_json:
        print_json({"items": items, "mistakes": mistakes, "advice": advice})
    else:
        click.echo("\n".join([*(f"advice: {one}" for one in advice), *(mistakes or [f"ok: {items} items"])]))
    sys.exit(1 if mistakes else 0)


@bot.command()
def migrate() -> None:
    """Bring the database's tables up to date.

    Example: python bot.py migrate
    """
    from storage.migrate import migrate as run_migrations
    from storage.store import Store

    steps = run_migrations(Store(_settings().database_url).engine)
    click.echo("\n".join(f"done: {step}" for step in steps) or "up to date")


@bot.group()
def menu() -> None:
    """The custom menu at the foot of the chat."""


@menu.command("show")
@json_option
def menu_show(as_json: bool) -> None:
    """The menu of content/menu.yaml.

    Example: python bot.py menu show
    """
    from catalog.load import load_catalog

    settings = _settings()
    buttons = load_catalog(settings.content_dir, settings.timezone).menu
    if as_json:
        print_json({"button": list(buttons)})
        return
    for button in buttons:
        click.echo(_line(button))
        for child in button.get("sub_button", ()):
            click.echo("  " + _line(child))


def _line(button: Mapping[str, Any]) -> str:
    target = button.get("key") or button.get("url") or button.get("pagepath") or ""
    return f"{button['name']}  {target}".rstrip()


@menu.command("push")
def menu_push() -> None:
    """Send the menu to WeChat. Phones show it within five minutes.

    Example: python bot.py menu push
    """
    click.echo(f"menu sent: {_push_menu(os.environ)} buttons")


def _push_menu(environment: Mapping[str, str]) -> int:
    import wiring
    from flows.push_menu import push_menu

    settings = load(environment)
    require_to_serve(settings)
    house = _house(settings)
    return push_menu(house.catalog.current.menu, wiring.wechat_api(house).menu)


bot.add_command(follower)
bot.add_command(order)
bot.add_command(campaign)
bot.add_command(report)
bot.add_command(evaluate)
bot.add_command(campaign)
bot.add_command(console_user)

if __name__ == "__main__":
    bot()
