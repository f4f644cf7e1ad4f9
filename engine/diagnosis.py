"""What a failed attempt says: error, place, failing tests, its class, and how likely a fix is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from engine.failure_class import SIGNATURE, FailureClass, class_of
from engine.fixability import fixability
from engine.model import Diagnosis, Target
from engine.workspace import Workspace
from sandbox.contract import Execution, Failure, Outcome, TestResult, Verdict

_ENDED = {
    Verdict.TIMEOUT: ("Timeout", "did not end in time"),
    Verdict.OUT_OF_MEMORY: ("OutOfMemory", "used more memory than allowed"),
    Verdict.KILLED: ("Killed", "was ended from outside"),
    Verdict.TAMPERED: ("Tampered", "interfered with the test run"),
    Verdict.INFRASTRUCTURE: ("Infrastructure", "was not judged: a fault that is not the code's"),
}
_NOT_THERE = re.compile(r"cannot import name|has no attribute", re.I)
_ONE_LINE = 200


def diagnose(
    execution: Execution, candidate: Workspace, target: Target, given: bool = False, tried: int = 0
) -> Diagnosis:
    """The diagnosis of a failed execution, of code as `given` or after `tried` attempts that failed.

    Failing tests come smallest first: those whose comparison is shortest, then by length of id.
    Suspicious lines are those that failures point to, most often named first.
    """
    failing = sorted((t for t in execution.tests if t.outcome is not Outcome.PASSED), key=_size)
    failure = execution.error or next((t.failure for t in failing if t.failure), None) or Failure()
    kind, said = _ENDED.get(execution.verdict, ("", ""))
    kind = kind or _kind(failure, failing)
    lines = _suspicious(execution, candidate, target)
    file, line = _place(failure, lines, target)
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
        fixability=fixability(execution.verdict, given, tried),
        kind=class_of(kind, failure.message, execution.verdict),
    )


def diagnose_no_code(completion: str, thinking: str, tried: int) -> Diagnosis:
    """The diagnosis of an answer from which no code could be taken, and why that may be."""
    if completion.strip():
        why = "the answer has no code"
    elif thinking.strip():
        why = "the model only thought: raise loop.max_tokens, or set provider.ollama.think"
    else:
        why = "the answer is empty"
    return Diagnosis(
        error_type="NoCode",
        summary=why,
        fixability=fixability(Verdict.NO_CODE, given=False, tried=tried),
        kind=FailureClass.NO_CODE,
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
    elif kind == "TypeError" and SIGNATURE.search(failure.message):
        what = f"wrong signature: {_short(failure.message)}"
    elif kind in ("ImportError", "AttributeError") and _NOT_THERE.search(failure.message) and not file:
        what = f"a name that the tests use is not there: {_short(failure.message)}"
    else:
        what = f"{kind}: {_short(failure.message)}" if failure.message else kind
    return f"{count}; {what}{place}"


def _short(text: str) -> str:
    line = "".join(char if char.isprintable() else "?" for char in " ".join(text.split()))
    return line if len(line) <= _ONE_LINE else line[: _ONE_LINE - 1] + "…"
