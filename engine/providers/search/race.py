"""How long patches that pass compete with the first of them."""

from __future__ import annotations

import time

_LAPS = 400  # candidates that are tried in any case, where the first find is one of them
_GRACE, _GRACE_SHARE = 0.3, 0.25  # seconds at least, and of those that the first find took
_ENOUGH = 24
_NATURAL, _ODD = 2.0, 3.0


class Race:
    """One call's race: it is on from the first patch that passes, and ends soon after."""

    def __init__(self) -> None:
        self.began = time.monotonic()
        self.tried = 0
        self._first: float | None = None
        self._early = False

    def found(self) -> None:
        """A patch passes."""
        if self._first is None:
            self._first = time.monotonic()
            self._early = self.tried <= _LAPS

    @property
    def on(self) -> bool:
        """Whether a patch passes."""
        return self._first is not None

    def over(self, awkward: float, count: int) -> bool:
        """Whether it is decided, where the best of `count` patches is so awkward: worth a longer look."""
        if self._first is None:
            return False
        if count >= _ENOUGH or (self._early and self.tried >= _LAPS):
            return True
        odd = min(max(0.0, awkward - _NATURAL), _ODD)
        grace = max(_GRACE, _GRACE_SHARE * (self._first - self.began)) * (1 + odd)
        return time.monotonic() > self._first + grace
