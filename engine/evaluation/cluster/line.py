"""Which unit is begun next, and which one is to blame when workers die."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from itertools import islice

from engine.evaluation.unit import Unit

SUSPECTS = 8  # so many wait for their trial, then no others are begun before


class Line:
    """Units in a line; one whose workers died waits aside, and has its trial when nothing else is under way.

    Neighbours die with the one that kills, so a death among many proves nothing, and one alone does.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        self._waiting = iter(units)
        self._exhausted = False
        self._suspects: deque[Unit] = deque()
        self._trial: Unit | None = None

    def next(self, going: int, width: int) -> Unit | None:
        """The unit to begin now, with so many under way and room for `width`; None where none is."""
        if self._trial is not None:
            return None
        if len(self._suspects) < SUSPECTS and not self._exhausted:
            if going >= width:
                return None
            unit = next(self._waiting, None)
            if unit is not None:
                return unit
            self._exhausted = True
        if going == 0 and self._suspects:
            self._trial = self._suspects.popleft()
        return self._trial

    def more(self, many: int) -> list[Unit]:
        """So many further units at most, to go along with the one that was begun."""
        return [] if self._trial is not None or self._suspects else list(islice(self._waiting, many))

    def ended(self, unit: Unit) -> None:
        """It has its result."""
        if unit is self._trial:
            self._trial = None

    def is_to_blame(self, unit: Unit) -> bool:
        """Its workers died. Whether it is known to be the reason; if not, it will be begun again."""
        if unit is self._trial:
            self._trial = None
            return True
        self._suspects.append(unit)
        return False
