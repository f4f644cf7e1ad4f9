"""Runs the tests against what stands in the module now and counts what passes."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from sandbox.harness.screen_atoms import Atoms
from sandbox.harness.screen_clock import Clock, Overtime
from sandbox.harness.screen_probes import Probe
from sandbox.harness.screen_ran import Ran, total_of
from sandbox.harness.screen_stack import depth
from sandbox.harness.screen_swap import Seen, Swap
from sandbox.harness.screen_ticks import Ticks
from sandbox.harness.screen_trace import LineTracer

BASE_TICKS = 200_000
BASE_PURSE = 1_000_000
IMPORT_TICKS = 500_000
ALL_TICKS = 5_000_000_000
TRACED_TICKS = 20_000
MIN_TICKS = 3_000
SLACK = 20
PURSE = 4  # limits that the failing assertions of a test may spend beyond twice what it took on the base
BASE_SECONDS = 0.25
TRACED_SECONDS = 0.3
IMPORT_SECONDS = 0.3
MORE_SECONDS = 0.3  # at most so much more than the base's dearest assertion took
MIN_SECONDS = 0.03
ENDLESS_ALLOWED = 2
HASTY_SECONDS = 0.005
STACK = 250  # calls within calls: without end they cost a millisecond where there are a thousand
BLANK = 20  # assertions that fail before one passes
_AT_EASE: AbstractContextManager[object] = nullcontext()


class Judge:
    """The tests, cheapest killer first once the base is known, and the budgets learnt from the base.

    `patience` multiplies the ticks a variant may spend, for a second look at those that ran out;
    `leisure` gives each atom so many seconds and no limit of ticks. `ordered` keeps the tests in their order.
    """

    def __init__(
        self, probes: list[Probe], swap: Swap, fresh: Callable[[], None], *, ordered: bool = False
    ) -> None:
        self._probes = probes
        self._swap = swap
        self._fresh = fresh
        self._ordered = ordered
        self._ticks, self._clock = Ticks(), Clock()
        self._atoms = Atoms(self._ticks, self._clock)
        self._known: list[tuple[Probe, Ran, int]] = []
        self._floor = 0
        self._worst_ticks, self._worst_seconds = 0, 0.0
        self._endless_allowed = ENDLESS_ALLOWED
        self._records: dict[object, dict[str, Any]] = {}
        self._low = self._high = sys.getrecursionlimit()
        self.patience, self.leisure = 1, 0.0

    def begin(self, pulse: Callable[[], None]) -> None:
        """Take this process over, for as long as it lives; `pulse` tells others that it still runs."""
        self._atoms.install()
        self._clock.start(pulse)
        self._low = min(self._high, depth() + STACK)

    def base(self) -> dict[str, Ran]:
        """Every test on the base, without limits that an honest test would meet."""
        self._fresh()
        return {
            probe.id: self._ran(probe, BASE_TICKS, BASE_PURSE, BASE_SECONDS, ENDLESS_ALLOWED + 2)
            for probe in self._probes
        }

    def coverage(self, path: str) -> tuple[dict[str, tuple[int, ...]], dict[str, str]]:
        """Lines of `path` by atom, and kinds of values by function and name, for the base."""
        lines: dict[str, tuple[int, ...]] = {}
        tracer = LineTracer(path)
        self._atoms.boundary = tracer.cut
        self._fresh()
        for probe in self._probes:
            ran = self._ran(probe, TRACED_TICKS, TRACED_TICKS, TRACED_SECONDS, 1, tracer)
            lines.update(zip(ran.outcomes(probe.id), tracer.shares, strict=False))
        self._atoms.boundary = None
        return lines, tracer.kinds

    def learn(self, base: dict[str, Ran]) -> None:
        """Take order and budgets from the base's results."""
        self._floor = sum(ran.score for ran in base.values())
        self._endless_allowed = max(ENDLESS_ALLOWED, 1 + sum(ran.endless for ran in base.values()))
        self._worst_ticks = max((ran.ticks for ran in base.values()), default=0)
        self._worst_seconds = max((ran.seconds for ran in base.values()), default=0.0)
        if not self._ordered:
            self._probes.sort(key=lambda p: (base[p.id].passed, base[p.id].whole + base[p.id].seconds * 1e6))
        hope = sum(ran.total for ran in base.values())
        for probe in self._probes:
            hope -= base[probe.id].total
            self._known.append((probe, base[probe.id], hope))

    @property
    def seconds(self) -> float:
        """What an atom of a variant may take of the processor."""
        return self._budget()[1]

    def variant(self, text: str) -> dict[str, Any]:
        """One variant, given up as soon as it cannot pass more atoms than the base; equal ones tried once."""
        self._swap.ticking = not self.leisure
        self._atoms.shallow = not self.leisure and self.patience == 1
        sys.setrecursionlimit(self._low if self._atoms.shallow else self._high)
        try:
            record = self._put(text) or self._tried()
        except Seen as earlier:
            return self._records[earlier.key]
        self._records[self._swap.key] = record
        return record

    def _put(self, text: str) -> dict[str, Any] | None:
        """Put the variant in place; a record already where that fails. Raises Seen."""
        try:
            self._clock.allow(IMPORT_SECONDS)
            self._ticks.left = IMPORT_TICKS
            self._swap.apply(text)
        except Seen:
            raise
        except (Exception, Overtime) as error:
            return {"passed": 0, "total": 1, "ended": type(error).__name__}
        finally:
            self._clock.rest()
        return None

    def _tried(self) -> dict[str, Any]:
        self._fresh()
        atoms, floor, allowed = self._atoms, self._floor, self._endless_allowed
        ticks, seconds = self._budget()
        atoms.hasty_from = time.monotonic() + HASTY_SECONDS
        passed, total, endless = 0, 0, 0
        for probe, known, rest in self._known:
            slow = () if self.leisure or self.patience > 1 else known.slow
            purse = 2 * known.whole + PURSE * ticks
            failures = passed + known.total + rest - floor - 1 if known.complete else 1 << 30
            atoms.begin(ticks, purse, seconds, allowed - endless, slow, known.costs, failures, BLANK)
            whole = self._run(probe)[1]
            found = total_of(atoms.seen, whole)
            most = max(found, known.total)
            passed += most if whole else min(sum(atoms.seen), most - 1)
            total += most
            endless += atoms.endless
            late = not whole and not atoms.endless and time.monotonic() > atoms.hasty_from
            if passed + rest <= floor or endless >= allowed or late:
                return {"passed": passed, "total": total + rest, "ended": "endless" if endless else "no gain"}
        ended = "exit" if not endless else "unfinished" if passed + endless >= total else "endless"
        return {"passed": passed, "total": total, "ended": ended}

    def _budget(self) -> tuple[int, float]:
        """Ticks and seconds for an atom of a variant, from what the dearest took on the base."""
        if self.leisure:
            return ALL_TICKS, self.leisure
        worst, longest = self._worst_ticks, self._worst_seconds
        ticks = (min(SLACK * worst, 2 * worst + 20 * MIN_TICKS) + MIN_TICKS) * self.patience
        least = MORE_SECONDS if self.patience > 1 else MIN_SECONDS
        return ticks, min(SLACK * longest, longest + MORE_SECONDS) + least

    def _ran(
        self,
        probe: Probe,
        ticks: int,
        purse: int,
        seconds: float,
        allowed: int,
        tracer: LineTracer | None = None,
    ) -> Ran:
        """One test on the base and all that is to be known of it."""
        atoms = self._atoms
        atoms.begin(ticks, purse, seconds, allowed)
        complete, whole = self._run(probe, tracer or _AT_EASE)
        found = (tuple(atoms.slow), tuple(atoms.costs), complete)
        return Ran(tuple(atoms.seen), whole, atoms.ticks, atoms.seconds, atoms.endless, atoms.whole, *found)

    def _run(self, probe: Probe, around: AbstractContextManager[object] = _AT_EASE) -> tuple[bool, bool]:
        """Whether the test came to its end, and whether all of it passed."""
        atoms = self._atoms
        try:
            with around:
                complete = probe.run()
        except BaseException:  # whatever it raises, SystemExit and our own limits too, it did not pass
            complete = False
        atoms.end()
        return complete, complete and all(atoms.seen) and not atoms.endless
