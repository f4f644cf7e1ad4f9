"""What the loop tries next."""

from __future__ import annotations

from dataclasses import replace

from engine import events as ev
from engine.history import History
from engine.model import Attempt, PromptForm
from engine.moves import Move
from engine.strategy import RunSettings, next_move
from engine.workspace import Workspace
from sandbox.contract import Assurance, Execution, Isolation, Outcome, TestResult, Verdict

SETTINGS = RunSettings(attempts=8, repairs_per_seed=2, temperature=0.2, search_first=False, uses_prompt=True)


def attempt(name: str, passed: int = 0, verdict: Verdict = Verdict.FAILED, **fields: object) -> Attempt:
    outcomes = [Outcome.PASSED] * passed + [Outcome.FAILED] * (4 - passed)
    execution = Execution(
        verdict,
        Assurance.IN_PROCESS,
        Isolation.NAMESPACE,
        tests=tuple(TestResult(f"t::{number}", outcome) for number, outcome in enumerate(outcomes)),
    )
    made = Attempt(
        id=name,
        origin="given" if name == "0" else "loop",
        provider="" if name == "0" else "model",
        candidate=Workspace({"a.py": name.encode()}, frozenset({"a.py"})),
        execution=execution,
        verdict=verdict,
        parent="" if name == "0" else "0",
    )
    return replace(made, **fields)  # type: ignore[arg-type]


def history(*attempts: Attempt, best: str = "", decisions: dict[str, str] | None = None) -> History:
    said = tuple(ev.StrategyDecided("r", 0.0, a, d, "") for a, d in (decisions or {}).items())
    return History(run="r", attempts={a.id: a for a in attempts}, best=best, decisions=said)


def move(past: History, settings: RunSettings = SETTINGS, exhausted: frozenset[str] = frozenset()) -> Move:
    found = next_move(past, settings, "model", exhausted)
    assert found is not None
    return found


def test_a_new_task_without_code_is_written_not_repaired() -> None:
    assert move(history()).form is PromptForm.WRITE


def test_given_code_that_fails_is_repaired_from() -> None:
    first = move(history(attempt("0", 2), best="0"))
    assert (first.parent, first.form) == ("0", PromptForm.REPAIR)


def test_search_goes_first_once_when_there_is_code() -> None:
    settings = replace(SETTINGS, search_first=True)
    assert move(history(attempt("0", 2), best="0"), settings).provider == "search"
    searched = attempt("1", 2, provider="search", origin="search")
    assert move(history(attempt("0", 2), searched, best="0"), settings).provider == "model"


def test_search_has_nothing_to_start_from_without_code() -> None:
    assert move(history(), replace(SETTINGS, search_first=True)).provider == "model"


def test_two_repairs_a_seed_then_a_new_seed() -> None:
    past = [attempt("0"), attempt("1"), attempt("2"), attempt("3")]
    decided = {"1": "seed", "2": "repair", "3": "repair"}
    fresh = move(history(*past, best="0", decisions=decided))
    assert (fresh.decision, fresh.form, fresh.parent) == ("seed", PromptForm.FRESH, "0")
    repair = move(history(*past[:3], best="0", decisions=decided))
    assert repair.decision == "repair"


def test_a_repeat_raises_the_temperature_and_says_so() -> None:
    past = history(
        attempt("0"), attempt("1"), attempt("2", duplicate_of="1"), best="0", decisions={"1": "seed"}
    )
    hotter = move(past)
    assert hotter.temperature > SETTINGS.temperature
    assert "repeats 1" in hotter.reason and "0.2 → 0.4" in hotter.reason


def test_a_second_repeat_asks_in_another_way_and_a_third_starts_anew() -> None:
    first = replace(attempt("1"), parent="0")
    below = [replace(attempt(name, duplicate_of="1"), parent="1") for name in "234"]
    decided = {"1": "seed", "2": "repair", "3": "escalate", "4": "escalate"}
    other = move(history(attempt("0"), first, *below[:2], best="0", decisions=decided))
    assert (other.form, other.parent, other.decision) == (PromptForm.FRESH, "1", "escalate")
    assert "in another way" in other.reason
    anew = move(history(attempt("0"), first, *below, best="0", decisions=decided))
    assert (anew.form, anew.parent, anew.decision) == (PromptForm.FRESH, "0", "seed")


def test_a_second_repeat_drops_the_history() -> None:
    past = [attempt("0"), attempt("1"), attempt("2", duplicate_of="1"), attempt("3", duplicate_of="1")]
    fresh = move(history(*past, best="0", decisions={"1": "seed"}))
    assert (fresh.form, fresh.temperature) == (PromptForm.FRESH, SETTINGS.max_temperature)


def test_a_blocked_attempt_is_told_what_to_use_instead() -> None:
    blocked = attempt("1", verdict=Verdict.BLOCKED)
    assert move(history(attempt("0"), blocked, best="0", decisions={"1": "seed"})).form is PromptForm.BLOCKED


def test_a_worse_attempt_is_not_built_upon() -> None:
    past = history(attempt("0", 1), attempt("1", 3), attempt("2", 0), best="1", decisions={"1": "seed"})
    assert move(past).parent == "1"


def test_attempts_end_at_their_number() -> None:
    past = history(*(attempt(str(n)) for n in range(9)), best="0")
    assert next_move(past, SETTINGS, "model", frozenset()) is None


def test_an_exhausted_provider_is_not_asked_again() -> None:
    assert next_move(history(attempt("0"), best="0"), SETTINGS, "model", frozenset({"model"})) is None
