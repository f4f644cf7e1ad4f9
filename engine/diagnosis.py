"""What a failed execution says: error, place, failing tests, and how likely a fix is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from engine.model import Diagnosis, Target
from engine.workspace import Workspace
from sandbox.contract import Execution, Failure, Outcome, TestResult, Verdict

# How often an error of a kind is fixed, as a first guess between 0 and 1: what names its own cause and
# place ranks high, what only says "too slow" or "gone" ranks low. To be calibrated on recorded runs.
_BASE = {
    "SyntaxError": 0.9, "IndentationError": 0.9, "TabError": 0.9,
    "ImportError": 0.8, "ModuleNotFoundError": 0.75, "NameError": 0.85, "UnboundLocalError": 0.85,
    "AttributeError": 0.7, "TypeError": 0.7, "ValueError": 0.6, "IndexError": 0.7, "KeyError": 0.7,
    "ZeroDivisionError": 0.75, "RecursionError": 0.5, "AssertionError": 0.4,
}  # fmt: skip
_ENDED = {
    Verdict.TIMEOUT: ("Timeout", 0.35, "did not end in time"),
    Verdict.OUT_OF_MEMORY: ("OutOfMemory", 0.25, "used more memory than allowed"),
    Verdict.KILLED: ("Killed", 0.2, "was ended from outside"),
    Verdict.TAMPERED: ("Tampered", 0.05, "interfered with the test run"),
    Verdict.INFRASTRUCTURE: ("Infrastructure", 0.0, "was not judged: a fault that is not the code's"),
}
_SIGNATURE = re.compile(r"positional argument|unexpected keyword argument|required keyword-only", re.I)
_NOT_THERE = re.compile(r"cannot import name|has no attribute", re.I)
_ONE_LINE = 200


def diagnose(execution: Execution, candidate: Workspace, target: Target) -> Diagnosis:
    """The diagnosis of a failed execution.

    Failing tests come smallest first: those whose comparison is shortest, then by length of id.
    `fixability` starts from the kind of error, rises with the share of tests that pass (for wrong
    values by up to 0.4) and by 0.05 where a line of the candidate is known. Suspicious lines are those
    that failures point to, most often named first.
    """
    failing = sorted((t for t in execution.tests if t.outcome is not Outcome.PASSED), key=_size)
    failure = execution.error or next((t.failure for t in failing if t.failure), None) or Failure()
    kind, base, said = _ENDED.get(execution.verdict, ("", 0.0, ""))
    kind = kind or _kind(failure, failing)
    lines = _suspicious(execution, candidate, target)
    file, line = _place(failure, lines, target)
    share = execution.passed / len(execution.tests) if execution.tests else 0.0
    if not said:
        base = _BASE.get(kind, 0.5) + (0.4 * share if kind == "AssertionError" else 0.1 * share)
    fixability = min(0.95, base + (0.05 if line and base else 0.0))
    return Diagnosis(
        error_type=kind,
        summary=_summary(execution, kind, said, failing, failure, file, line),
        file=file,
        line=line,
        failing=tuple(t.id for t in failing),
        expected=failure.expected,
        actual=failure.actual,
        local_values=dict(failure.local_values),
        suspicious_lines=lines,
        fixability=round(fixability, 3),
    )


def _size(test: TestResult) -> tuple[bool, int, int, str]:
    failure = test.failure
    shown = len(failure.expected) + len(failure.actual) if failure else 0
    return failure is None, shown, len(test.id), test.id


def _kind(failure: Failure, failing: Sequence[TestResult]) -> str:
    """The exception's name without its module; "Missing" or "Skipped" for tests that never ran to an end."""
    if failure.error_type:
        return failure.error_type.rpartition(".")[2]
    outcomes = {test.outcome for test in failing}
    if outcomes and outcomes <= {Outcome.MISSING, Outcome.SKIPPED}:
        return "Missing" if Outcome.MISSING in outcomes else "Skipped"
    return "AssertionError" if failing else "Error"


def _suspicious(execution: Execution, candidate: Workspace, target: Target) -> tuple[int, ...]:
    known = candidate.text(target.file).count("\n") + 1 if target.file in candidate.files else 0
    failures = [test.failure for test in execution.tests if test.failure] + (
        [execution.error] if execution.error else []
    )
    pointed = Counter(f.line for f in failures if f.file == target.file and 0 < f.line <= known)
    return tuple(line for line, _ in sorted(pointed.items(), key=lambda item: (-item[1], item[0])))


def _place(failure: Failure, lines: Sequence[int], target: Target) -> tuple[str, int]:
    if failure.file and failure.line:
        return failure.file, failure.line
    return (target.file, lines[0]) if lines else ("", 0)


def _summary(
    execution: Execution, kind: str, said: str, failing: Sequence[TestResult], failure: Failure,
    file: str, line: int,
) -> str:  # fmt: skip
    total = len(execution.tests)
    count = f"{len(failing)} of {total} tests fail" if total else "no test could run"
    place = f" at {file}:{line}" if line else ""
    if said:
        return f"the code {said} ({execution.ended}); {count}"
    if failure.expected or failure.actual:
        what = f"expected {_short(failure.expected)}, got {_short(failure.actual)}"
    elif kind == "TypeError" and _SIGNATURE.search(failure.message):
        what = f"wrong signature: {_short(failure.message)}"
    elif kind in ("ImportError", "AttributeError") and _NOT_THERE.search(failure.message) and not file:
        what = f"a name that the tests use is not there: {_short(failure.message)}"
    else:
        what = f"{kind}: {_short(failure.message)}" if failure.message else kind
    return f"{count}; {what}{place}"


def _short(text: str) -> str:
    line = "".join(char if char.isprintable() else "?" for char in " ".join(text.split()))
    return line if len(line) <= _ONE_LINE else line[: _ONE_LINE - 1] + "…"
