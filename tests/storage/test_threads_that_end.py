"""A web server's threads are not Python's own, and end when they are idle: the process must outlive them."""

import os
import subprocess
import sys
from pathlib import Path

from storage.store import Store

ROOT = Path(__file__).resolve().parents[2]

# A thread made by the C library, as a web server written in Rust makes them: Python's state of it begins with the
# first call into Python and is cleared, destructors and all, when that call returns.
PROGRAM = """
import ctypes, sys
from storage import followers
from storage.store import Store

store = Store(sys.argv[1])

@ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_void_p)
def look(_):
    with store.write() as tx:
        followers.seen(tx, "o1", 5)
    with store.read() as tx:
        print(followers.find(tx, "o1").openid, flush=True)

libc = ctypes.CDLL(None)
for _ in range(3):
    thread = ctypes.c_ulong()
    libc.pthread_create(ctypes.byref(thread), None, look, None)
    libc.pthread_join(thread, None)
"""


def test_a_thread_of_the_server_that_ends_does_not_take_the_process_with_it(store: Store, tmp_path: Path) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(store.engine.url)],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert (ran.returncode, ran.stdout.split()) == (0, ["o1"] * 3), ran.stderr
