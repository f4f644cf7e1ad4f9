"""The pytest plugin of the harness: what was collected and how each test ended, told as it happens."""

from __future__ import annotations

from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

from sandbox.harness.failures import Comparison, cap, failure, named
from sandbox.harness.mirrors import is_remote
from sandbox.harness.session import Session, WorkerDied

Report = Callable[[dict[str, Any]], None]


class Reporting:
    """Reports collection, tests and errors. With a session it also sees that a lost worker never passes."""

    def __init__(self, report: Report, tests: frozenset[str], session: Session | None = None) -> None:
        self._report = report
        self._tests = tests
        self._session = session
        self._root = str(Path.cwd())
        self._comparison = Comparison()
        self._seconds = 0.0
        self._worst: tuple[str, str, dict[str, Any] | None] = ("passed", "", None)
        self._ran: set[str] = set()
        self._errors = 0

    def pytest_pycollect_makeitem(self, collector: Any, name: str, obj: Any) -> Any:
        """What comes from the candidate is never a test."""
        return [] if is_remote(obj) else None

    def pytest_assertrepr_compare(self, config: Any, op: str, left: object, right: object) -> None:
        """Take both sides of a comparison that failed."""
        self._comparison.take(left, right)

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Tell which tests there are."""
        self._report({"kind": "collected", "ids": [item.nodeid for item in session.items]})

    @pytest.hookimpl(hookwrapper=True)  # the newer kind of wrapper is unknown to pluggy 1.0
    def pytest_make_collect_report(self, collector: Any) -> Generator[None, Any, None]:
        """Tell what could not be imported or collected."""
        result = (yield).get_result()
        if result.outcome == "failed":
            error = (
                result.call.excinfo.value if getattr(result, "call", None) and result.call.excinfo else None
            )
            self._errors += 1
            if error is None:
                told = {"error_type": "CollectError", "message": cap(result.longreprtext)}
            else:
                told = self._collect_failure(error)
            self._report({"kind": "error", "failure": told})

    def _collect_failure(self, error: BaseException) -> dict[str, Any]:
        cause = error.__cause__
        if type(error).__name__ == "CollectError" and cause is not None:
            error = cause
        told = failure(error, self._root, self._tests)
        where = f"{told['file']}:{told['line']}" if told["file"] else ""
        if not where and told["test_line"]:
            where = told["traceback"].partition("\n")[0]
        told["message"] = cap(f"{where}: {told['message']}" if where else told["message"])
        return told

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item, nextitem: Any) -> Generator[None, Any, None]:
        """One test from setup to teardown."""
        self._seconds, self._worst = 0.0, ("passed", "", None)
        self._ran = set()
        self._comparison.sides = None
        if self._session is not None:
            self._session.in_test = True
        yield
        if self._session is not None:
            self._session.in_test = False
        self._tell(item)

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: Any) -> Generator[None, Any, None]:
        """How one phase of a test ended."""
        result = (yield).get_result()
        self._seconds += call.duration
        self._ran.add(call.when)
        if self._worst[0] == "passed" and (result.outcome != "passed" or hasattr(result, "wasxfail")):
            self._worst = self._ended(result, call)

    def _ended(self, result: Any, call: Any) -> tuple[str, str, dict[str, Any] | None]:
        if result.outcome != "failed":
            reason = getattr(result, "wasxfail", "") or result.longreprtext
            return "skipped", cap(reason, 500), None
        outcome = "failed" if call.when == "call" else "error"
        if call.excinfo is None:
            return outcome, cap(result.longreprtext, 500), None
        told = failure(call.excinfo.value, self._root, self._tests, self._comparison)
        return outcome, cap(named(told["error_type"], told["message"]), 1000), told

    def _tell(self, item: pytest.Item) -> None:
        outcome, message, told = self._worst
        lost = self._session.fault if self._session is not None else ""
        if outcome == "passed" and lost:
            error = WorkerDied(lost)
            outcome, message = "failed", f"WorkerDied: {lost}"
            told = failure(error, self._root, self._tests)
        if outcome == "passed" and self._ran != {"setup", "call", "teardown"}:
            outcome, message = "error", "the test did not run to its end"
        self._report(
            {
                "kind": "test",
                "id": item.nodeid,
                "outcome": outcome,
                "seconds": round(self._seconds, 6),
                "message": message,
                "failure": told,
            }
        )
        if self._session is not None and self._session.why_unsealable:
            item.session.shouldstop = "the tests cannot be sealed"
