"""A system call filter: refuses what honest Python never needs and escapes are made of."""

from __future__ import annotations

import ctypes
import errno
import functools
import os
import struct
from collections.abc import Sequence

from sandbox.harness import syscalls

# name: (x86_64, aarch64); -1 where the architecture has none
REFUSED = {
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "unshare": (272, 97), "setns": (308, 268), "open_tree": (428, 428), "move_mount": (429, 429),
    "fsopen": (430, 430), "fsconfig": (431, 431), "fsmount": (432, 432), "fspick": (433, 433),
    "mount_setattr": (442, 442), "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265),
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "add_key": (248, 217), "request_key": (249, 218), "keyctl": (250, 219),
    "init_module": (175, 105), "finit_module": (313, 273), "delete_module": (176, 106),
    "kexec_load": (246, 104), "kexec_file_load": (320, 294), "reboot": (169, 142),
    "swapon": (167, 224), "swapoff": (168, 225), "acct": (163, 89), "quotactl": (179, 60),
    "syslog": (103, 116), "iopl": (172, -1), "ioperm": (173, -1), "modify_ldt": (154, -1),
    "sethostname": (170, 161), "setdomainname": (171, 162), "kcmp": (312, 272),
    "settimeofday": (164, 170), "clock_settime": (227, 112), "adjtimex": (159, 171),
    "clock_adjtime": (305, 266), "vhangup": (153, 58), "pidfd_getfd": (438, 438),
    "process_madvise": (440, 440), "personality": (135, 92), "lookup_dcookie": (212, 18),
    # what a mount is of: a path of the machine; who else opens a file
    "statmount": (457, 457), "listmount": (458, 458), "open_tree_attr": (467, 467),
    "fanotify_init": (300, 262),
    # memory that no limit counts, and a file to run where none may be
    "memfd_create": (319, 279), "memfd_secret": (447, 447),
    "quotactl_fd": (443, 443),
    # System V shared memory and message queues outlive their processes
    "shmget": (29, 194), "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180),
}  # fmt: skip
CLONE, CLONE3 = (56, 220), (435, 435)
SOCKET, SOCKETPAIR = (41, 198), (53, 199)
SETSOCKOPT = (54, 208)
MKNOD, MKNODAT = (133, -1), (259, 33)
NAMESPACE_FLAGS = 0x7E020000
# The kernel may load a module for any other, as root and with all that may be wrong in it.
UNIX, NETLINK = 1, 16
FAMILIES = (UNIX, 2, 10, NETLINK)  # inet, inet6; netlink for interface names, its protocol 0
PROTOCOLS = (0, 6, 17)  # whatever fits, TCP, UDP
TYPES = (1, 2, 5)  # stream, datagram, sequenced packets
SOCK_RAW = 3
SOL_SOCKET, SO_SNDBUF, SO_RCVBUF = 1, 7, 8
DEVICE = 0o020000  # in the mode of a character or block device, and of nothing else

_ARCHITECTURES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCH, _FIRST, _SECOND, _THIRD = 0, 4, 16, 24, 32  # offsets in struct seccomp_data, little-endian
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000

Step = tuple[int, int, int, int]


def _errno(number: int) -> Step:
    return (_RETURN, 0, 0, _ERRNO | number)


def _on(call: int, block: list[Step]) -> list[Step]:
    """`block`, which ends in a return, for this system call; nothing where the architecture has none."""
    return [(_EQUAL, 0, len(block), call), *block] if call >= 0 else []


def _one_of(values: Sequence[int], otherwise: Step) -> list[Step]:
    """Go on if what was loaded is among `values`."""
    return [*((_EQUAL, len(values) - at, 0, value) for at, value in enumerate(values)), otherwise]


def _none_of(bits: int, where: int) -> list[Step]:
    """Allow if none of `bits` is in the argument at `where`."""
    return [(_LOAD, 0, 0, where), (_ANY_BIT, 0, 1, bits), _errno(errno.EPERM), (_RETURN, 0, 0, _ALLOW)]


