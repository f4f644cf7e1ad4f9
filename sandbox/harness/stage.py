"""The children of one execution, taken from those that wait, and their end."""

from __future__ import annotations

import time
from collections.abc import Sequence

from sandbox.harness.frames import Frame
from sandbox.harness.loop import Loop
from sandbox.harness.nursery import Child
from sandbox.harness.seat import Seat

BURIAL_SECONDS = 5.0


class Stage:
    """Seats for one execution. The first is the one that reports; the second, if any, is its worker."""

    def __init__(self, loop: Loop, seats: Sequence[Seat]) -> None:
        self.seats = list(seats)
        self._loop = loop

    @property
    def children(self) -> list[Child]:
        """The processes, in the order of the seats."""
        return [seat.child for seat in self.seats]

    def begin(self, request: Frame) -> None:
        """Give every child its part of the request."""
        main, *others = self.seats
        main.begin(request, *others)
        for seat in others:
            seat.begin(request)

    def end(self, but: Seat | None = None) -> None:
        """Kill the children, `but` one that stays, and wait until they are gone or cannot be killed."""
        ending = [seat for seat in self.seats if seat is not but]
        for seat in ending:
            seat.child.home.kill(seat.child)
        deadline = time.monotonic() + BURIAL_SECONDS
        while not all(seat.child.gone for seat in ending) and time.monotonic() < deadline:
            self._loop.turn(0.1)
        for seat in ending:
            seat.child.home.forget(seat.child)
