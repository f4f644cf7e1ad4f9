"""Two evaluations of the same problems side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.errors import UsageError
from engine.evaluation.metrics import Estimate, Metrics, by_task, measure
from engine.evaluation.plan import Plan
from engine.evaluation.statistics import bootstrap, mcnemar, mean
from engine.evaluation.store import read_plan, read_results
from engine.evaluation.unit import UnitResult
from sandbox.contract import Verdict


@dataclass(frozen=True)
class Read:
    """An evaluation as it was found in its folder; `rows` are those that have a verdict."""

    folder: Path
    plan: Plan
    metrics: Metrics
    rows: tuple[UnitResult, ...]


@dataclass(frozen=True)
class Comparison:
    """What the second does otherwise than the first, on the problems that both have.

    `difference` is of the share solved, second less first, with an interval over problems. `p` is McNemar's
    exact two-sided value, taken over the first sample of each problem: samples of one problem are not
    independent of one another.
    """

    problems: int
    first_solved: float
    second_solved: float
    difference: Estimate
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]
    p: float
    warnings: tuple[str, ...]


def read_evaluation(folder: Path) -> Read:
    """An evaluation from its folder. Raises UsageError when there is none."""
    plan = read_plan(folder)
    last = {result.key: result for result in read_results(folder)}
    rows = [last[key] for key in plan.unit_keys() if key in last]
    judged = tuple(row for row in rows if row.verdict != Verdict.INFRASTRUCTURE)
    if not judged:
        raise UsageError(f"the evaluation in {folder} has no verdict yet", "go on with --resume")
    return Read(folder, plan, measure(plan, rows), judged)


def compare(first: Read, second: Read) -> Comparison:
    """The paired comparison. Raises UsageError when they have no problem in common."""
    one, two = by_task(first.rows), by_task(second.rows)
    common = [task for task in one if task in two]
    if not common:
        raise UsageError(
            f"{first.folder} and {second.folder} have no problem in common", "compare two of one benchmark"
        )
    shares = [(_share(one[task]), _share(two[task])) for task in common]
    differences = [b - a for a, b in shares]
    flips = [(task, one[task][0].solved, two[task][0].solved) for task in common]
    only_first = tuple(task for task, a, b in flips if a and not b)
    only_second = tuple(task for task, a, b in flips if b and not a)
    return Comparison(
        problems=len(common),
        first_solved=mean([a for a, _ in shares]),
        second_solved=mean([b for _, b in shares]),
        difference=Estimate(mean(differences), *bootstrap(differences)),
        only_first=only_first,
        only_second=only_second,
        p=mcnemar(len(only_first), len(only_second)),
        warnings=tuple(_warnings(first, second, len(common))),
    )


def _share(rows: Sequence[UnitResult]) -> float:
    return mean([float(row.solved) for row in rows])


def _warnings(first: Read, second: Read, common: int) -> list[str]:
    a, b = first.plan, second.plan
    said = []
    if a.data != b.data:
        said.append("the two read different data: only the ids of their problems are the same")
    if a.oracle != b.oracle:
        said.append("only one of them saw the judge's tests (oracle)")
    elif a.oracle:
        said.append("both saw the judge's tests (oracle)")
    if a.oracle == b.oracle and a.shown != b.shown:
        said.append(f"their loops saw different tests: {a.shown} and {b.shown}")
    if a.brief.pick != b.brief.pick:
        said.append(f"{a.brief.pick} against {b.brief.pick} answers")
    if common < max(first.metrics.problems, second.metrics.problems):
        some = max(first.metrics.problems, second.metrics.problems) - common
        said.append(f"{some} problems are in one of them alone and are left out")
    return said
