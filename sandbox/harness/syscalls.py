"""The few kernel calls that the standard library lacks, through libc."""

from __future__ import annotations

import ctypes
import os

CLONE_NEWNS = 0x00020000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REC, MS_PRIVATE = 1 << 14, 1 << 18

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP = 1, 4, 22, 24
PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 36, 38

# Looked up once, here: a child that does it would go through the symbols of every library.
_LIBC = ctypes.CDLL(None, use_errno=True)
_UNSHARE, _SETNS, _MOUNT, _UMOUNT = _LIBC.unshare, _LIBC.setns, _LIBC.mount, _LIBC.umount2
_PRCTL, _CAPSET = _LIBC.prctl, _LIBC.capset
_SETRLIMIT, _WAIT4 = _LIBC.setrlimit, _LIBC.wait4
_pair, _status, _usage = (ctypes.c_ulong * 2)(), ctypes.c_int(), (ctypes.c_long * 18)()
_header, _nothing = (ctypes.c_uint32 * 2)(0x20080522, 0), (ctypes.c_uint32 * 6)()  # version 3; no capability
_pair_at, _status_at = ctypes.byref(_pair), ctypes.byref(_status)
_PEAK = 4  # struct rusage begins with two struct timeval
_HELD = ctypes.PyDLL(None, use_errno=True)  # keeps the interpreter's lock: the child has it too
# glibc's own without what it does for other threads, of which there are none: it locks each arena of memory
_FORK = _HELD._Fork if hasattr(_HELD, "_Fork") else _HELD.fork
_MNT_DETACH = 2


def _check(result: int, what: str) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags`. Raises OSError."""
    _check(_UNSHARE(flags), f"unshare({flags:#x})")


def setns(descriptor: int, kind: int) -> None:
    """Enter the namespace behind `descriptor`. Raises OSError."""
    _check(_SETNS(descriptor, kind), "setns")


def mount(source: str, target: str, kind: str | None, flags: int, data: str | None = None) -> None:
    """Mount. Raises OSError."""
    _check(
        _MOUNT(
            source.encode(),
            target.encode(),
            kind.encode() if kind else None,
            ctypes.c_ulong(flags),
            data.encode() if data else None,
        ),
        f"mount {target}",
    )


def umount(target: str) -> None:
    """Take the topmost mount off `target`, even while it is in use. Raises OSError."""
    _check(_UMOUNT(target.encode(), _MNT_DETACH), f"umount {target}")


def prctl(option: int, argument: int = 0, pointer: object = 0) -> None:
    """Set a property of this process. Raises OSError."""
    third = ctypes.c_ulong(pointer) if isinstance(pointer, int) else pointer
    _check(
        _PRCTL(option, ctypes.c_ulong(argument), third, ctypes.c_ulong(0), ctypes.c_ulong(0)),
        f"prctl({option})",
    )


def fork() -> int:
    """`os.fork` without what the interpreter and its modules do after it, in parent and child.

    Only for a process with a single thread. That work touches memory all over, and where the kernel is
    gVisor's, each place first touched after a fork costs about a millisecond. Raises OSError.
    """
    return _check(_FORK(), "fork")


def set_limit(what: int, amount: int) -> None:
    """`resource.setrlimit`, soft and hard: a library less that every child has mapped. Raises OSError."""
    _pair[0] = _pair[1] = amount  # RLIM_INFINITY, -1, becomes the largest there is
    _check(_SETRLIMIT(what, _pair_at), f"setrlimit({what})")


def wait_any() -> tuple[int, int, int]:
    """`os.wait4` for any child that is gone: pid (0: none yet, -1: no child), status, peak memory in KB."""
    pid = _WAIT4(-1, _status_at, os.WNOHANG, _usage)
    return pid, _status.value, _usage[_PEAK]


def drop_bounding_set() -> None:
    """No program that is started from here on gets a capability, as far as that may be said here."""
    for capability in range(64):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:
            break  # past the last one, or without CAP_SETPCAP: no-new-privileges makes the rest moot


def drop_capabilities() -> None:
    """Give up every capability. Raises OSError."""
    _check(_CAPSET(_header, _nothing), "capset")


def become(uid: int) -> None:
    """Turn from root into `uid` for good; every capability goes with it."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
