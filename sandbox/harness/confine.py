"""Shuts the calling process in: namespaces, mounts, uid, capabilities, limits, system calls."""

from __future__ import annotations

import fcntl
import functools
import math
import os
import resource
import signal
import socket
import struct
from collections.abc import Mapping

from sandbox.harness import places, seccomp, syscalls
from sandbox.harness.means import Means

_NEW = syscalls.CLONE_NEWNS | syscalls.CLONE_NEWIPC | syscalls.CLONE_NEWNET | syscalls.CLONE_NEWUTS
_SIOCSIFFLAGS, _IFF_UP_RUNNING = 0x8914, 0x41
_DESCRIPTORS = 1024
KILL = int(signal.SIGKILL)  # plain numbers: an enumeration's member is found by code of its own
_LIMITED = (
    resource.RLIMIT_AS,
    resource.RLIMIT_FSIZE,
    resource.RLIMIT_NPROC,
    resource.RLIMIT_NOFILE,
    resource.RLIMIT_CPU,
    resource.RLIMIT_CORE,
)


def enter(means: Means, uid: int, limits: Mapping[str, float], mapped: int, lasting: bool = False) -> None:
    """Confine this process for good, in a private, empty, writable working directory.

    `mapped` bytes of address space are there already and not counted against the candidate. One that is
    `lasting` serves many requests, each on the supervisor's clock: its processor time has no limit.
    """
    if means.namespaces:
        syscalls.unshare(_NEW | (0 if means.uids else syscalls.CLONE_NEWUSER))
        if not means.uids:
            _map_self(uid)
        if means.mounts:  # where nothing is private in a mount namespace, as in older gVisor, lo stays down
            _loopback_up()
    place = places.arrange(means, uid, int(limits["disk_mb"]))
    work = f"{place}/work"
    if means.uids:
        syscalls.become(uid)
    else:
        syscalls.drop_bounding_set()
    syscalls.drop_capabilities()
    os.umask(0o077)
    os.mkdir(work, 0o700)  # noqa: PTH102
    os.chdir(work)
    for name, value in (("HOME", work), ("TMPDIR", place), ("PWD", work)):
        os.environ[name] = value
    set_limits(limits, mapped, lasting)
    # last: a change of uid would clear both
    syscalls.prctl(syscalls.PR_SET_PDEATHSIG, KILL)
    syscalls.prctl(syscalls.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install()


def set_limits(limits: Mapping[str, float], mapped: int, lasting: bool = False) -> None:
    """The kernel's own limits for this process and its children, memory on top of `mapped` bytes."""
    memory = int(limits["memory_mb"]) << 20
    cpu = math.ceil(limits["seconds"]) + 2  # behind the supervisor's clock, should that ever fail
    for what, amount in (
        (resource.RLIMIT_AS, memory + mapped),
        (resource.RLIMIT_FSIZE, int(limits["file_mb"]) << 20),
        (resource.RLIMIT_NPROC, int(limits["processes"])),
        (resource.RLIMIT_NOFILE, _DESCRIPTORS),
        (resource.RLIMIT_CPU, resource.RLIM_INFINITY if lasting else cpu),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = hard_limit(what)
        if resource.RLIM_INFINITY in (hard, amount):
            amount = hard if amount == resource.RLIM_INFINITY else amount
        else:
            amount = min(amount, hard)
        syscalls.set_limit(what, amount)


@functools.cache
def hard_limit(what: int) -> int:
    """What the zygote may set, and so each of its children: asked once, before any fork."""
    return resource.getrlimit(what)[1]


def prepare() -> None:
    """Ask and compile what every child needs, before any fork."""
    for what in _LIMITED:
        hard_limit(what)
    seccomp.prepare()


def address_space() -> int:
    """How many bytes this process maps."""
    with open("/proc/self/statm") as file:  # noqa: PTH123
        return int(file.read().split()[0]) * resource.getpagesize()


def _map_self(uid: int) -> None:
    outside_uid, outside_gid = 0, 0  # the only ones that the enclosing namespace has
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outside_uid} 1"),
        ("gid_map", f"{uid} {outside_gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:  # noqa: PTH123
            file.write(text)


def _loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        request = struct.pack("16sh14x", b"lo", _IFF_UP_RUNNING)
        try:
            fcntl.ioctl(probe, _SIOCSIFFLAGS, request)
        except OSError:  # gVisor's cannot be brought up: nothing depends on it
            return
