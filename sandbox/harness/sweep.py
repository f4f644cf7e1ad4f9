"""Ends every process of a uid and removes its files, where no namespace does that by dying."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import time
from pathlib import Path

from sandbox.harness import processes
from sandbox.harness.syscalls import become

PLACES = ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")
_LEFT = 3
_TURNS = 200


def sweep(uid: int) -> bool:
    """Whether `uid` had left processes behind. Runs as that uid, so it can touch nothing else."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            become(uid)
            left = _kill_all(uid)
            _remove_files(uid)
            status = _LEFT if left else 0
        finally:
            os._exit(status)
    _, ended = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(ended) == _LEFT


def _kill_all(uid: int) -> bool:
    """Kill until nobody of `uid` lives but the caller; whether there was anybody.

    The kernel's answer to kill(-1) does not tell, and the dead stay listed until the zygote, which
    waits for us, buries them.
    """
    left = processes.living(uid)
    for _ in range(_TURNS):
        if not processes.living(uid):
            break
        with contextlib.suppress(ProcessLookupError):
            os.kill(-1, signal.SIGKILL)
        time.sleep(0.002)
    return left


def _remove_files(uid: int) -> None:
    for place in PLACES:
        for folder, names, files in os.walk(place):
            for name in [*names, *files]:
                path = Path(folder, name)
                try:
                    if path.lstat().st_uid != uid:
                        continue
                    if path.is_dir() and not path.is_symlink():
                        _unlock(path)
                        shutil.rmtree(path, ignore_errors=True)
                    else:
                        path.unlink()
                except OSError:
                    continue  # gone already, or in a folder that is not ours
            names[:] = [name for name in names if os.access(Path(folder, name), os.R_OK | os.X_OK)]


def _unlock(path: Path) -> None:
    path.chmod(0o700)
    for folder, names, _ in os.walk(path):
        for name in names:
            inner = Path(folder, name)
            if not inner.is_symlink():
                inner.chmod(0o700)
