"""Pane 4: what the tests said, failures first, then the output."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.model import Attempt
from sandbox.contract import Execution, Failure, Outcome, TestResult
from tui.neutral import neutral_line, neutral_lines
from tui.panes.base import Pane
from tui.panes.line import Kind, Line
from tui.panes.long import LongLines
from tui.state import State
from tui.words import verdict_word


def _lines(text: str, kind: Kind = Kind.TEXT, indent: str = "") -> Iterator[Line]:
    for line in neutral_lines(text):
        yield Line(indent + line, kind)


def failure_lines(failure: Failure) -> Iterator[Line]:
    """Why it failed: the message, the two sides, the place, the values of locals there."""
    yield from _lines(failure.message or failure.error_type, Kind.BAD, "  E ")
    if failure.expected or failure.actual:
        yield Line(neutral_line(f"    expected {failure.expected}   actual {failure.actual}"))
    if failure.file and failure.line:
        values = ", ".join(f"{name} = {value}" for name, value in failure.local_values.items())
        place = f"    at {failure.file}:{failure.line}" + (f"   {values}" if values else "")
        yield Line(neutral_line(place), at=(failure.file, failure.line))
    yield from _lines(failure.traceback, Kind.DIM, "    ")


def test_lines(test: TestResult) -> Iterator[Line]:
    """One test: a line when it passed, the reason when not."""
    good = test.outcome is Outcome.PASSED
    name = neutral_line(f"{test.outcome.upper():<7} {test.id}  {test.seconds:.2f} s")
    yield Line(name, Kind.GOOD if good else Kind.BAD, part=not good)
    if test.failure is not None:
        yield from failure_lines(test.failure)
    elif not good:
        yield from _lines(test.message, Kind.BAD, "  E ")


def execution_lines(execution: Execution) -> Iterator[Line]:
    """How it ended, then failures, then passes, then the heading of the output."""
    memory = f", {execution.peak_memory_mb:.0f} MB" if execution.peak_memory_mb else ""
    counts = f"{execution.passed} of {len(execution.tests)} passed"
    where = f"{execution.isolation}, {execution.assurance}"
    how = f"{where}, {execution.seconds:.2f} s{memory}, ended: {execution.ended}"
    yield Line(neutral_line(f"{verdict_word(execution.verdict)}  {counts}  ({how})"), Kind.HEAD)
    for warning in execution.warnings:
        yield from _lines(f"warning: {warning}", Kind.WARN)
    if execution.error is not None:
        failure = execution.error
        yield Line(
            neutral_line(f"{failure.error_type or 'error'} before any test could run"), Kind.BAD, part=True
        )
        yield from failure_lines(failure)
    for test in sorted(execution.tests, key=lambda t: t.outcome is Outcome.PASSED):
        yield from test_lines(test)
    if execution.output.strip():
        yield Line("output", Kind.HEAD, part=True)


def log_lines(attempt: Attempt, running: bool) -> Iterator[Line]:
    """Everything known of an attempt's tests, but for the output itself."""
    if attempt.duplicate_of:
        yield Line(neutral_line(f"the same code as attempt {attempt.duplicate_of}, not run again"), Kind.WARN)
    elif attempt.cached:
        yield Line("known from the cache, not run again", Kind.DIM)
    if attempt.diagnosis is not None:
        yield Line(neutral_line(f"diagnosis: {attempt.diagnosis.summary}"), Kind.WARN)
    if attempt.execution is not None:
        yield from execution_lines(attempt.execution)
    elif running:
        yield Line("the tests have not run yet", Kind.DIM)
    else:
        yield Line(f"no tests were run: {verdict_word(attempt.verdict)}", Kind.DIM)


class TestLog(Pane):
    """Per-test outcomes, failures and output of the selected attempt."""

    __test__ = False  # not a pytest class
    number = 4
    name_ = "Test log"

    def inputs(self, state: State) -> tuple[object, ...]:
        """The attempt."""
        return (state.history.task, state.attempt)

    def build(self, state: State) -> Sequence[Line]:
        """The log, or which tests there are before anything has run."""
        attempt, task = state.attempt, state.history.task
        if attempt is not None:
            output = attempt.execution.output if attempt.execution else ""
            lines = log_lines(attempt, attempt.id == state.running)
            return LongLines(lines, output if output.strip() else "")
        names = ", ".join(task.tests) if task else ""
        return [Line(neutral_line(f"not run yet: {names}"), Kind.DIM)] if task else []

    def retitle(self) -> None:
        """Which attempt it is of, and how many tests passed."""
        attempt = self.state.attempt
        count = f" {attempt.passed}/{attempt.total}" if attempt and attempt.total else ""
        failure, failures = self.part_here()
        place = f"  part {failure}/{failures}" if failure else ""
        self.entitle(f"4 Test log{f' of {attempt.id}' if attempt else ''}{count}{place}")
