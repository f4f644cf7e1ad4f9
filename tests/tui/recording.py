"""A small run as events: two failures, a block, a re-run that passes; pieces to make others of."""

from __future__ import annotations

from engine import events as ev
from engine.model import Diagnosis, Finding, Prompt, PromptForm, Severity, Usage
from sandbox.contract import (
    Assurance,
    Execution,
    Failure,
    Isolation,
    Limits,
    Outcome,
    TestResult,
    Verdict,
)
from tests.tui.feed import RUN

GIVEN = '''"""Prime numbers."""


def is_prime(n: int) -> bool:
    """Whether n has no divisor but 1 and itself."""
    for divisor in range(2, n):
        if n % divisor == 0:
            return False
    return True


def primes(limit: int) -> list[int]:
    """The primes below limit."""
    return [n for n in range(limit) if is_prime(n)]
'''
BETTER = GIVEN.replace("    for divisor", "    if n < 2:\n        return False\n    for divisor")
WORSE = BETTER.replace("range(2, n)", "range(2, int(n**0.5))")
RIGHT = BETTER.replace("range(2, n)", "range(2, int(n**0.5) + 1)")
BLOCKED = GIVEN.replace('"""Prime numbers."""', "import subprocess")
TESTS = tuple(f"test_solution.py::test_is_prime[{n}]" for n in (0, 1, 2, 3, 4, 9, 17, 49))


def started(**changes: object) -> ev.RunStarted:
    values: dict[str, object] = {
        "run": RUN,
        "at": 100.0,
        "task": "primes",
        "description": "is_prime(n) says whether n is a prime number; numbers below 2 are not.",
        "files": {"solution.py": GIVEN},
        "editable": ("solution.py",),
        "file": "solution.py",
        "function": "is_prime",
        "tests": {"test_solution.py": "def test_nothing():\n    assert True\n"},
        "limits": Limits(),
        "source": "/home/ada/solution.py",
        "test_source": "/home/ada/test_solution.py",
        "provider": "ollama",
        "model": "qwen2.5-coder:7b",
        "endpoint": "this machine",
        "isolation": None,
        "settings": {},
    }
    return ev.RunStarted(**{**values, **changes})  # type: ignore[arg-type]


READY = ev.SandboxReady(RUN, 100.5, Isolation.GVISOR)


def failed_test(name: str, expected: str, actual: str) -> TestResult:
    failure = Failure(
        "AssertionError",
        f"assert {actual} is {expected}",
        "solution.py",
        8,
        12,
        expected,
        actual,
        {"n": "49", "divisor": "6"},
        "test_solution.py:12: in test_is_prime\n    assert is_prime(n) is expected",
    )
    return TestResult(name, Outcome.FAILED, 0.01, failure.message, failure)


def execution(passed: int, assurance: Assurance = Assurance.IN_PROCESS, output: str = "") -> Execution:
    tests = tuple(
        TestResult(name, Outcome.PASSED, 0.01) if y < passed else failed_test(name, "False", "True")
        for y, name in enumerate(TESTS)
    )
    verdict = Verdict.PASSED if passed == len(TESTS) else Verdict.FAILED
    return Execution(verdict, assurance, Isolation.GVISOR, tests, 0.42, output=output)


def asked(attempt: str, parent: str, at: float, origin: str = "loop", answer: str = "") -> list[ev.Event]:
    """From the start of an attempt to the answer in full."""
    prompt = Prompt(
        "You repair Python.",
        f"Your function fails some tests of attempt {parent or 'none'}.\n\nReturn the whole file.",
        PromptForm.REPAIR,
        "repair",
        "0a1b2c",
    )
    return [
        ev.AttemptStarted(RUN, at, attempt, parent, origin, "ollama", "qwen2.5-coder:7b"),
        ev.PromptBuilt(RUN, at + 0.1, attempt, prompt, 0.2),
        ev.CompletionStreamed(RUN, at + 0.5, attempt, "numbers below two?", thinking=True),
        ev.CompletionStreamed(RUN, at + 0.6, attempt, answer or "The square of a prime is missed.\n"),
    ]


def received(attempt: str, at: float, code: str, findings: tuple[Finding, ...] = ()) -> list[ev.Event]:
    """From the whole answer to the guardrails."""
    return [
        ev.CompletionReceived(
            RUN, at + 1, attempt, f"```python\n{code}```", Usage(310, 96, 1.1), "numbers below two?"
        ),
        ev.CandidateBuilt(RUN, at + 1.1, attempt, {"solution.py": code}),
        ev.GuardrailsChecked(RUN, at + 1.2, attempt, findings),
    ]


def judged(attempt: str, at: float, done: Execution, best: str, confirmed: bool = False) -> list[ev.Event]:
    """From the tests to the verdict."""
    events: list[ev.Event] = [
        ev.ExecutionStarted(RUN, at + 1.3, attempt, Assurance.IN_PROCESS, Isolation.GVISOR),
        ev.ExecutionEnded(RUN, at + 1.8, attempt, done, False),
    ]
    if done.verdict is not Verdict.PASSED:
        diagnosis = Diagnosis("AssertionError", "is_prime(49) gives True, expected False", "solution.py", 8)
        events.append(ev.Diagnosed(RUN, at + 1.9, attempt, diagnosis))
    return [*events, ev.AttemptEnded(RUN, at + 2, attempt, done.verdict, confirmed, 2.0, best)]


WARNING = Finding(
    "G9", Severity.WARN, 6, 4, "range", "a loop over n steps is slow", "stop at the square root"
)
BLOCK = Finding(
    "G1",
    Severity.BLOCK,
    1,
    0,
    "subprocess",
    "starts other programs",
    "leave the import out: nothing needs it",
)


def given() -> list[ev.Event]:
    return [
        ev.AttemptStarted(RUN, 101.0, "0", "", "given", "", ""),
        ev.CandidateBuilt(RUN, 101.1, "0", {}),
        *judged("0", 100.0, execution(5), "0"),
    ]


def failing() -> list[ev.Event]:
    """Given code, one better attempt, one blocked."""
    first = [
        *asked("1", "0", 104.0),
        *received("1", 104.0, WORSE, (WARNING,)),
        *judged("1", 104.0, execution(7), "1"),
    ]
    second = [*asked("2", "1", 107.0), *received("2", 107.0, BLOCKED, (BLOCK, WARNING))]
    ended = ev.AttemptEnded(RUN, 109.0, "2", Verdict.BLOCKED, False, 1.5, "1")
    return [started(), READY, *given(), *first, *second, ended]


def streaming() -> list[ev.Event]:
    """The third attempt's answer is arriving."""
    return [*failing(), *asked("3", "1", 110.0)]


def passed() -> list[ev.Event]:
    """The third attempt passes, sealed, and the run is over."""
    done = judged("3", 110.0, execution(8, Assurance.SEALED), "3", confirmed=True)
    end = ev.RunEnded(RUN, 113.0, Verdict.PASSED, 3, "3", "solution.py", "solved by attempt 3")
    return [*streaming(), *received("3", 110.0, RIGHT), *done, end]
