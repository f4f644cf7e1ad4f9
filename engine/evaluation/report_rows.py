"""The table of an evaluation's problems."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from engine.evaluation.metrics import by_task, error_of, without_code
from engine.evaluation.plan import Plan
from engine.evaluation.unit import UnitResult
from engine.strategy import GIVEN


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """One problem over its samples; `errors` are the reasons of those that are not solved."""

    task: str
    solved: int
    samples: int
    first: int
    attempts: int
    answers: str
    errors: str


def problem_rows(plan: Plan, results: Iterable[UnitResult]) -> list[ProblemRow]:
    """The problems in the plan's order; of a unit with several results the last one counts."""
    last: dict[str, UnitResult] = {}
    for result in results:
        last[result.key] = without_code(result)
    return [
        _row(task, some)
        for task, some in by_task(last[key] for key in plan.unit_keys() if key in last).items()
    ]


def _row(task: str, some: list[UnitResult]) -> ProblemRow:
    wrong = dict.fromkeys(error_of(row) for row in some if not row.solved)
    return ProblemRow(
        task=task,
        solved=sum(row.solved for row in some),
        samples=len(some),
        first=sum(bool(row.first_solved) for row in some),
        attempts=sum(shot.attempt != GIVEN for row in some for shot in row.shots),
        answers=", ".join(dict.fromkeys(row.answer or "-" for row in some)),
        errors=", ".join(wrong),
    )
