"""One child and the pipes to it: confined, waiting for a request."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
from collections.abc import Mapping

from sandbox.harness import orders
from sandbox.harness.frames import Frame
from sandbox.harness.loop import Loop
from sandbox.harness.nursery import Nursery
from sandbox.harness.requests import request_for

Limits = Mapping[str, float]
PIPE = 1024 * 1024


class Seat:
    """Has a child forked. `output`, `begun` and `reports` or `aside` are the ends to read from.

    `line` is the supervisor's end of a socket: to a tester, for handing it the conversation with each
    worker; of a worker, that conversation's other end. A tester may serve several requests, any other
    child serves one. The descriptors are open until `leave`.
    """

    def __init__(self, loop: Loop, nursery: Nursery, role: str, limits: Limits) -> None:
        self.role, self.limits, self.uses = role, dict(limits), 0
        self.line: socket.socket | None = None
        self._loop = loop
        request, self._request = os.pipe()
        self.output, output = os.pipe()
        self.begun, begun = os.pipe()
        told, telling = os.pipe()
        with contextlib.suppress(OSError):  # so that nobody waits for the supervisor to read
            fcntl.fcntl(told, fcntl.F_SETPIPE_SZ, PIPE)
        self.reports, self.aside = (-1, told) if role == "worker" else (told, -1)
        self._ours = {self._request, self.output, self.begun, told}
        for descriptor in self._ours:
            os.set_blocking(descriptor, False)
        theirs = [request, output, begun]
        if role in ("tester", "worker"):
            kind = socket.SOCK_SEQPACKET if role == "tester" else socket.SOCK_STREAM
            self.line, line = socket.socketpair(socket.AF_UNIX, kind)
            theirs.append(line.detach())
        self.child = nursery.spawn(role, self.limits, [*theirs, telling])

    def serves(self, limits: Limits) -> bool:
        """Whether it lives and has these limits."""
        return not self.child.gone and self.limits == dict(limits)

    def begin(self, request: Frame, worker: Seat | None = None) -> None:
        """Give it its part of the request; a tester also the conversation with `worker`."""
        self.uses += 1
        if worker is not None and self.line is not None and worker.line is not None:
            with contextlib.suppress(OSError):  # it is gone: its exit tells the story
                socket.send_fds(self.line, [b"\1"], [worker.line.fileno()])
            worker.line.close()
        data = orders.pack(request_for(self.role, request))
        if self.role == "tester":
            self._loop.write_all(self._request, data)
        else:
            self._ours.discard(self._request)
            self._loop.write_all(self._request, data, then_close=True)

    def leave(self) -> None:
        """Close what is open; its child should be gone by then."""
        if self.line is not None:
            self.line.close()
        for descriptor in self._ours:
            self._loop.release(descriptor)
            os.close(descriptor)
        self._ours = set()
