"""The children of one execution and the pipes to them: set up ahead, confined, waiting for their request."""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Mapping, Sequence

from sandbox.harness.frames import encode
from sandbox.harness.loop import Loop
from sandbox.harness.nursery import Child, Nursery
from sandbox.harness.requests import request_for

Limits = Mapping[str, float]
BURIAL_SECONDS = 5.0


class Stage:
    """One set of children that has seen nothing of any candidate or test; it serves one execution.

    `output`, `reports`, `begun` and `aside` are the ends to read from; `aside` has what the worker
    printed and has not yet handed to the tester.
    """

    def __init__(
        self, loop: Loop, nurseries: Mapping[str, Nursery], roles: Sequence[str], limits: Limits
    ) -> None:
        self.roles, self.limits = tuple(roles), dict(limits)
        self.children: list[Child] = []
        self._loop = loop
        self._requests: list[int] = []
        self.output, output_end = os.pipe()
        self.reports, report_end = os.pipe()
        self.begun, begun_end = os.pipe()
        self.aside, aside_end = os.pipe()
        channels = [end.detach() for end in socket.socketpair()] if len(roles) > 1 else []
        for index, role in enumerate(roles):
            request, request_end = os.pipe()
            self._requests.append(request_end)
            last = os.dup(report_end if index == 0 else aside_end)
            extra = [*channels[index : index + 1], last]
            descriptors = [request, os.dup(output_end), os.dup(begun_end), *extra]
            self.children.append(nurseries[role].spawn(role, self.limits, descriptors))
        for descriptor in (output_end, report_end, begun_end, aside_end):
            os.close(descriptor)

    def serves(self, roles: Sequence[str], limits: Limits) -> bool:
        """Whether it is what these roles and limits need, and all its children live."""
        alive = not any(child.gone for child in self.children)
        return alive and self.roles == tuple(roles) and self.limits == dict(limits)

    def begin(self, request: Mapping[str, object]) -> None:
        """Give every child its part of the request."""
        for role, descriptor in zip(self.roles, self._requests, strict=True):
            self._loop.write_all(descriptor, encode(request_for(role, dict(request))))
        self._requests = []

    def end(self) -> None:
        """Kill the children and wait until they are gone, or cannot be killed."""
        for child in self.children:
            child.home.kill(child)
        deadline = time.monotonic() + BURIAL_SECONDS
        while not all(child.gone for child in self.children) and time.monotonic() < deadline:
            self._loop.turn(0.1)
        for child in self.children:
            child.home.forget(child)

    def discard(self) -> None:
        """End it without its having served."""
        self.end()
        for descriptor in (self.output, self.reports, self.begun, self.aside, *self._requests):
            with contextlib.suppress(OSError):
                os.close(descriptor)