def _socket() -> list[Step]:
    no_protocol = _errno(errno.EPROTONOSUPPORT)
    return [
        (_LOAD, 0, 0, _FIRST),
        *_one_of(FAMILIES, _errno(errno.EAFNOSUPPORT)),
        *((_EQUAL, 0, 3, NETLINK), (_LOAD, 0, 0, _THIRD), *_one_of((0,), no_protocol)),
        (_LOAD, 0, 0, _SECOND),
        (_AND, 0, 0, 0xF),
        *((_EQUAL, 0, 1, SOCK_RAW), _errno(errno.EPERM)),
        *_one_of(TYPES, _errno(errno.ESOCKTNOSUPPORT)),
        (_LOAD, 0, 0, _THIRD),
        *_one_of(PROTOCOLS, no_protocol),
        (_RETURN, 0, 0, _ALLOW),
    ]


def _buffers() -> list[Step]:
    """Larger buffers are granted in word only: they are memory that nobody counts, 4 MB a socket and more."""
    return [
        *((_LOAD, 0, 0, _SECOND), (_EQUAL, 0, 4, SOL_SOCKET)),
        *((_LOAD, 0, 0, _THIRD), (_EQUAL, 1, 0, SO_SNDBUF), (_EQUAL, 0, 1, SO_RCVBUF)),
        *(_errno(0), (_RETURN, 0, 0, _ALLOW)),
    ]


def program(machine: str) -> list[Step]:
    """The filter as BPF steps for `machine` (`os.uname().machine`); empty for one we do not know."""
    if machine not in _ARCHITECTURES:
        return []
    arch, column = _ARCHITECTURES[machine]
    steps: list[Step] = [
        (_LOAD, 0, 0, _ARCH),
        (_EQUAL, 1, 0, arch),
        (_RETURN, 0, 0, _KILL),
        (_LOAD, 0, 0, _NUMBER),
    ]
    if machine == "x86_64":  # the x32 table would go round the numbers below
        steps += [(_AT_LEAST, 0, 1, 0x40000000), _errno(errno.ENOSYS)]
    for numbers in REFUSED.values():
        if numbers[column] >= 0:
            steps += [(_EQUAL, 0, 1, numbers[column]), _errno(errno.EPERM)]
    # clone3 hides its flags behind a pointer: without it libc falls back to clone
    steps += [(_EQUAL, 0, 1, CLONE3[column]), _errno(errno.ENOSYS)]
    pair = [(_LOAD, 0, 0, _FIRST), *_one_of((UNIX,), _errno(errno.EAFNOSUPPORT)), (_RETURN, 0, 0, _ALLOW)]
    return [
        *steps,
        *_on(CLONE[column], _none_of(NAMESPACE_FLAGS, _FIRST)),
        *_on(MKNOD[column], _none_of(DEVICE, _SECOND)),
        *_on(MKNODAT[column], _none_of(DEVICE, _THIRD)),
        *_on(SOCKETPAIR[column], pair),
        *_on(SOCKET[column], _socket()),
        *_on(SETSOCKOPT[column], _buffers()),
        (_RETURN, 0, 0, _ALLOW),
    ]


@functools.cache
def _compiled() -> tuple[object, object]:
    """The filter's header as the kernel wants it, and the code that it points to; None for no filter."""
    steps = program(os.uname().machine)
    if not steps:
        return None, None
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))
    return ctypes.create_string_buffer(struct.pack("@HP", len(steps), ctypes.addressof(code))), code


def prepare() -> None:
    """Compile the filter once, before any fork."""
    _compiled()


def install() -> None:
    """Put the filter on this process and its children; needs no-new-privileges. Raises OSError."""
    header = _compiled()[0]
    if header is not None:
        syscalls.prctl(syscalls.PR_SET_SECCOMP, 2, header)
