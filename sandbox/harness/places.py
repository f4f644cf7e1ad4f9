"""Where a child may write: a private place of limited size that is gone with it."""

from __future__ import annotations

import os
import time
from pathlib import Path

from sandbox.harness import sweep, syscalls
from sandbox.harness.means import Means

_PRIVATE = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
_INODES = 16384
_SHARED = "/dev/shm"
_empty_since = [0]  # when it was last changed, as it was when nothing was found in it: one call, not five
_SETTLED = 1_000_000_000  # nanoseconds; a younger time of change may be that of a later change too


def prepare(means: Means) -> None:
    """Once, in the zygote: where all share their mounts, nobody but root may write to /tmp itself."""
    if means.namespaces and not means.mounts:
        for place in ("/tmp", "/var/tmp"):
            if Path(place).is_dir():
                syscalls.mount("tmpfs", place, "tmpfs", _PRIVATE, "size=1m,mode=0755")


def arrange(means: Means, uid: int, disk_mb: int) -> str:
    """The private place of this child; called in it, while it still may mount."""
    if means.mounts:
        _own_mounts(means, uid, disk_mb)
        return "/tmp"
    place = f"/tmp/{uid}"
    os.mkdir(place, 0o700)  # noqa: PTH102
    if means.namespaces:
        _mount_private(place, uid, disk_mb)
    else:
        os.chown(place, uid, uid)
    return place


def tidy(means: Means, uid: int) -> bool:
    """After the child: remove what is left of it; whether there was something that should not have been."""
    if means.mounts:
        return False  # died with its namespaces
    if not means.namespaces:
        return sweep.sweep(uid)
    place = f"/tmp/{uid}"
    for undo in (syscalls.umount, os.rmdir):
        try:
            undo(place)
        except OSError:  # never there, if the child could not be confined
            continue
    return _clear_shared(uid)


def _own_mounts(means: Means, uid: int, disk_mb: int) -> None:
    # gVisor knows no propagation, so there is none to stop
    _mounted("none", "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    _mount_private("/tmp", uid, disk_mb)
    if os.path.isdir(_SHARED):  # noqa: PTH112
        _mount_private(_SHARED, uid, disk_mb)
    if not (means.proc and _mounted("proc", "/proc", "proc", _PRIVATE)):  # where it may not be, cover it
        syscalls.mount("tmpfs", "/proc", "tmpfs", _PRIVATE | syscalls.MS_RDONLY, "size=4k,mode=0555")


def _mounted(source: str, target: str, kind: str | None, flags: int) -> bool:
    try:
        syscalls.mount(source, target, kind, flags)
    except OSError:
        return False
    return True


def _mount_private(place: str, uid: int, disk_mb: int) -> None:
    options = f"size={disk_mb}m,mode=0700,uid={uid},gid={uid}"
    try:
        syscalls.mount("tmpfs", place, "tmpfs", _PRIVATE, f"{options},nr_inodes={_INODES}")
    except OSError:  # gVisor counts no inodes
        syscalls.mount("tmpfs", place, "tmpfs", _PRIVATE, options)


def _clear_shared(uid: int) -> bool:
    """Empty /dev/shm of this uid's files; a folder there is more than we may remove: worth a new sandbox."""
    left = False
    try:
        changed = os.stat(_SHARED).st_mtime_ns  # noqa: PTH116  # before the look: what comes during it counts
        if changed == _empty_since[0]:
            return False
        names = os.listdir(_SHARED)  # noqa: PTH208
    except FileNotFoundError:
        return False
    for name in names:
        try:
            if os.lstat(f"{_SHARED}/{name}").st_uid == uid:
                os.unlink(f"{_SHARED}/{name}")  # noqa: PTH108
        except FileNotFoundError:
            continue
        except OSError:
            left = True
    settled = time.time_ns() - changed > _SETTLED
    _empty_since[0] = changed if settled and not names else 0
    return left
