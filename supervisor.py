"""Runs several roles as child processes: starts them, restarts one that dies, stops all together."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import logging
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from errors import Declined

log = logging.getLogger(__name__)

PR_SET_PDEATHSIG = 1
STOP_SECONDS = 20
"""How long children may take to finish running work before they are killed."""
QUICK_DEATH_SECONDS = 5
REFUSED = 1
"""The exit code of a role that has said in a sentence why it does not start."""
MOST_QUICK_DEATHS = 3
"""A role that dies so often right after its start has a fault a restart does not mend."""


@dataclass(frozen=True)
class Role:
    """One child: its name for the log, its command line, and whether what it prints is of no interest."""

    name: str
    command: Sequence[str]
    quiet: bool = False


class _Child:
    def __init__(self, role: Role, environment: Mapping[str, str]) -> None:
        self.role, self._environment = role, environment
        self.quick_deaths = 0
        self.starts = 0
        self.start()

    def start(self) -> None:
        out = subprocess.DEVNULL if self.role.quiet else None
        command, environment = self.role.command, dict(self._environment)
        self.process = subprocess.Popen(  # noqa: S603 - our own roles
            command,
            env=environment,
            stdout=out,
            preexec_fn=_stop_with_parent,
        )
        self.started = time.monotonic()
        self.starts += 1

    def died(self) -> bool:
        if self.process.poll() is None:
            return False
        quick = time.monotonic() - self.started < QUICK_DEATH_SECONDS
        self.quick_deaths = self.quick_deaths + 1 if quick else 0
        log.error("%s ended with code %s", self.role.name, self.process.returncode)
        return True

    def is_hopeless(self) -> bool:
        """Dead, and a restart does not mend it: it refused its first start, or dies again and again."""
        refused = self.process.returncode == REFUSED and self.starts == 1 and self.quick_deaths == 1
        return refused or self.quick_deaths >= MOST_QUICK_DEATHS


def run_roles(roles: Sequence[Role], environment: Mapping[str, str], started: Callable[[], None] = lambda: None) -> int:
    """Run the roles until SIGTERM or Ctrl-C; return the exit code. `started` is called, in a thread, once they run."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    children = [_Child(role, environment) for role in roles]
    threading.Thread(target=started, name="started", daemon=True).start()
    code = 0
    try:
        while not stop.wait(0.5):
            for child in children:
                if child.died():
                    if child.is_hopeless():
                        log.error("%s cannot be kept running; see its messages above", child.role.name)
                        code = 1
                        stop.set()
                        break
                    child.start()
    finally:
        _stop(children)
    return code


def _stop(children: Sequence[_Child]) -> None:
    for child in children:
        if child.process.poll() is None:
            child.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            log.error("%s did not stop in %s s and is killed", child.role.name, STOP_SECONDS)
            child.process.kill()
            child.process.wait()


def require_free(host: str, port: int) -> None:
    """Raise ``Declined`` when somebody listens there already: two servers would share the callers between them; and
    when `host` is no address of this machine."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host or "?", port))  # Python takes "" for every address, the server does not
        except OSError as taken:
            if isinstance(taken, socket.gaierror) or taken.errno == errno.EADDRNOTAVAIL:
                raise Declined(f'"{host}" is no address of this machine — choose another with --host') from None
            raise Declined(f"port {port} is taken on {host} ({taken.strerror}) — choose another with --port") from None


def _stop_with_parent() -> None:
    """In a child, before its program begins: ask Linux to end it when the supervisor is gone, however it went."""
    _signal_when_parent_ends(signal.SIGTERM)


def end_with_parent() -> None:
    """In a worker of the web server: end it at once when its server is killed. It would keep the port from the next."""
    _signal_when_parent_ends(signal.SIGKILL)


def _signal_when_parent_ends(number: int) -> None:
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
