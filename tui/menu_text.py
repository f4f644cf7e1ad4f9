"""What the numbered menu shows of a run: attempts, differences, logs, hunks, as plain lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.history import History
from engine.hunks import hunks, lines_of
from engine.model import Attempt
from engine.workspace import Workspace
from sandbox.contract import Outcome
from tui.neutral import neutral_line
from tui.plain import execution_lines
from tui.words import guard_word, tests_word, verdict_word


@dataclass(frozen=True, slots=True)
class FoundHunk:
    """One hunk between two texts of a file; `number` counts within the file, from 0."""

    path: str
    before: str
    after: str
    number: int


def said(text: str) -> str:
    """One harmless line."""
    return neutral_line(text)


def attempt_line(attempt: Attempt, history: History) -> str:
    """Id, verdict, tests, guardrails, and what became of it."""
    words = [f"  {attempt.id:<6}{verdict_word(attempt.verdict):<7}tests {tests_word(attempt.execution):<7}"]
    words.append(f"guardrails {guard_word(attempt)}")
    words += [f"from {attempt.parent}"] if attempt.parent else ["as given"]
    words += ["best"] if attempt.id == history.best else []
    words += ["accepted"] if attempt.id == history.accepted else []
    words += ["rejected"] if attempt.rejected is not None else []
    return "  ".join(words)


def _sides(attempt: Attempt, history: History) -> tuple[Workspace, Workspace] | None:
    if history.task is None or attempt.candidate is None:
        return None
    return history.task.workspace, attempt.candidate


def code_lines(attempt: Attempt, history: History) -> Iterator[str]:
    """The difference to the given code."""
    sides = _sides(attempt, history)
    if sides is None:
        yield f"attempt {attempt.id} has no code"
        return
    yield from sides[0].diff(sides[1]).splitlines() or ["no difference to the given code"]


def log_lines(attempt: Attempt) -> Iterator[str]:
    """How the tests went: every failure whole, then the output."""
    for finding in attempt.findings:
        yield f"{finding.severity} {finding.rule} line {finding.line}: {finding.why} — {finding.fix}"
    if attempt.execution is None:
        yield f"no tests were run: {verdict_word(attempt.verdict)}"
        return
    yield from execution_lines(attempt.execution, attempt.cached)
    for test in attempt.execution.tests:
        if test.outcome is not Outcome.PASSED and test.failure is not None:
            yield f"{test.id}:"
            yield from (f"  {line}" for line in test.failure.traceback.splitlines())
    if attempt.execution.output.strip():
        yield "output:"
        yield from (f"  {line}" for line in attempt.execution.output.splitlines())


def hunks_of(attempt: Attempt, history: History) -> list[tuple[FoundHunk, list[str]]]:
    """The hunks against the given code, each with its changed lines."""
    sides = _sides(attempt, history)
    found: list[tuple[FoundHunk, list[str]]] = []
    for path in sorted({*sides[0].files, *sides[1].files}) if sides else ():
        before, after = (side.text(path) if path in side.files else "" for side in sides or ())
        old, new = lines_of(before), lines_of(after)
        for number, hunk in enumerate(hunks(old, new)):
            lines = [
                line
                for tag, i, i_end, j, j_end in hunk
                if tag != "equal"
                for line in (*(f"-{x}" for x in old[i:i_end]), *(f"+{x}" for x in new[j:j_end]))
            ]
            found.append((FoundHunk(path, before, after, number), lines))
    return found
