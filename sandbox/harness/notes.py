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
            elif kind == "log" and [type(part) for part in rest[:6]] == [str, int, str, int, str, tuple]:
                _log(*rest)

    def _print(self, number: int, text: str) -> None:
        taken = text[: self._output]
        self._output -= len(taken)
        if taken:
            (sys.stderr if number == 2 else sys.stdout).write(taken)


def _log(
    name: str, level: int, function: str, line: int, text: str, args: Any, error: Any = None, more: Any = ()
) -> None:
    logger = logging.getLogger(name[:200])
    if not logger.isEnabledFor(level):
        return
    failed = (type(error), error, error.__traceback__) if isinstance(error, BaseException) else None
    record = logging.LogRecord(name, level, "candidate", line, text, args, failed, function)
    for item in more if type(more) is tuple else ():
        if type(item) is tuple and len(item) == 2 and type(item[0]) is str:
            vars(record).setdefault(*item)
    try:
        record.getMessage()
    except (TypeError, ValueError):
        record.args = ()
    record.created = time.time()
    logger.handle(record)
