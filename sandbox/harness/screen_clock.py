"""A clock for what ticks cannot see: C code that loops, sleeping, a long comprehension."""

from __future__ import annotations

import signal
import time
from types import FrameType, TracebackType

_BEAT = 0.05


class Overtime(BaseException):
    """The time for one test is up."""


class Clock:
    """Raises Overtime in the main thread; setting a deadline is no system call."""

    def __init__(self) -> None:
        self._deadline = float("inf")
        self.rang = False

    def __enter__(self) -> Clock:
        signal.signal(signal.SIGALRM, self._beat)
        signal.setitimer(signal.ITIMER_REAL, _BEAT, _BEAT)
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)

    def allow(self, seconds: float) -> None:
        """From now on so many seconds."""
        self.rang = False
        self._deadline = time.monotonic() + seconds

    def rest(self) -> None:
        """No deadline until the next `allow`."""
        self._deadline = float("inf")

    def _beat(self, _signal: int, _frame: FrameType | None) -> None:
        if time.monotonic() > self._deadline:
            self._deadline = float("inf")
            self.rang = True
            raise Overtime
