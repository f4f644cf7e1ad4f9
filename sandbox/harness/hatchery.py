"""Forks the zygotes, before anything is loaded that only the supervisor needs."""

from __future__ import annotations

import os
import socket
import traceback
from dataclasses import dataclass

from sandbox.harness import places
from sandbox.harness.means import Means, find_means
from sandbox.harness.zygote import Zygote

# A process that loads candidates is forked from one that never loaded pytest: the smaller, the quicker.
FAMILIES = (("tester", "inprocess", "screener"), ("worker", "scripts"))


@dataclass(frozen=True, slots=True)
class Hatched:
    """A zygote: which roles it has children for, the line to it, its pid."""

    roles: tuple[str, ...]
    control: socket.socket
    pid: int


def hatch_all(mode: str) -> list[Hatched]:
    """A zygote for every family, each about to preload. Raises OSError where too little is allowed."""
    means = find_means(mode)
    places.prepare(means)
    return [_hatch(means, roles) for roles in FAMILIES]


def _hatch(means: Means, roles: tuple[str, ...]) -> Hatched:
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        _be_zygote(theirs, means, roles)
    theirs.close()
    return Hatched(roles, ours, pid)


def _be_zygote(control: socket.socket, means: Means, roles: tuple[str, ...]) -> None:
    """Turn this fresh fork into the zygote. Never returns."""
    status = 1
    try:
        null = os.open("/dev/null", os.O_RDWR)
        os.dup2(null, 0)
        os.dup2(2, 1)  # stdout carries frames: not ours
        kept = control.fileno()
        os.closerange(3, kept)
        os.closerange(kept + 1, 1024)
        Zygote(control, means, roles).run()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)
