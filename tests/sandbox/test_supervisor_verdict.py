"""No silence, skip or early end becomes a pass."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.harness.verdict import Seen, decide

COLLECTED = {"kind": "collected", "ids": ["t.py::test_a", "t.py::test_b[1]"]}
DONE = {"kind": "done"}
EXPECTED = ["t.py::test_a", "t.py::test_b"]
EXIT_1, SIGNAL_11, SIGNAL_XCPU = 1 << 8, 11, 24


def passed(name: str) -> dict[str, Any]:
    return {"kind": "test", "id": name, "outcome": "passed", "seconds": 0.1, "message": "", "failure": None}


ALL = [COLLECTED, passed("t.py::test_a"), passed("t.py::test_b[1]")]


def verdict(messages: list[dict[str, Any]], main: int | None = 0, **seen: Any) -> str:
    return str(decide(Seen(messages, main=main, **seen), EXPECTED, ())["verdict"])


def test_all_passed_and_done_is_a_pass() -> None:
    assert verdict([*ALL, DONE]) == "passed"
    assert verdict([*ALL, DONE], worker=SIGNAL_11) == "passed"  # after its last test a worker may go anyhow


@pytest.mark.parametrize(
    ("messages", "main"),
    [
        (ALL, 0),
        ([*ALL, DONE], EXIT_1),
        ([COLLECTED, passed("t.py::test_a"), DONE], 0),
        ([passed("t.py::test_a"), DONE], 0),
        ([*ALL, passed("t.py::test_a") | {"outcome": "skipped"}, DONE], 0),
        ([*ALL, passed("t.py::test_c") | {"outcome": "xfailed"}, DONE], 0),
        ([passed("t.py::test_a") | {"outcome": "failed"}, *ALL, DONE], 0),
        ([{**COLLECTED, "ids": ["t.py::test_c"]}, *ALL[1:], DONE], 0),
    ],
    ids=[
        "no-done",
        "exit-1",
        "one-missing",
        "not-collected",
        "skipped",
        "unknown",
        "failed-then-passed",
        "never-run",
    ],
)
def test_anything_less_is_a_failure(messages: list[dict[str, Any]], main: int) -> None:
    assert verdict(messages, main) == "failed"


def test_no_tests_at_all_is_an_error() -> None:
    assert decide(Seen([DONE], main=0), [], ())["verdict"] == "error"


def test_a_selected_test_that_nobody_saw_is_missing() -> None:
    result = decide(Seen([*ALL, DONE], main=0), EXPECTED, ["t.py::test_gone"])
    assert result["verdict"] == "failed"
    assert result["tests"][-1]["id"] == "t.py::test_gone"


def test_the_end_has_its_own_word() -> None:
    assert verdict(ALL, SIGNAL_11) == "killed"
    assert verdict(ALL, SIGNAL_XCPU) == "timeout"
    assert verdict([*ALL, DONE], stopped=("timeout", "wall clock 1 s")) == "timeout"
    assert verdict([*ALL, {"kind": "tampered", "why": "x"}, DONE]) == "tampered"
    assert verdict([*ALL, DONE], malformed="not JSON") == "tampered"
    error = {"kind": "error", "failure": {"error_type": "SyntaxError"}}
    assert verdict([error, DONE]) == "error"
    memory = passed("t.py::test_a") | {"outcome": "failed", "failure": {"error_type": "MemoryError"}}
    assert verdict([COLLECTED, memory, DONE]) == "out_of_memory"


def test_a_worker_that_died_of_a_signal_was_killed() -> None:
    died = passed("t.py::test_a") | {"outcome": "failed", "failure": {"error_type": "WorkerDied"}}
    assert verdict([COLLECTED, died, DONE], worker=SIGNAL_11) == "killed"
    assert verdict([COLLECTED, died, DONE], worker=0) == "failed"
