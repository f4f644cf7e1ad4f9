"""Children that wait: the next execution's are set up while this one runs, and a tester may stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandbox.harness.loop import Loop
from sandbox.harness.nursery import Nursery
from sandbox.harness.seat import Limits, Seat
from sandbox.harness.stage import Stage

_STANDBY = ("tester", "worker", "inprocess", "scripts")
TESTER_USES = 100  # what a tester keeps of each, however little, ends with it


class Stages:
    """Hands out stages, and keeps one child of each role waiting that was used last."""

    def __init__(self, loop: Loop, nurseries: Mapping[str, Nursery]) -> None:
        self._loop, self._nurseries = loop, nurseries
        self._waiting: dict[str, Seat] = {}

    def take(self, roles: Sequence[str], limits: Limits) -> Stage:
        """Those that wait, as far as they serve, and new ones."""
        return Stage(self._loop, [self._take(role, limits) for role in roles])

    def prepare(self, roles: Sequence[str], limits: Limits) -> None:
        """Set up the next ones for the same roles and limits."""
        for role in roles:
            if role in _STANDBY and role not in self._waiting:
                self._waiting[role] = Seat(self._loop, self._nurseries[role], role, limits)

    def give_back(self, stage: Stage, staying: Seat | None) -> None:
        """After an execution: a tester that stays waits for the next, the others leave."""
        for seat in stage.seats:
            if seat is staying and seat.uses < TESTER_USES and seat.role not in self._waiting:
                self._waiting[seat.role] = seat
            else:
                self._end(seat)

    def _take(self, role: str, limits: Limits) -> Seat:
        seat = self._waiting.pop(role, None)
        if seat and seat.serves(limits):
            return seat
        if seat:
            self._end(seat)
        return Seat(self._loop, self._nurseries[role], role, limits)

    def _end(self, seat: Seat) -> None:
        if not seat.child.gone:
            Stage(self._loop, [seat]).end()
        seat.leave()
