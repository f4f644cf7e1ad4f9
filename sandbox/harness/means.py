"""What a sandbox lets its supervisor do, found out once."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from pathlib import Path

from sandbox.harness import syscalls

FIRST_UID = 20000
UIDS = 4000
_CAP_SYS_ADMIN = 21


@dataclass(frozen=True, slots=True)
class Means:
    """Fresh namespaces (and whether mounts are among them), and a uid for every child.

    Without `uids` a child gets a user namespace instead. `proc` says whether it may see a /proc of its
    own; otherwise that is covered.
    """

    namespaces: bool
    mounts: bool
    uids: bool
    proc: bool


def find_means(mode: str) -> Means:
    """What this process can do, by capabilities, uid map and trial. Raises OSError if it is too little."""
    status = Path("/proc/self/status").read_text()
    effective = int(status.split("CapEff:", 1)[1].split(None, 1)[0], 16)
    namespaces = bool(effective >> _CAP_SYS_ADMIN & 1)
    rows = [tuple(map(int, row.split())) for row in Path("/proc/self/uid_map").read_text().splitlines()]
    uids = any(row[0] <= FIRST_UID and row[0] + row[2] >= FIRST_UID + UIDS for row in rows)
    if not namespaces and (mode == "namespaces" or not uids):
        raise PermissionError("neither CAP_SYS_ADMIN for namespaces nor a range of uids")
    mounts = namespaces and (mode == "namespaces" or _mounts_are_private())
    return Means(namespaces, mounts, uids, proc=mode == "uids")


def _mounts_are_private() -> bool:
    """Whether a mount in a new mount namespace stays there; older gVisor says yes and shares it."""
    before = Path("/tmp").stat().st_dev
    pid = os.fork()
    if pid == 0:
        try:
            syscalls.unshare(syscalls.CLONE_NEWNS)
            with contextlib.suppress(OSError):
                syscalls.mount("none", "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
            syscalls.mount("tmpfs", "/tmp", "tmpfs", 0, "size=4k")
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    if Path("/tmp").stat().st_dev == before:
        return True
    syscalls.umount("/tmp")
    return False
