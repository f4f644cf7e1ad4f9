"""Answers that may keep a test from failing: ends that Python swallows, classes that catch a failure."""

from __future__ import annotations

import asyncio
from typing import Any

_ENDINGS = ("__next__", "send", "throw", "close")


def of_error(op: str, name: str, error: object) -> str:
    """What to warn of when the candidate raised `error`; "" for nothing.

    A loop of the tests over `map(f, …)` ends at a StopIteration of `f`, and a group of tasks takes a
    cancelled one for no failure: the assertions behind are never reached, and nobody hears of it.
    """
    if isinstance(error, asyncio.CancelledError):
        return "cancelled: the candidate itself ended what it was called for"
    if isinstance(error, StopIteration) and not (op in ("special", "method") and name in _ENDINGS):
        return "stop-iteration: the candidate may have ended a loop of the tests"
    return ""


def of_value(value: Any) -> str:
    """What to warn of when the candidate handed over `value`; "" for nothing.

    `except TooSmall` catches a failed assertion as well where the candidate's TooSmall is Exception.
    """
    kind = type(value)
    if kind is not type and not issubclass(kind, tuple):
        return ""
    for item in (value,) if kind is type else tuple.__iter__(value):
        if type(item) is type and issubclass(AssertionError, item):
            return f"class-too-wide: {item.__name__}, which a failed assertion is too"
    return ""
