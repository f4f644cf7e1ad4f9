"""How much work a check may do: by the size of the source, never by the clock, so that it is repeatable."""

from __future__ import annotations

# What a check may take in units, each about half a microsecond: an expression is one, what is dearer more.
_WHOLE = 105_000
# For so many characters; smaller sources get as much.
_STEP = 100_000
# Parsing a token of the dearest kind costs as much as this many units.
_TOKEN = 1.2
# Tokens in a step: more would leave nothing for resolving.
_TOKENS = 53_000


class TooCostly(Exception):
    """The source needs more work than its size allows: it is refused, not passed."""


def most_tokens(size: int) -> int:
    """How many tokens a source of `size` bytes may have to be parsed at all."""
    return int(_TOKENS * max(1.0, size / _STEP))


class Budget:
    """Units of work left; whatever can repeat or nest spends them."""

    __slots__ = ("units",)

    def __init__(self, size: int, tokens: int = 0) -> None:
        self.units = int(_WHOLE * max(1.0, size / _STEP) - _TOKEN * tokens)

    def spend(self, units: int) -> None:
        """Pay for work about to be done; raises TooCostly."""
        self.units -= units
        if self.units < 0:
            raise TooCostly
