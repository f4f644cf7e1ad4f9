"""Tries many variants of one file against the tests in one confined child. Hints, never verdicts.

Tests are imported and collected once by pytest; forked workers then swap each variant's code into the
module and run the tests as plain calls. What this says decides only which patch is executed properly.
"""

from __future__ import annotations

import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from sandbox.harness.screen_atoms import Atoms, soften
from sandbox.harness.screen_clock import Clock
from sandbox.harness.screen_crew import crew
from sandbox.harness.screen_import import Instrumented
from sandbox.harness.screen_judge import Judge, Ran
from sandbox.harness.screen_probes import fresh_copies, probe_of
from sandbox.harness.screen_swap import Swap
from sandbox.harness.screen_ticks import Ticks

Emit = Callable[[dict[str, Any]], None]
_WORKERS = 2
_MEMORY_MB = 512
_PATIENCE = 30
_SECOND_LOOK = 0.2
_MOST_UNFINISHED = 16
_LEISURE = (1.0, 4.0, 15.0)  # seconds for an assertion
_BASE_STALL = 5.0
_IMPORT_TICKS = 1_000_000
_OPTIONS = ["--assert=plain", "--noconftest", "-c", os.devnull, "-p", "no:cacheprovider", "-p", "no:terminal"]


def run(request: dict[str, Any], emit: Emit) -> None:
    """Try `request["variants"]` in turn and emit the fields of `Screened` for the base and each of them."""
    root = Path.cwd().resolve()
    for path, data in request["files"].items():
        _write(root / path, data)
    for path, data in request["tests"].items():
        _write(root / path, soften(data))
    target = root / request["path"]
    sys.path.insert(0, str(root))
    sys.meta_path.insert(0, Instrumented(target))
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    ticks = Ticks()
    Atoms(ticks, Clock()).install()
    ticks.left = _IMPORT_TICKS  # an import that loops fails, and is said to
    plugin = _Screen(request, target, emit)
    status = pytest.main(
        [f"--rootdir={root}", *_OPTIONS, *(str(root / p) for p in request["tests"])], [plugin]
    )
    if not plugin.done:
        emit(_base(ended=plugin.error or f"no tests were collected (pytest status {int(status)})"))


