"""Standby children: the next execution's are set up while this one runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sandbox.harness.loop import Loop
from sandbox.harness.nursery import Nursery
from sandbox.harness.stage import Limits, Stage

_STANDBY = (("tester", "worker"), ("inprocess",))


class Stages:
    """Hands out stages, and keeps one standby for each way of executing that was used last."""

    def __init__(self, loop: Loop, nurseries: Mapping[str, Nursery]) -> None:
        self._loop, self._nurseries = loop, nurseries
        self._standby: dict[tuple[str, ...], Stage] = {}

    def take(self, roles: Sequence[str], limits: Limits) -> Stage:
        """The standby if it serves, else a new one."""
        stage = self._standby.pop(tuple(roles), None)
        if stage and stage.serves(roles, limits):
            return stage
        if stage:
            stage.discard()
        return Stage(self._loop, self._nurseries, roles, limits)

    def prepare(self, roles: Sequence[str], limits: Limits) -> None:
        """Set up the next one for the same roles and limits."""
        if tuple(roles) in _STANDBY and tuple(roles) not in self._standby:
            self._standby[tuple(roles)] = Stage(self._loop, self._nurseries, roles, limits)
