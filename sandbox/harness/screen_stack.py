"""Room for calls within calls: how deep they are, and memory that is not fetched for each anew."""

from __future__ import annotations

import sys
from collections.abc import Callable

_SLOTS = 33_000  # of a frame: a quarter of a megabyte, so that as much again is left behind it


def depth() -> int:
    """How many calls this one stands in."""
    frame, count = sys._getframe(), 0
    while frame.f_back is not None:
        frame, count = frame.f_back, count + 1
    return count


def roomy(call: Callable[[], None]) -> None:
    """Call it where hundreds of frames fit into the interpreter's memory for them.

    That comes in pieces of 16 KB, mapped when calls reach the next one and unmapped when they return: code
    that recurses does so all the time, and under gVisor it then takes twenty times as long. A piece is as
    large as the frame that it is made for, and this function's frame is said to be large.
    """
    call()


roomy.__code__ = roomy.__code__.replace(co_stacksize=_SLOTS)
