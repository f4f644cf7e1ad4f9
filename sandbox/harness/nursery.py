"""The supervisor's end of a zygote: orders children, hears of their beginning and end."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sandbox.harness import orders
from sandbox.harness.hatchery import FAMILIES, Hatched
from sandbox.harness.loop import Loop
from sandbox.harness.means import FIRST_UID, UIDS
from sandbox.harness.zygote import MAX_MESSAGE


class ZygoteLost(RuntimeError):
    """The zygote is gone: this sandbox is of no more use."""


@dataclass(slots=True)
class Child:
    """One child: `status` is its wait status once it is gone, `pid` 0 until it has begun."""

    number: int
    role: str
    uid: int
    home: Nursery
    pid: int = 0
    status: int | None = None
    gone: bool = False
    peak_kb: int = 0
    left_processes: bool = False


class Nursery:
    """Has a zygote's children born; `ready` turns true when that has preloaded everything."""

    def __init__(self, loop: Loop, zygote: Hatched) -> None:
        self.ready = False
        self.children: dict[int, Child] = {}
        self._count = 0
        self._uids = UIDS // len(FAMILIES)
        self._first_uid = FIRST_UID + self._uids * FAMILIES.index(zygote.roles)
        self._control, self.zygote_pid = zygote.control, zygote.pid
        self._control.setblocking(False)
        loop.on_readable(self._control.fileno(), self._hear)

    def spawn(self, role: str, limits: Mapping[str, float], descriptors: Sequence[int]) -> Child:
        """Start a child that gets copies of `descriptors`; ours are closed."""
        self._count += 1
        child = Child(self._count, role, self._first_uid + self._count % self._uids, self)
        self.children[child.number] = child
        order = {"op": "spawn", "child": child.number, "role": role, "uid": child.uid, "limits": dict(limits)}
        self._tell(order, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        return child

    def kill(self, child: Child) -> None:
        """End `child` and all that it started; its end is heard of as usual."""
        if not child.gone:
            self._tell({"op": "kill", "child": child.number}, ())

    def forget(self, child: Child) -> None:
        """Drop what is known of a child that is gone."""
        self.children.pop(child.number, None)

    def _tell(self, order: orders.Order, descriptors: Sequence[int]) -> None:
        data = [orders.write(order)]
        try:
            try:
                socket.send_fds(self._control, data, list(descriptors))
            except BlockingIOError:  # it is behind: wait for it
                self._control.setblocking(True)
                socket.send_fds(self._control, data, list(descriptors))
                self._control.setblocking(False)
        except OSError as error:
            raise ZygoteLost(f"the zygote does not listen: {error}") from error

    def _hear(self) -> None:
        while True:
            try:
                data = self._control.recv(MAX_MESSAGE)
            except BlockingIOError:
                return
            if not data:
                raise ZygoteLost("the zygote is gone")
            message = orders.read(data)
            if message.get("ready"):
                self.ready = True
                continue
            child = self.children.get(message.get("started") or message["exited"])
            if child is None:
                continue  # given up for immortal, and gone after all
            if "started" in message:
                child.pid = message["pid"]
            else:
                child.gone, child.status = True, message["status"]
                child.peak_kb = message.get("peak_kb", 0)
                child.left_processes = message.get("left", False)


def open_nurseries(loop: Loop, zygotes: Sequence[Hatched]) -> dict[str, Nursery]:
    """The nursery of every role, ready."""
    nurseries = [Nursery(loop, zygote) for zygote in zygotes]
    while not all(nursery.ready for nursery in nurseries):
        loop.turn(None)
    return {
        role: nursery for nursery, zygote in zip(nurseries, zygotes, strict=True) for role in zygote.roles
    }
