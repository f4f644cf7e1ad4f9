"""What an evaluation's results amount to; everything here is computed from results.jsonl and its plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.evaluation.calibration import Calibration, interval
from engine.evaluation.forecasts import calibration_of
from engine.evaluation.plan import Plan
from engine.evaluation.rounds import solved_by_round
from engine.evaluation.statistics import bootstrap, mean, pass_at_k
from engine.evaluation.unit import Shot, UnitResult
from engine.strategy import GIVEN
from sandbox.contract import Assurance, Verdict

ROUNDS = 10  # repair rounds that are told apart


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over problems with its 95 % bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Metrics:
    """The figures of an evaluation. Counts are of samples unless they say problems.

    `pass_at` is over first shots; None with an oracle, and where there are none to estimate from.
    `within[r]` is the number of samples solved with at most r repairs. `errors` are of the answers that are
    not right, `shown` where the tests that the loop saw come from, `not_sealed` solved samples whose judge's
    tests could not be sealed. `measured` is of this machine and time.
    """

    problems: int
    samples: int
    wanted: int
    solved: int
    first_shots: int
    first_solved: int
    solve_rate: Estimate | None
    pass_at: Mapping[int, Estimate | None]
    within: tuple[int, ...]
    infrastructure: int
    shown_not_judge: int
    blocked_but_right: int
    attempts: int
    repeats: int
    solved_by: Mapping[str, int]
    shown: Mapping[str, int]
    isolations: Mapping[str, int]
    not_sealed: int
    verdicts: Mapping[str, int]
    errors: Mapping[str, int]
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    calibration: Calibration | None = None
    prompts: tuple[str, ...] = ()
    measured: Mapping[str, float] = field(default_factory=dict)


def measure(plan: Plan, results: Iterable[UnitResult]) -> Metrics:
    """All figures. Of a unit with several results the last one counts.

    A unit that a fault of ours ended is in `infrastructure` alone: it is no sample, solved or not.
    """
    last = {result.key: without_code(result) for result in results}
    every = [last[key] for key in plan.unit_keys() if key in last]
    rows = [result for result in every if result.verdict != Verdict.INFRASTRUCTURE]
    shots = [shot for row in rows for shot in row.shots]
    costs = [shot.cost for shot in shots if shot.cost is not None]
    solved = [row for row in rows if row.solved]
    firsts = [row.first_solved for row in rows if row.first_solved is not None]
    return Metrics(
        problems=len({row.task_id for row in rows}),
        samples=len(rows),
        wanted=len(plan.unit_keys()),
        solved=len(solved),
        first_shots=len(firsts),
        first_solved=sum(firsts),
        solve_rate=estimate([mean([float(r.solved) for r in some]) for some in by_task(rows).values()]),
        pass_at={k: None if plan.oracle else first_shot_estimate(rows, k) for k in plan.ks},
        within=solved_within(rows, plan.brief.pick),
        infrastructure=len(every) - len(rows),
        shown_not_judge=sum(row.shown_solved and not row.solved for row in rows),
        blocked_but_right=sum(bool(s.blocked_by) and s.judged == Verdict.PASSED for s in shots),
        attempts=sum(shot.attempt != GIVEN for shot in shots),
        repeats=sum(bool(shot.duplicate_of) for shot in shots),
        solved_by=_counted(answer_of(row).provider or "the code as given" for row in solved),
        shown=_counted(row.shown_from for row in rows),
        isolations=_counted(row.isolation for row in rows),
        not_sealed=sum(row.solved and answer_of(row).assurance != Assurance.SEALED for row in rows),
        verdicts=_counted(row.verdict for row in rows),
        errors=_counted(error_of(row) for row in rows if not row.solved),
        prompt_tokens=sum(shot.prompt_tokens for shot in shots),
        completion_tokens=sum(shot.completion_tokens for shot in shots),
        cost=sum(costs) if costs else None,
        calibration=calibration_of(rows),
        prompts=tuple(sorted({shot.prompt_version for shot in shots} - {""})),
        measured=_measured(rows),
    )


def without_code(row: UnitResult) -> UnitResult:
    """A result less its programs, which no figure needs: ten thousand of them are a good deal of memory."""
    return replace(row, shots=tuple(replace(shot, code="") for shot in row.shots))


def by_task(rows: Iterable[UnitResult]) -> dict[str, list[UnitResult]]:
    """Results by problem, in the order of the problems."""
    found: dict[str, list[UnitResult]] = {}
    for row in rows:
        found.setdefault(row.task_id, []).append(row)
    return found


def estimate(values: Sequence[float]) -> Estimate | None:
    """The mean of one value a problem, with its interval; None of nothing.

    Where every problem is solved, or none, drawing them again shows no spread, and four of four would look
    as sure as a thousand of a thousand: there it is Wilson's interval of a share.
    """
    if not values:
        return None
    if set(values) in ({0.0}, {1.0}):
        return Estimate(values[0], *interval(sum(map(bool, values)), len(values)))
    return Estimate(mean(values), *bootstrap(values))


def first_shot_estimate(rows: Iterable[UnitResult], k: int) -> Estimate | None:
    """pass@k over independent first shots.

    None where any sample has none (a search went first, say): those left would be the harder problems.
    None as well where a problem has fewer than k samples.
    """
    values = []
    for some in by_task(rows).values():
        firsts = [row.first_solved for row in some]
        right = [first for first in firsts if first is not None]
        if len(right) < len(firsts) or len(right) < k:
            return None
        values.append(pass_at_k(len(right), sum(right), k))
    return estimate(values)


def solved_within(rows: Sequence[UnitResult], pick: str) -> tuple[int, ...]:
    """How many samples are solved after 0, 1, 2 … repairs, as long as that changes, at most ROUNDS."""
    courses = [solved_by_round(row, pick) for row in rows]
    most = min(ROUNDS, max((len(course) for course in courses), default=0) - 1)
    return tuple(
        sum(course[min(round_, len(course) - 1)] for course in courses if course)
        for round_ in range(most + 1)
    )


def answer_of(row: UnitResult) -> Shot:
    """The shot that counts in a result that has one."""
    return next(shot for shot in row.shots if shot.attempt == row.answer)


def error_of(row: UnitResult) -> str:
    """Why an answer is not right: the kind of error, else the verdict in a word."""
    shot = next((shot for shot in row.shots if shot.attempt == row.answer), None)
    return (shot.judged_error if shot else "") or row.verdict


def _counted(names: Iterable[str]) -> dict[str, int]:
    """Most frequent first, then by name, so that the same results give the same table."""
    return dict(sorted(Counter(names).items(), key=lambda item: (-item[1], item[0])))


def _measured(rows: Sequence[UnitResult]) -> dict[str, float]:
    parts = ("seconds", "loop_seconds", "judge_seconds", "model_seconds", "executions", "cached", "tries")
    return {part: round(sum(getattr(row.measured, part) for row in rows), 3) for part in parts}
