"""A clock for what ticks cannot see: C code that loops, sleeping, a long comprehension."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Callable
from types import FrameType

_BEAT = 0.005
_ASLEEP = 0.3  # wall seconds more than its processor time that what waits or starves may take


class Overtime(BaseException):
    """The time for one test is up."""


class Clock:
    """Raises Overtime in the main thread once the processor time allowed is spent, give or take a beat.

    `allow` is called for every assertion and asks no clock: the beat looks whether it still is the same
    allowance that runs. A busy machine delays a variant and does not condemn it.
    """

    def __init__(self) -> None:
        self.rang = False
        self._pulse: Callable[[], object] = bool
        self._allowed = math.inf
        self._turn = self._seen = 0
        self._processor, self._wall = 0.0, 0.0

    def start(self, pulse: Callable[[], None]) -> None:
        """Beat from now on, calling `pulse` each time: C code that is held up for long beats no more."""
        self._pulse = pulse
        signal.signal(signal.SIGALRM, self._beat)
        signal.setitimer(signal.ITIMER_REAL, _BEAT, _BEAT)

    def allow(self, seconds: float) -> None:
        """From now on so many seconds of processor time."""
        self.rang = False
        self._turn += 1
        self._allowed = seconds

    def rest(self) -> None:
        """No limit until the next `allow`."""
        self._allowed = math.inf

    def _beat(self, _signal: int, _frame: FrameType | None) -> None:
        self._pulse()
        processor, wall = time.process_time(), time.monotonic()
        if self._turn != self._seen:
            self._seen, self._processor, self._wall = self._turn, processor, wall
        elif processor - self._processor > self._allowed or wall - self._wall > self._allowed + _ASLEEP:
            self._allowed = math.inf
            self.rang = True
            raise Overtime
