"""How fast this machine is, so that time limits mean the same on a slow one."""

from __future__ import annotations

import time

REFERENCE_SECONDS = 0.005  # what `work` took on the machine that the default limits were tried on
TRIES = 5
SLACK = 4.0  # the limits leave more room than this: a machine a quarter as fast needs no more
MOST = 16.0


def measure_speed(tries: int = TRIES) -> float:
    """The best of a few tries at a fixed piece of work in pure Python, in seconds of processor time.

    Processor time and the best, since a busy moment says nothing about the machine. Code in a sandbox
    computes at the same speed as outside, so that none has to be opened for this.
    """
    return min(_timed() for _ in range(tries))


def stretch_of(seconds: float) -> float:
    """By how much time limits are multiplied: 1, 2, 4, 8 or 16.

    Powers of two and no finer, so that two evaluations on the same machine have the same limits, and
    what was executed for the one is known to the other.
    """
    stretch = 1.0
    while stretch < MOST and seconds > REFERENCE_SECONDS * SLACK * stretch:
        stretch *= 2
    return stretch


def work() -> int:
    """The fixed piece of work: arithmetic, a dictionary, a list, calls."""
    total, seen = 0, {}
    for number in range(60_000):
        total = (total * 31 + number) % 1_000_003
        seen[total % 997] = number
    return total + sum(sorted(seen.values())[:10])


def _timed() -> float:
    began = time.thread_time()
    work()
    return time.thread_time() - began
