"""How much work a check may do: by the size of the source, never by the clock, so that it is repeatable."""

from __future__ import annotations

# A unit is one expression or statement read, about a microsecond; 100 KB may take 50,000 of them.
_AT_LEAST = 10_000
_PER_CHARACTER = 0.4


class TooCostly(Exception):
    """The source needs more work than its size allows: it is refused, not passed."""


class Budget:
    """Units of work left; whatever can repeat or nest spends them."""

    def __init__(self, size: int) -> None:
        self.units = int(_AT_LEAST + _PER_CHARACTER * size)

    def spend(self, units: int) -> None:
        """Pay for work about to be done; raises TooCostly."""
        self.units -= units
        if self.units < 0:
            raise TooCostly
