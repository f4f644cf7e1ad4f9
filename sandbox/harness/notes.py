"""What the candidate printed, warned of and logged, repeated in the tester: pytest captures it there."""

from __future__ import annotations

import logging
import sys
import time
import warnings
from typing import Any

MOST_OUTPUT = 4_000_000


class Notes:
    """Takes the worker's notes, up to an amount of output."""

    def __init__(self) -> None:
        self._output = MOST_OUTPUT

    def heed(self, notes: Any) -> None:
        """Repeat here what was noted there; what is malformed is left out."""
        for note in notes if type(notes) is tuple else ():
            if type(note) is not tuple or not note:
                continue
            kind, *rest = note
            if kind == "out" and [type(part) for part in rest] == [int, str]:
                self._print(*rest)
            elif kind == "warn" and len(rest) == 2 and isinstance(rest[0], Warning):
                category = type(rest[0])
                warnings.warn_explicit(
                    rest[0], category, "candidate", 1 if type(rest[1]) is not int else rest[1]
                )
            elif kind == "log" and [type(part) for part in rest] == [str, int, str, str, int]:
                _log(*rest)

    def _print(self, number: int, text: str) -> None:
        taken = text[: self._output]
        self._output -= len(taken)
        if taken:
            (sys.stderr if number == 2 else sys.stdout).write(taken)


def _log(name: str, level: int, text: str, function: str, line: int) -> None:
    logger = logging.getLogger(name[:200])
    if logger.isEnabledFor(level):
        record = logging.LogRecord(name, level, "candidate", line, text, None, None, function)
        record.created = time.time()
        logger.handle(record)
