"""Keeps a private Docker daemon up while somebody uses it, and leaves nothing when nobody does.

A script that needs nothing installed, in two halves. The *outer* one holds the far end of the inner
one's stdin, waits until it alone can lock the file that every user of the daemon holds shared (the
kernel drops those locks however a user dies), and cleans up; meanwhile it has large pages on. The
*inner* one is process 1 of namespaces of its own for processes and mounts: when it goes, the kernel
ends every process of the daemon and every mount goes with them, whatever happened.

    daemon_keeper.py outer LOCK_FD RUN_DIR CGROUP LARGE_PAGES OLD_VALUE -- dockerd …
    daemon_keeper.py inner -- dockerd …
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from contextlib import AbstractContextManager
from pathlib import Path

KEY = Path("/etc/docker/key.json")  # written by older daemons wherever else they are told to live
GRACE = 15.0  # seconds for a daemon to end by itself
NAMESPACES = ("--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc")


def outer(
    lock: int, run: Path, cgroup: str, command: list[str], meanwhile: AbstractContextManager[None]
) -> int:
    """Run the inner half until no user is left or the daemon is gone; then clean up."""
    key_was_there = KEY.exists()
    inner = subprocess.Popen(
        ["unshare", *NAMESPACES, "--", sys.executable, "-I", __file__, "inner", "--", *command],
        stdin=subprocess.PIPE,
    )
    release = inner.stdin
    assert release is not None

    def release_when_unused() -> None:
        fcntl.flock(lock, fcntl.LOCK_EX)
        release.close()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: release.close())
    threading.Thread(target=release_when_unused, daemon=True).start()
    with meanwhile:
        status = inner.wait()
    for name in ("exec", "docker.sock", "docker.pid"):
        remove(run / name)
    if not key_was_there:
        remove(KEY)
        with contextlib.suppress(OSError):
            KEY.parent.rmdir()
    root = Path("/sys/fs/cgroup")
    for group in (root / cgroup, *root.glob(f"*/{cgroup}")):
        remove_cgroup(group)
    return status


def remove(path: Path) -> None:
    """Delete a file or folder that may not be there."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def remove_cgroup(folder: Path) -> None:
    """Remove a control group and those below it; a busy one stays."""
    for path, _, _ in os.walk(folder, topdown=False):
        with contextlib.suppress(OSError):
            Path(path).rmdir()


def inner(command: list[str]) -> int:
    """Be process 1: start the daemon, reap orphans, end it when stdin ends."""
    daemon = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)

    def stop_at_end_of_stdin() -> None:
        while os.read(0, 1):
            continue
        os.kill(daemon.pid, signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)

    threading.Thread(target=stop_at_end_of_stdin, daemon=True).start()
    while True:
        pid, status = os.wait()
        if pid == daemon.pid:
            return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    rest = sys.argv[sys.argv.index("--") + 1 :]
    if sys.argv[1] == "inner":
        # Not sys.exit: the thread above waits for ever.
        os._exit(inner(rest) & 0xFF)
    # Isolated, so that the project's own modules must be named: those beside this file.
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
    from sandbox.large_pages_loan import borrowed

    pages = borrowed(Path(sys.argv[5]), Path(sys.argv[6]))
    os._exit(outer(int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4], rest, pages) & 0xFF)
