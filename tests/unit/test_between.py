"""When a search is made between a model's answers, and from which of them."""

from __future__ import annotations

from engine.between import BOLD, next_search
from engine.model import Attempt
from sandbox.contract import Assurance, Execution, Isolation, Outcome, TestResult, Verdict


def attempt(
    name: str, passed: int, provider: str = "model", parent: str = "", verdict: Verdict = Verdict.FAILED
) -> Attempt:
    """An attempt of ten tests."""
    outcomes = [Outcome.PASSED] * passed + [Outcome.FAILED] * (10 - passed)
    tests = tuple(TestResult(f"t{n}", outcome) for n, outcome in enumerate(outcomes))
    ran = Execution(verdict, Assurance.IN_PROCESS, Isolation.NAMESPACE, tests)
    return Attempt(name, parent, provider=provider, execution=ran, verdict=verdict)


def search(name: str, parent: str, verdict: Verdict = Verdict.NO_CODE) -> Attempt:
    """A search that began at `parent`."""
    return attempt(name, 0, "search", parent, verdict)


def test_the_best_candidate_is_searched_first_and_each_once() -> None:
    made = [attempt("1", 3), attempt("2", 7), attempt("3", 7)]
    first = next_search(made, bold=False)
    assert first is not None
    assert (first.provider, first.parent, first.temperature) == ("search", "2", 0.0)
    second = next_search([*made, search("4", "2")], bold=False)
    assert second is not None
    assert second.parent == "3"


def test_blocked_broken_repeated_and_searched_code_is_left_alone() -> None:
    blocked = attempt("1", 0, verdict=Verdict.BLOCKED)
    broken = attempt("2", 0, verdict=Verdict.ERROR)
    again = Attempt("3", provider="model", verdict=Verdict.FAILED, duplicate_of="0")
    patched = search("4", "0", Verdict.FAILED)
    assert next_search([blocked, broken, again, patched], bold=False) is None


def test_what_gave_nothing_has_a_bold_second_turn_and_no_third() -> None:
    made = [attempt("1", 3), search("2", "1")]
    assert next_search(made, bold=False) is None
    move = next_search(made, bold=True)
    assert move is not None
    assert (move.parent, move.temperature) == ("1", BOLD)
    assert next_search([*made, search("3", "1")], bold=True) is None
