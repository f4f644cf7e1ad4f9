"""What a forked child does: shut itself in, read its request, play its role, leave."""

from __future__ import annotations

import _signal  # type: ignore[import-not-found]  # the public module's wrappers touch enumerations
import _socket
import fcntl
import importlib
import os
import random
import socket
import sys
import traceback
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from types import ModuleType

from sandbox.harness import confine, early, frames, orders
from sandbox.harness.means import Means
from sandbox.harness.requests import BEGUN, DONE

FIRST_DESCRIPTOR = 512
MAX_REPORT = 4 * 1024 * 1024
BROKEN = 70

Request = dict[str, object]


def load_roles(names: Sequence[str]) -> dict[str, ModuleType]:
    """Import these roles and let them warm up; called once, in the zygote."""
    roles = {name: importlib.import_module(f"sandbox.harness.{name}") for name in names}
    for module in roles.values():
        if hasattr(module, "preload"):
            module.preload()
    _forget_harness()  # here, once: a module that goes touches memory all over
    return roles


def play(
    role: ModuleType,
    name: str,
    means: Means,
    uid: int,
    limits: Mapping[str, float],
    mapped: int,
    descriptors: list[int],
    top: int,
) -> None:
    """Be the child `name`. `descriptors`: request, output, begun, then channel and report as it has them
    (the worker, instead of the report, what it prints and has not handed over). `top` is the highest
    descriptor that the zygote has for itself. Never returns.
    """
    status = BROKEN
    try:
        _signal.set_wakeup_fd(-1)
        _signal.signal(_signal.SIGCHLD, _signal.SIG_DFL)
        random.seed()  # or every child would draw the same numbers
        os.setsid()
        request_fd, begun_fd, *others = _place(descriptors, top)
        confine.enter(means, uid, limits, mapped, lasting=name == "tester")
        early.install()
        requests = _requests(request_fd, begun_fd)
        if name == "tester":
            role.serve(requests, socket.socket(fileno=others[0]), _reporter(others[1], begun_fd))
        else:
            request = next(requests)
            requests.close()  # no descriptor of it stays
            os.close(begun_fd)
            _call(role, name, request, others)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        _flush()
        os._exit(status)


def _place(descriptors: list[int], top: int) -> list[int]:
    """Output on 1 and 2, the others from 512 up, everything else closed but the zygote's 0, /dev/null."""
    request, output, begun, *others = descriptors
    high = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, FIRST_DESCRIPTOR) for fd in (request, begun, *others)]
    os.dup2(output, 1)
    os.dup2(output, 2)
    # no further than needed: where the kernel has no close_range, every number is a call
    os.closerange(3, max(top, *descriptors) + 1)
    return high


def _requests(descriptor: int, begun: int) -> Generator[Request, None, None]:
    """The requests as they come; a standby waits here. Until one is there every failure is ours."""
    try:
        while (request := orders.take(descriptor)) is not None:
            os.write(begun, BEGUN)
            yield request
    finally:
        os.close(descriptor)


def _forget_harness() -> None:
    """A candidate that has a `sandbox.py` of its own is to get that."""
    root = str(Path(__file__).resolve().parents[2])
    sys.path[:] = [entry for entry in sys.path if entry != root]
    for name in [name for name in sys.modules if name.split(".", 1)[0] == "sandbox"]:
        del sys.modules[name]


def _call(role: ModuleType, name: str, request: Request, others: list[int]) -> None:
    if name == "worker":
        # the bare one: the module's class, and all that it looks up, lie far from what else a worker touches
        channel = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM, 0, others[0])
        role.run(request, channel, others[1])
    else:
        role.run(request, _reporter(others[0]))


def _reporter(descriptor: int, begun: int = -1) -> Callable[[Request | str], None]:
    # bound now: candidate code shares the process when in-process, and may replace what it finds
    write, encode, framed = os.write, frames.encode, frames.framed

    def report(message: Request | str) -> None:
        body = framed(message.encode()) if isinstance(message, str) else encode(message, MAX_REPORT)
        rest = memoryview(body)
        while rest:
            rest = rest[write(descriptor, rest) :]
        if begun >= 0 and not isinstance(message, str) and message["kind"] == "done":
            write(begun, DONE)

    return report


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError, AttributeError):
            continue  # the candidate closed or replaced it
