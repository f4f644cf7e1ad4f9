"""Tries many variants of one file against the tests in one confined child. Hints, never verdicts.

Tests are imported and collected once by pytest; forked workers then swap each variant's code into the
module and run the tests as plain calls. What this says decides only which patch is executed properly.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from _pytest.assertion.rewrite import AssertionRewritingHook

from sandbox.harness.files import lay_out, search_path
from sandbox.harness.running import preload, run_pytest
from sandbox.harness.screen_atoms import Atoms, soften
from sandbox.harness.screen_clock import Clock
from sandbox.harness.screen_crew import Record
from sandbox.harness.screen_import import Instrumented
from sandbox.harness.screen_judge import Judge
from sandbox.harness.screen_modules import freshener, module_at, modules_below, order_matters
from sandbox.harness.screen_probes import probe_of
from sandbox.harness.screen_rounds import Rounds, base_record
from sandbox.harness.screen_swap import Swap
from sandbox.harness.screen_ticks import Ticks

__all__ = ["preload", "run"]

Emit = Callable[[dict[str, Any]], None]
_MEMORY_MB = 512
_IMPORT_TICKS = 1_000_000


def run(request: dict[str, Any], emit: Emit) -> None:
    """Try `request["variants"]` in turn; emits lists of the fields of `Screened`, the base's first."""
    root = Path.cwd().resolve()
    tests = {path: soften(data) for path, data in request["tests"].items()}
    lay_out({**request["files"], **tests})
    target = root / request["path"]
    sys.path[:0] = search_path({**request["files"], **tests})
    sys.meta_path.insert(0, Instrumented(target))
    ticks = Ticks()
    Atoms(ticks, Clock()).install()
    ticks.left = _IMPORT_TICKS  # an import that loops fails, and is said to
    plugin = _Screen(request, target, lambda records: emit({"results": list(records)}))
    run_pytest(tests, [], [plugin])
    if not plugin.done:
        plugin.say(plugin.error or "no tests were collected")


class _Screen:
    """The pytest plugin that takes over once the tests are collected."""

    def __init__(
        self, request: dict[str, Any], target: Path, report: Callable[[Sequence[Record]], None]
    ) -> None:
        self._request = request
        self._target = target
        self._report = report
        self.error = ""
        self.done = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """Tests are run by the thousand and what they compare is told by nobody: their asserts stay plain."""
        sys.meta_path[:] = [hook for hook in sys.meta_path if not isinstance(hook, AssertionRewritingHook)]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self.error:
            lines = str(report.longrepr).strip().splitlines()
            self.error = f"collection: {lines[-1] if lines else 'failed'}"[:500]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        chosen = set(self._request["selection"])
        items = [item for item in session.items if not chosen or item.nodeid in chosen]
        module = module_at(self._target)
        if self.error or not items or module is None:
            self.error = self.error or (
                "no tests were collected" if not items else "the tests do not import the file"
            )
            return True
        self.done = True
        self._screen(items, module)
        return True

    def say(self, why: str) -> None:
        """Why nothing can be tried."""
        self._report([base_record(ended=why)])

    def _screen(self, items: list[pytest.Item], module: ModuleType) -> None:
        tests = list({id(m): m for item in items if (m := getattr(item, "module", None))}.values())
        below = modules_below(self._target.parent)
        holders = [*below, *(m for m in tests if m not in below)]
        swap = Swap(module, self._target.read_text("utf-8"), str(self._target), holders)
        probes = [probe_of(item) for item in items]
        judge = Judge(probes, swap, freshener(tests), ordered=order_matters(tests))
        request = self._request
        rounds = Rounds(judge, int(request["limits"].get("memory_mb", _MEMORY_MB)), self._report)
        if rounds.know_base(str(self._target) if request["trace"] else ""):
            rounds.variants(request["variants"], request["stop_after"], bool(request.get("patient")))
