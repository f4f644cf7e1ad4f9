"""Runs the tests against what stands in the module now and counts what passes."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from sandbox.harness.screen_atoms import Atoms
from sandbox.harness.screen_clock import Clock, Overtime
from sandbox.harness.screen_probes import Probe
from sandbox.harness.screen_swap import Seen, Swap
from sandbox.harness.screen_ticks import Ticks
from sandbox.harness.screen_trace import LineTracer

BASE_TICKS = 500_000
BASE_PURSE = 2_000_000
TRACED_TICKS = 20_000
MIN_TICKS = 3_000
SLACK = 20
PURSE = 4  # limits that a whole test may spend beyond twice what it took on the base
BASE_SECONDS = 0.8
TRACED_SECONDS = 0.3
MIN_SECONDS = 0.3
ENDLESS_ALLOWED = 2
HASTY_SECONDS = 0.005


@dataclass(frozen=True)
class Ran:
    """How one test went: its atoms in order, whether all of it passed, what its dearest atom spent, how many
    ran out of ticks or time (and which atoms), the ticks of all together and of each."""

    atoms: tuple[bool, ...]
    passed: bool
    ticks: int = 0
    seconds: float = 0.0
    endless: int = 0
    whole: int = 0
    slow: tuple[int, ...] = ()
    costs: tuple[int, ...] = ()

    @property
    def total(self) -> int:
        """Atoms known; what cut a test short counts as one more."""
        return len(self.atoms) + (not self.passed and all(self.atoms)) or 1

    @property
    def score(self) -> int:
        """Atoms passed."""
        return self.total if self.passed else sum(self.atoms)

    def outcomes(self, test: str) -> dict[str, bool]:
        """Atom id to whether it passed; a test of one atom is the test."""
        if self.total == 1:
            return {test: self.passed}
        ends = (*self.atoms, False) if self.total > len(self.atoms) else self.atoms
        return {f"{test}#{number}": passed for number, passed in enumerate(ends)}


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
        self._base: dict[str, Ran] = {}
        self._floor = 0
        self._worst_ticks, self._worst_seconds = 0, 0.0
        self._endless_allowed = ENDLESS_ALLOWED
        self._records: dict[object, dict[str, Any]] = {}
        self.patience, self.leisure = 1, 0.0

    def __enter__(self) -> Judge:
        self._atoms.install()
        self._clock.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._clock.__exit__(None, None, None)

    def base(self) -> dict[str, Ran]:
        """Every test on the base, without limits that an honest test would meet."""
        self._fresh()
        return {
            probe.id: self._run(probe, BASE_TICKS, BASE_PURSE, BASE_SECONDS, ENDLESS_ALLOWED + 2)
            for probe in self._probes
        }

    def coverage(self, path: str) -> tuple[dict[str, tuple[int, ...]], dict[str, str]]:
        """Lines of `path` by atom, and kinds of values by function and name, for the base."""
        lines: dict[str, tuple[int, ...]] = {}
        tracer = LineTracer(path)
        self._atoms.boundary = tracer.cut
        self._fresh()
        for probe in self._probes:
            ran = self._run(probe, TRACED_TICKS, TRACED_TICKS, TRACED_SECONDS, 1, tracer)
            lines.update(zip(ran.outcomes(probe.id), tracer.shares, strict=False))
        self._atoms.boundary = None
        return lines, tracer.kinds

    def learn(self, base: dict[str, Ran]) -> None:
        """Take order and budgets from the base's results."""
        self._base = base
        self._floor = sum(ran.score for ran in base.values())
        self._endless_allowed = max(ENDLESS_ALLOWED, 1 + sum(ran.endless for ran in base.values()))
        self._worst_ticks = max((ran.ticks for ran in base.values()), default=0)
        self._worst_seconds = max((ran.seconds for ran in base.values()), default=0.0)
        if not self._ordered:
            self._probes.sort(key=lambda p: (base[p.id].passed, base[p.id].whole + base[p.id].seconds * 1e6))

    def variant(self, text: str) -> dict[str, Any]:
        """One variant, given up as soon as it cannot pass more atoms than the base; equal ones tried once."""
        self._swap.ticking = not self.leisure
        try:
            record = self._put(text) or self._tried()
        except Seen as earlier:
            return self._records[earlier.key]
        self._records[self._swap.key] = record
        return record

    def _put(self, text: str) -> dict[str, Any] | None:
        """Put the variant in place; a record already where that fails. Raises Seen."""
        try:
            self._clock.allow(MIN_SECONDS)
            self._ticks.left = BASE_TICKS
            self._swap.apply(text)
        except Seen:
            raise
        except (Exception, Overtime) as error:
            return {"passed": 0, "total": self._hope(), "ended": type(error).__name__}
        finally:
            self._clock.rest()
        return None

    def _tried(self) -> dict[str, Any]:
        self._fresh()
        ticks, seconds = self._budget()
        self._atoms.hasty_from = time.monotonic() + HASTY_SECONDS
        passed, total, endless, outcomes = 0, 0, 0, dict[str, bool]()
        for number, probe in enumerate(self._probes):
            known = self._base[probe.id]
            left = self._endless_allowed - endless
            slow = () if self.leisure or self.patience > 1 else known.slow
            purse = 2 * known.whole + PURSE * ticks
            ran = self._run(probe, ticks, purse, seconds, left, slow=slow, costs=known.costs)
            most = max(ran.total, known.total)
            passed += most if ran.passed else min(ran.score, most - 1)
            total += most
            endless += ran.endless
            outcomes.update(ran.outcomes(probe.id))
            rest = self._hope(number + 1)
            late = not ran.passed and not ran.endless and time.monotonic() > self._atoms.hasty_from
            if passed + rest <= self._floor or endless >= self._endless_allowed or late:
                return {"passed": passed, "total": total + rest, "ended": "endless" if endless else "no gain"}
        ended = "exit" if not endless else "unfinished" if passed + endless >= total else "endless"
        return {"passed": passed, "total": total, "ended": ended, "outcomes": outcomes}

    def _budget(self) -> tuple[int, float]:
        """Ticks and seconds for an atom of a variant, from what the dearest took on the base."""
        if self.leisure:
            return BASE_TICKS * 10_000, self.leisure
        worst = self._worst_ticks
        ticks = (min(SLACK * worst, 2 * worst + 20 * MIN_TICKS) + MIN_TICKS) * self.patience
        return ticks, min(SLACK * self._worst_seconds, self._worst_seconds + MIN_SECONDS) + MIN_SECONDS

    def _hope(self, start: int = 0) -> int:
        return sum(self._base[probe.id].total for probe in self._probes[start:])

    def _run(
        self,
        probe: Probe,
        ticks: int,
        purse: int,
        seconds: float,
        allowed: int,
        tracer: LineTracer | None = None,
        slow: tuple[int, ...] = (),
        costs: tuple[int, ...] = (),
    ) -> Ran:
        atoms = self._atoms
        atoms.begin(ticks, purse, seconds, allowed, frozenset(slow), costs)
        try:
            with tracer or ExitStack():
                passed = probe.run()
        except BaseException:  # whatever it raises, SystemExit and our own limits too, it did not pass
            passed = False
        atoms.end()
        whole = passed and all(atoms.seen) and not atoms.endless
        return Ran(
            tuple(atoms.seen),
            whole,
            atoms.ticks,
            atoms.seconds,
            atoms.endless,
            atoms.whole,
            tuple(atoms.slow),
            tuple(atoms.costs),
        )
