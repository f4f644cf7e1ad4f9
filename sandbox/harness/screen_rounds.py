"""What is tried when: the code as it is, every variant, and once more those that only ran out."""

from __future__ import annotations

import math
import os
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sandbox.harness.screen_crew import Job, Record, Terms, crew
from sandbox.harness.screen_judge import Judge
from sandbox.harness.screen_ran import Ran, as_ran

Emit = Callable[[Record], None]
_WORKERS = 2
_PATIENCE = 30
_SECOND_LOOK, _SECOND_SHARE = 0.05, 0.125  # seconds at least, and of those that the first look took
_MOST_UNFINISHED = 16
_FIRST_LOOK = 400
_FIRST_LEISURE, _LEISURE = (1.0,), (4.0, 15.0)  # seconds for an assertion
_SOON = 2.0  # seconds for the first of them together
_BASE_STALL = 8.0
_SILENT, _STALL = 0.3, 3.0


class Rounds:
    """Takes the variants through their rounds; `report` gets the records of `Screened`, some at a time."""

    def __init__(self, judge: Judge, memory_mb: int, report: Callable[[Sequence[Record]], None]) -> None:
        self._judge = judge
        self._memory = memory_mb
        self._report = report
        self._variants: Sequence[str] = ()
        self._stop_after = 0
        self._left: list[int] = []

    def know_base(self, traced: str) -> bool:
        """The base in a process of its own, which may die of it; lines and kinds where `traced` is a path."""
        judge = self._judge

        def work(part: int) -> Record:
            if part:
                lines, kinds = judge.coverage(traced) if traced else ({}, {})
                return {"ended": "exit", "coverage": lines, "kinds": kinds}
            return {"ended": "exit", "tests": {name: asdict(ran) for name, ran in judge.base().items()}}

        told: Record = {}
        terms = Terms(self._memory, _BASE_STALL, _BASE_STALL)
        for records in crew(2, 1, Job(judge.begin, work), terms):
            for record in records:
                told = {**told, **record} if record["index"] else {**record, **told}
        if "tests" not in told:
            self._report([base_record(ended="the base was killed or held up by its tests")])
            return False
        base = {name: as_ran(fields) for name, fields in told["tests"].items()}
        self._report([_base_of(base, told)])
        judge.learn(base)
        return True

    def variants(self, variants: Sequence[str], stop_after: int = 0, patient: bool = False) -> None:
        """All variants on a short budget; if none passed, those that ran out of it again on a longer one.

        First those that passed all else, however slow: tests may take long by nature. Then the others.
        """
        self._variants, self._stop_after = variants, stop_after
        if patient:
            self._at_leisure(list(range(len(variants))))
            return
        again: dict[str, list[int]] = {"unfinished": [], "endless": []}
        began = time.monotonic()
        if self._pass(list(range(len(variants))), again, pause=_FIRST_LOOK):
            return
        if left := self._left:
            soon = sorted(again["unfinished"])[:_MOST_UNFINISHED]
            passed = self._at_leisure(soon, _FIRST_LEISURE, _SOON)
            if self._pass(left, again) or passed:  # the others are to compete with it
                return
        spent = time.monotonic() - began
        slow = sorted(again["unfinished"])
        if slow and self._at_leisure(slow[:_MOST_UNFINISHED]):
            return
        self._judge.patience = _PATIENCE
        endless = sorted(again["endless"] + slow[_MOST_UNFINISHED:])
        self._pass(endless, None, time.monotonic() + max(_SECOND_LOOK, _SECOND_SHARE * spent))

    def _at_leisure(
        self, slow: list[int], rounds: Sequence[float] = _LEISURE, most: float = sum(_LEISURE)
    ) -> bool:
        """Those that only want time, on a clock alone: a little for each, then more; whether any passed."""
        until = time.monotonic() + most
        passed = False
        for self._judge.leisure in rounds:
            again: dict[str, list[int]] = {"unfinished": []}
            passed = self._pass(slow, again, until, self._judge.leisure)
            if passed or time.monotonic() > until:
                break
            slow = sorted(again["unfinished"])
        self._judge.leisure = 0.0
        return passed

    def _pass(
        self,
        indexes: list[int],
        again: dict[str, list[int]] | None,
        until: float = math.inf,
        more: float = 0.0,
        pause: float = math.inf,
    ) -> bool:
        """Try the variants of `indexes`, noting in `again` which ran out of ticks; whether any passed.

        After `pause` of them those that passed all else have their turn first: what is left is in `_left`.
        """
        found, told = 0, set[int]()
        for records in self._results(indexes, more):
            self._report(records)
            for record in records:
                found += record["ended"] == "exit" and record["passed"] == record["total"]
                if again is not None and record["ended"] in again:
                    again[record["ended"]].append(record["index"])
            told.update(record["index"] for record in records)
            if (self._stop_after and found >= self._stop_after) or time.monotonic() > until:
                break
            if again and again["unfinished"] and not found and len(told) >= pause:
                break
        self._left = [index for index in indexes if index not in told]
        return found > 0

    def _results(self, indexes: list[int], more: float) -> Iterator[list[Record]]:
        def work(position: int) -> Record:
            return self._judge.variant(self._variants[indexes[position]])

        workers = min(_WORKERS, len(os.sched_getaffinity(0)))
        terms = Terms(self._memory, _SILENT + self._judge.seconds + more, _STALL + more)
        for records in crew(len(indexes), workers, Job(self._judge.begin, work), terms):
            yield [{**record, "index": indexes[record["index"]]} for record in records]


def base_record(
    passed: int = 0, total: int = 0, ended: str = "exit", outcomes: dict[str, bool] | None = None
) -> Record:
    """The record of the code as it is."""
    return {"index": -1, "passed": passed, "total": total, "ended": ended, "outcomes": outcomes or {}}


def _base_of(base: dict[str, Ran], told: dict[str, Any]) -> Record:
    outcomes = {key: ok for name, ran in base.items() for key, ok in ran.outcomes(name).items()}
    passed, total = sum(ran.score for ran in base.values()), sum(ran.total for ran in base.values())
    known = {"coverage": told.get("coverage", {}), "kinds": told.get("kinds", {})}
    return {**base_record(passed, total, "exit", outcomes), **known}
