"""How much work was done while every worker had some: a long unit at the end says nothing of the rest.

Units differ in length by a factor of a hundred. Where a long one is begun late, the other worker stands
idle until it ends, and a rate over all of the time measures that. So work is counted in the seconds that
each unit takes a single worker, a unit under way by the share of it that falls into the window.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Done:
    """A unit: when its result came and how long it took, in seconds."""

    task: str
    moment: float
    seconds: float


def rate_of(done: Sequence[Done]) -> float:
    """Units a second, from the first result to the last."""
    return (len(done) - 1) / (done[-1].moment - done[0].moment)


def work_rate(done: Sequence[Done], workers: int, alone: Mapping[str, float]) -> float:
    """Seconds of a single worker's work done in a second, while no worker was out of work.

    From the first result until the first worker finds nothing more to begin. `alone` is how long each
    unit takes a single worker.
    """
    begin, end = done[0].moment, done[-workers].moment
    work = 0.0
    for unit in done:
        inside = min(unit.moment, end) - max(unit.moment - unit.seconds, begin)
        work += alone[unit.task] * max(0.0, inside) / unit.seconds
    return work / (end - begin)
