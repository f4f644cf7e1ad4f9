"""What a failed execution must be made to say."""

from __future__ import annotations

import pytest

from engine.diagnosis import diagnose, diagnose_no_code
from engine.failure_class import FailureClass
from engine.model import Diagnosis, Target
from engine.workspace import Workspace
from sandbox.contract import Assurance, Execution, Failure, Isolation, Outcome, TestResult, Verdict

CODE = Workspace({"a.py": b"def f(x):\n    y = x\n    return y\n"}, frozenset({"a.py"}))
TARGET = Target("a.py", "f")


def failed(name: str, failure: Failure | None = None, outcome: Outcome = Outcome.FAILED) -> TestResult:
    return TestResult(f"test_a.py::{name}", outcome, failure=failure)


def passed(name: str) -> TestResult:
    return TestResult(f"test_a.py::{name}", Outcome.PASSED)


def look(
    *tests: TestResult, verdict: Verdict = Verdict.FAILED, error: Failure | None = None, ended: str = "exit"
) -> Diagnosis:
    return diagnose(
        Execution(verdict, Assurance.IN_PROCESS, Isolation.NAMESPACE, tests, ended=ended, error=error),
        CODE,
        TARGET,
    )


def test_the_smallest_comparison_leads() -> None:
    big = Failure("AssertionError", "", "a.py", 3, expected="[1, 2, 3, 4]", actual="[1, 2, 3]")
    small = Failure("AssertionError", "", "a.py", 2, expected="1", actual="0", local_values={"x": "1"})
    said = look(
        failed("test_big", big),
        passed("test_ok"),
        failed("test_small_with_long_name", small),
        failed("test_n"),
    )
    assert said.failing[0] == "test_a.py::test_small_with_long_name"
    assert said.failing[-1] == "test_a.py::test_n"
    assert (said.expected, said.actual, said.line, said.local_values) == ("1", "0", 2, {"x": "1"})
    assert said.summary == "3 of 4 tests fail; expected 1, got 0 at a.py:2"


def test_lines_named_by_most_failures_are_most_suspicious() -> None:
    at = [Failure("ValueError", "no", "a.py", line) for line in (3, 2, 3)]
    elsewhere = [Failure("ValueError", "no", "b.py", 1), Failure("ValueError", "no", "a.py", 99)]
    assert look(*(failed(f"t{n}", f) for n, f in enumerate([*at, *elsewhere]))).suspicious_lines == (3, 2)


def test_a_syntax_error_is_named_with_its_line_and_is_easy() -> None:
    said = look(verdict=Verdict.ERROR, error=Failure("SyntaxError", "'(' was never closed", "a.py", 2))
    assert (said.error_type, said.line) == ("SyntaxError", 2)
    assert said.summary == "no test could run; SyntaxError: '(' was never closed at a.py:2"
    assert said.kind is FailureClass.SYNTAX


@pytest.mark.parametrize(
    ("verdict", "kind"),
    [(Verdict.TIMEOUT, "Timeout"), (Verdict.OUT_OF_MEMORY, "OutOfMemory"), (Verdict.KILLED, "Killed")],
)
def test_an_end_from_outside_is_not_an_assertion(verdict: Verdict, kind: str) -> None:
    said = look(failed("t", outcome=Outcome.MISSING), verdict=verdict, ended="wall clock 15 s")
    assert said.error_type == kind and "wall clock 15 s" in said.summary


def test_a_wrong_signature_and_a_missing_function_are_told_apart() -> None:
    call = Failure("TypeError", "f() takes 1 positional argument but 2 were given")
    gone = Failure("ImportError", "cannot import name 'f' from 'a'")
    assert "wrong signature" in look(failed("t", call)).summary
    assert "is not there" in look(verdict=Verdict.ERROR, error=gone).summary


def test_a_bug_in_given_code_is_likelier_mended_than_a_models_answer_and_each_failure_tells() -> None:
    wrong = Execution(Verdict.FAILED, Assurance.IN_PROCESS, Isolation.NAMESPACE, (failed("t"),))
    given = diagnose(wrong, CODE, TARGET, given=True).fixability
    answers = [diagnose(wrong, CODE, TARGET, tried=tried).fixability for tried in range(6)]
    assert 1 > given > 0.9 > 0.3 > answers[0] > answers[1] > answers[2] > answers[3] == answers[5] > 0


@pytest.mark.parametrize(
    ("error", "message", "kind"),
    [
        ("SyntaxError", "", "syntax"), ("IndentationError", "", "syntax"),
        ("ModuleNotFoundError", "no module named x", "import"), ("UnboundLocalError", "", "name"),
        ("TypeError", "unsupported operand", "type"), ("ZeroDivisionError", "", "value"),
        ("TypeError", "f() missing 1 required positional argument: 'x'", "wrong signature"),
        ("AssertionError", "", "assertion"), ("Failed", "DID NOT RAISE", "assertion"),
        ("json.decoder.KeyError", "", "index/key"), ("RecursionError", "", "recursion"),
        ("MemoryError", "", "memory"), ("CustomError", "", "other"),
    ],
)  # fmt: skip
def test_every_error_has_its_class(error: str, message: str, kind: str) -> None:
    assert look(failed("t", Failure(error, message))).kind == kind


def test_an_end_from_outside_has_its_class_whatever_the_tests_say() -> None:
    wrong = failed("t", Failure("AssertionError"))
    assert look(wrong, verdict=Verdict.TIMEOUT).kind is FailureClass.TIMEOUT
    assert look(wrong, verdict=Verdict.OUT_OF_MEMORY).kind is FailureClass.MEMORY


def test_an_answer_without_code_says_why() -> None:
    assert diagnose_no_code("I cannot do that.", "", 0).kind is FailureClass.NO_CODE
    assert "only thought" in diagnose_no_code(" ", "Hm.", 1).summary
    assert diagnose_no_code("", "", 2).summary == "the answer is empty"


def test_a_skip_is_not_a_failed_assertion() -> None:
    assert look(failed("t", outcome=Outcome.SKIPPED)).error_type == "Skipped"


def test_hostile_text_stays_on_one_short_line() -> None:
    said = look(failed("t", Failure("AssertionError", expected="a\n" * 5000, actual="\x1b[31m")))
    assert "\n" not in said.summary and len(said.summary) < 500 and said.summary.isprintable()