class _Screen:
    """The pytest plugin that takes over once the tests are collected."""

    def __init__(self, request: dict[str, Any], target: Path, emit: Emit) -> None:
        self._request = request
        self._target = target
        self._emit = emit
        self._memory = int(request["limits"].get("memory_mb", _MEMORY_MB))
        self.error = ""
        self.done = False

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.error:
            lines = str(report.longrepr).strip().splitlines()
            self.error = f"collection: {lines[-1] if lines else 'failed'}"[:500]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        chosen = set(self._request["selection"])
        items = [item for item in session.items if not chosen or item.nodeid in chosen]
        module = _module_at(self._target)
        if self.error or not items or module is None:
            self.error = self.error or (
                "no tests were collected" if not items else "the tests do not import the file"
            )
            return True
        self.done = True
        self._screen(items, module)
        return True

    def _screen(self, items: list[pytest.Item], module: ModuleType) -> None:
        tests = list({id(m): m for item in items if (m := getattr(item, "module", None))}.values())
        source = self._target.read_text("utf-8")
        holders = [m for m in list(sys.modules.values()) if _below(m, self._target.parent) or m in tests]
        swap = Swap(module, source, str(self._target), holders)
        probes = [probe_of(item) for item in items]
        judge = Judge(probes, swap, _freshener(tests), ordered=_order_matters(tests))
        base = self._know_base(judge)
        if base is None:
            return
        judge.learn(base)
        self._try_variants(judge)

    def _know_base(self, judge: Judge) -> dict[str, Ran] | None:
        """The base in a process of its own, which may die of it."""
        trace = self._request["trace"]

        def work(part: int) -> dict[str, Any]:
            with judge:
                if part:
                    lines, kinds = judge.coverage(str(self._target)) if trace else ({}, {})
                    return {"ended": "exit", "coverage": lines, "kinds": kinds}
                return {"ended": "exit", "tests": {name: asdict(ran) for name, ran in judge.base().items()}}

        told: dict[str, Any] = {}
        for record in crew(2, 1, work, self._memory, _BASE_STALL):
            told = {**told, **record} if record["index"] else {**record, **told}
        if "tests" not in told:
            self._emit(_base(ended="the base was killed or held up by its tests"))
            return None
        base = {name: _as_ran(fields) for name, fields in told["tests"].items()}
        outcomes = {key: ok for name, ran in base.items() for key, ok in ran.outcomes(name).items()}
        passed, total = sum(ran.score for ran in base.values()), sum(ran.total for ran in base.values())
        known = {"coverage": told.get("coverage", {}), "kinds": told.get("kinds", {})}
        self._emit({**_base(passed, total, "exit", outcomes), **known})
        return base

    def _try_variants(self, judge: Judge) -> None:
        """All variants on a short budget; if none passed, those that ran out of it again on a longer one.

        First those that passed all else, however slow: tests may take long by nature. Then the others.
        """
        if self._request.get("patient"):
            self._at_leisure(judge, list(range(len(self._request["variants"]))))
            return
        again: dict[str, list[int]] = {"unfinished": [], "endless": []}
        began = time.monotonic()
        if self._pass(judge, list(range(len(self._request["variants"]))), again):
            return
        spent = time.monotonic() - began
        slow = sorted(again["unfinished"])[:_MOST_UNFINISHED]
        if slow and self._at_leisure(judge, slow):
            return
        judge.patience = _PATIENCE
        endless = sorted(again["endless"] + again["unfinished"][_MOST_UNFINISHED:])
        self._pass(judge, endless, None, time.monotonic() + max(_SECOND_LOOK, spent / 2))

    def _at_leisure(self, judge: Judge, slow: list[int]) -> bool:
        """Those that only want time, on a clock alone: a little for each, then more; whether any passed."""
        until = time.monotonic() + sum(_LEISURE)
        for judge.leisure in _LEISURE:
            again: dict[str, list[int]] = {"unfinished": []}
            if time.monotonic() > until or self._pass(judge, slow, again, until, judge.leisure):
                return time.monotonic() <= until
            slow = sorted(again["unfinished"])
        judge.leisure = 0.0
        return False

    def _pass(
        self,
        judge: Judge,
        indexes: list[int],
        again: dict[str, list[int]] | None,
        until: float = math.inf,
        stall: float = 0.0,
    ) -> bool:
        """Try the variants of `indexes`, noting in `again` which ran out of ticks; whether any passed."""
        wanted, found = self._request["stop_after"], 0
        for record in self._results(judge, indexes, stall):
            self._emit({"outcomes": {}, "coverage": {}, **record})
            found += record["ended"] == "exit" and record["passed"] == record["total"]
            if again is not None and record["ended"] in again:
                again[record["ended"]].append(record["index"])
            if (wanted and found >= wanted) or time.monotonic() > until:
                break
        return found > 0

    def _results(self, judge: Judge, indexes: list[int], stall: float) -> Iterator[dict[str, Any]]:
        variants: list[str] = self._request["variants"]
        inside = False

        def work(position: int) -> dict[str, Any]:
            nonlocal inside
            if not inside:  # once in each worker; the timer is its own
                judge.__enter__()
                inside = True
            return judge.variant(variants[indexes[position]])

        workers = min(_WORKERS, len(os.sched_getaffinity(0)))
        for record in crew(len(indexes), workers, work, self._memory, stall):
            yield {**record, "index": indexes[record["index"]]}


def _as_ran(fields: dict[str, Any]) -> Ran:
    """A `Ran` as JSON gives it back: its tuples have become lists."""
    known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
    return Ran(**known)


def _base(
    passed: int = 0, total: int = 0, ended: str = "exit", outcomes: dict[str, bool] | None = None
) -> dict[str, Any]:
    return {
        "index": -1,
        "passed": passed,
        "total": total,
        "ended": ended,
        "outcomes": outcomes or {},
        "coverage": {},
    }


def _freshener(modules: list[ModuleType]) -> Callable[[], None]:
    """What gives the tests' own plain global data back its first value, so that variants cannot spoil it."""
    makers = []
    for module in modules:
        data = {name: value for name, value in vars(module).items() if _is_data(name, value)}
        if data:
            makers.append((vars(module), fresh_copies(data)))

    def fresh() -> None:
        for space, make in makers:
            space.update(make())

    return fresh


def _order_matters(modules: list[ModuleType]) -> bool:
    """Whether tests share objects, through which an earlier one may prepare a later one."""
    values = [value for module in modules for name, value in vars(module).items() if _is_data(name, value)]
    return any(type(value) not in (list, dict, set, tuple) for value in values)


def _is_data(name: str, value: object) -> bool:
    """Whether a test module's global is a value that tests or variants could change in place."""
    fixed = ModuleType | type | int | str | bytes | float | None
    return not name.startswith(("__", "@")) and not isinstance(value, fixed) and not callable(value)


def _module_at(target: Path) -> ModuleType | None:
    found = (m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == str(target))
    return next(found, None)


def _below(module: ModuleType, folder: Path) -> bool:
    return str(getattr(module, "__file__", None) or "").startswith(f"{folder}/")


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
