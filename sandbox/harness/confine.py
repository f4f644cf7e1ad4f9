"""Shuts the calling process in: namespaces, mounts, uid, capabilities, limits, system calls."""

from __future__ import annotations

import contextlib
import fcntl
import math
import os
import resource
import signal
import socket
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.harness import seccomp, syscalls

FIRST_UID = 20000
UIDS = 4000
WORK = "/tmp/work"
_NEW = syscalls.CLONE_NEWNS | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWNET | syscalls.CLONE_NEWUTS
_PRIVATE = syscalls.MS_NOSUID | syscalls.MS_NODEV | syscalls.MS_NOEXEC
_CAP_SYS_ADMIN = 21
_SIOCSIFFLAGS, _IFF_UP_RUNNING = 0x8914, 0x41
_DESCRIPTORS = 1024
_INODES = 16384


@dataclass(frozen=True, slots=True)
class Means:
    """What the sandbox lets us use: fresh namespaces, many uids, or a user namespace a child.

    `proc` says whether children may see a /proc of their own; otherwise it is covered.
    """

    namespaces: bool
    uids: bool
    proc: bool


def means(mode: str) -> Means:
    """What this process can do, by its capabilities and uid map. Raises OSError if it is too little."""
    status = Path("/proc/self/status").read_text()
    effective = int(status.split("CapEff:", 1)[1].split(None, 1)[0], 16)
    namespaces = bool(effective >> _CAP_SYS_ADMIN & 1)
    rows = [tuple(map(int, row.split())) for row in Path("/proc/self/uid_map").read_text().splitlines()]
    uids = any(row[0] <= FIRST_UID and row[0] + row[2] >= FIRST_UID + UIDS for row in rows)
    if not namespaces and (mode == "namespaces" or not uids):
        raise PermissionError("neither CAP_SYS_ADMIN for namespaces nor a range of uids")
    return Means(namespaces, uids, proc=mode == "uids")


def enter(means: Means, uid: int, limits: Mapping[str, float], mapped: int) -> str:
    """Confine this process for good; returns its private, empty, writable working directory.

    `mapped` bytes of address space are there already and not counted against the candidate.
    """
    if means.namespaces:
        syscalls.unshare(_NEW | (0 if means.uids else syscalls.CLONE_NEWUSER))
        if not means.uids:
            _map_self(uid)
        _mounts(means, uid, int(limits["disk_mb"]))
        _loopback_up()
        work = WORK
    else:
        work = f"/tmp/{uid}/work"
        Path(f"/tmp/{uid}").mkdir(0o700)
        os.chown(f"/tmp/{uid}", uid, uid)
    if means.uids:
        become(uid)
    syscalls.drop_capabilities()
    os.umask(0o077)
    Path(work).mkdir(0o700)
    os.chdir(work)
    os.environ.update(HOME=work, TMPDIR=str(Path(work).parent), PWD=work)
    set_limits(limits, mapped)
    # last: a change of uid would clear both
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, signal.SIGKILL)
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install()
    return work


def become(uid: int) -> None:
    """Turn from root into `uid` for good; every capability goes with it."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def set_limits(limits: Mapping[str, float], mapped: int) -> None:
    """The kernel's own limits for this process and its children, memory on top of `mapped` bytes."""
    memory = int(limits["memory_mb"]) << 20
    cpu = math.ceil(limits["seconds"]) + 2  # behind the supervisor's clock, should that ever fail
    for what, amount in (
        (resource.RLIMIT_AS, memory + mapped),
        (resource.RLIMIT_FSIZE, int(limits["file_mb"]) << 20),
        (resource.RLIMIT_NPROC, int(limits["processes"])),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        amount = amount if hard == resource.RLIM_INFINITY else min(amount, hard)
        resource.setrlimit(what, (amount, amount))


def address_space() -> int:
    """How many bytes this process maps."""
    return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()


def _map_self(uid: int) -> None:
    outside_uid, outside_gid = 0, 0  # the only ones that the enclosing namespace has
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {outside_uid} 1")
    Path("/proc/self/gid_map").write_text(f"{uid} {outside_gid} 1")


def _mounts(means: Means, uid: int, disk_mb: int) -> None:
    with contextlib.suppress(OSError):  # gVisor knows no propagation, so there is none to stop
        syscalls.mount("none", "/", None, syscalls.MS_REC | syscalls.MS_PRIVATE)
    options = f"size={disk_mb}m,mode=0700,uid={uid},gid={uid}"
    for place in ("/tmp", "/dev/shm"):
        if Path(place).is_dir():
            try:
                syscalls.mount("tmpfs", place, "tmpfs", _PRIVATE, f"{options},nr_inodes={_INODES}")
            except OSError:  # gVisor counts no inodes
                syscalls.mount("tmpfs", place, "tmpfs", _PRIVATE, options)
    if means.proc:
        with contextlib.suppress(OSError):  # where that is not allowed, cover it instead
            syscalls.mount("proc", "/proc", "proc", _PRIVATE)
            return
    syscalls.mount("tmpfs", "/proc", "tmpfs", _PRIVATE | syscalls.MS_RDONLY, "size=4k,mode=0555")


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sh14x", b"lo", _IFF_UP_RUNNING)
        with contextlib.suppress(OSError):  # gVisor's cannot be brought up: nothing depends on it
            fcntl.ioctl(probe, _SIOCSIFFLAGS, request)
