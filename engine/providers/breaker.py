"""A circuit breaker: a server that fails more often than not is left alone for a while."""

from __future__ import annotations

import time
from collections import deque

from engine.errors import ProviderUnreachable

WINDOW = 10  # requests that are looked back on
LEAST = 4  # so many must have been made before their share says anything
REST_SECONDS = 30.0


class Breaker:
    """Counts how requests to one server ended; open, it refuses until one trial after a rest succeeds."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._ended: deque[bool] = deque(maxlen=WINDOW)
        self._opened = 0.0

    def allow(self) -> None:
        """Raise ProviderUnreachable while the circuit is open and its rest is not over."""
        left = self._opened + REST_SECONDS - time.monotonic() if self._opened else 0.0
        if left <= 0:
            return
        failed = self._ended.count(False)
        raise ProviderUnreachable(
            f"{self._name} is left alone for {left:.0f} s more: {failed} of its last {len(self._ended)}"
            " requests failed",
            "see the server's log, or name another provider",
        )

    @property
    def is_open(self) -> bool:
        """Whether requests are refused, but for a trial after the rest."""
        return self._opened > 0

    def record(self, ok: bool) -> None:
        """Take note of how a request ended; opens above one half of failures, closes on a success."""
        if ok and self.is_open:
            self._ended.clear()
            self._opened = 0.0
        self._ended.append(ok)
        if len(self._ended) >= LEAST and self._ended.count(False) * 2 > len(self._ended):
            self._opened = time.monotonic()
