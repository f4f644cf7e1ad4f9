"""The words a verdict is shown with, on the screen and in plain lines alike."""

from __future__ import annotations

from engine.model import Attempt
from sandbox.contract import Assurance, Execution, Verdict

SHORT = {
    Verdict.PASSED: "PASS",
    Verdict.FAILED: "FAIL",
    Verdict.ERROR: "ERR",
    Verdict.TIMEOUT: "TIME",
    Verdict.OUT_OF_MEMORY: "MEM",
    Verdict.KILLED: "KILL",
    Verdict.BLOCKED: "BLOCK",
    Verdict.TAMPERED: "TAMP",
    Verdict.NO_CODE: "NOCODE",
    Verdict.INFRASTRUCTURE: "INFRA",
}


def verdict_word(verdict: Verdict | None) -> str:
    """PASS, FAIL, …; RUN while there is none."""
    return SHORT[verdict] if verdict else "RUN"


def guard_word(attempt: Attempt) -> str:
    """How many findings block or warn: "B1 W2", "-" for none."""
    counts = [
        (letter, sum(f.severity == severity for f in attempt.findings))
        for letter, severity in (("B", "block"), ("W", "warn"))
    ]
    return " ".join(f"{letter}{count}" for letter, count in counts if count) or "-"


def tests_word(execution: Execution | None) -> str:
    """Tests passed of tests known: "3/12", "-" where nothing ran."""
    return f"{execution.passed}/{len(execution.tests)}" if execution and execution.tests else "-"


def clock(seconds: float) -> str:
    """Minutes and seconds: "0:07", "2:05:00"."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def is_sealed_pass(attempt: Attempt) -> bool:
    """Whether this is a pass that candidate code cannot have forged."""
    sealed = attempt.execution is not None and attempt.execution.assurance is Assurance.SEALED
    return attempt.verdict is Verdict.PASSED and attempt.confirmed and sealed


def doubt(attempt: Attempt) -> str:
    """Why accepting this attempt deserves a question."""
    if attempt.verdict is Verdict.PASSED:
        how = attempt.execution.assurance if attempt.execution else "cached"
        sealed = "not confirmed" if not attempt.confirmed else str(how)
        return f"the pass of {attempt.id} is not sealed ({sealed}): accept it?"
    tests = tests_word(attempt.execution)
    return f"{attempt.id} is no pass ({verdict_word(attempt.verdict)} {tests}): accept it?"
