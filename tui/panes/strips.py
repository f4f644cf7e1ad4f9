"""Three one-line strips for a narrow screen: what the panes that are not shown would say."""

from __future__ import annotations

from sandbox.contract import Outcome
from tui.neutral import neutral_line
from tui.panes.attempts import row
from tui.state import State
from tui.words import guard_word, verdict_word

NAMES = ("1 Attempts", "2 Prompt", "3 Diff", "4 Log", "5 Guard")


def tabs(current: int) -> str:
    """The panes by number, the shown one in brackets."""
    return " ".join(f"[{name}]" if n == current else f" {name} " for n, name in enumerate(NAMES, 1))


def attempt_strip(state: State) -> str:
    """The selected attempt's row."""
    if state.attempt is None:
        return " no attempt yet"
    return row(state.attempt, state.history, selected=True)


def tests_strip(state: State) -> str:
    """The first failure, or the findings where nothing ran."""
    attempt = state.attempt
    if attempt is None:
        return ""
    guard = guard_word(attempt)
    found = "" if guard == "-" else f"  guard {guard}: {attempt.findings[0].rule} {attempt.findings[0].why}"
    if attempt.execution is None:
        return neutral_line(f" {verdict_word(attempt.verdict)}{found}")
    failed = [t for t in attempt.execution.tests if t.outcome is not Outcome.PASSED]
    if not failed:
        return neutral_line(f" all {attempt.total} tests passed, {attempt.execution.assurance}{found}")
    reason = failed[0].failure.message if failed[0].failure else failed[0].message
    return neutral_line(f" {failed[0].outcome.upper()} {failed[0].id}  {' '.join(reason.split())}{found}")
