"""What a unit comes to: the answer that counts, the first shot, and whether either is right."""

from __future__ import annotations

from collections.abc import Sequence

from engine.evaluation.judge import Bench, Judged
from engine.evaluation.loop_run import LoopRun
from engine.evaluation.rounds import own_shots
from engine.evaluation.shots import with_verdict
from engine.evaluation.unit import Brief, Measured, Shot, Unit, UnitResult
from engine.strategy import GIVEN
from sandbox.contract import Isolation, Verdict


def concluded(
    unit: Unit, brief: Brief, run: LoopRun, shots: tuple[Shot, ...], bench: Bench, isolation: Isolation
) -> UnitResult:
    """The result of a unit that went through the loop."""
    history = run.history
    answer = picked(shots, history.best, brief.pick)
    first = first_shot(shots)
    verdict = verdict_of(answer, shots)
    message = history.ended.message if history.ended else ""
    if history.verdict is Verdict.INFRASTRUCTURE or any(s.judged == Verdict.INFRASTRUCTURE for s in shots):
        verdict = Verdict.INFRASTRUCTURE
        message = next((n.message for n in reversed(history.notices) if n.level == "error"), message)
    return UnitResult(
        task_id=unit.problem.id,
        sample=unit.sample,
        solved=verdict == Verdict.PASSED,
        verdict=verdict,
        first_solved=first.judged == Verdict.PASSED if first else None,
        shown_solved=history.verdict is Verdict.PASSED,
        shown_from=unit.problem.shown_from,
        answer=answer.attempt if answer else "",
        isolation=isolation,
        message=message,
        shots=shots,
        measured=Measured(
            loop_seconds=round(run.seconds, 4),
            judge_seconds=round(bench.seconds, 4),
            model_seconds=round(sum(a.usage.seconds for a in history.attempts.values()), 4),
            executions=run.executions + bench.executions,
            cached=run.cached + bench.cached,
        ),
    )


def judged_alone(unit: Unit, brief: Brief, judged: Judged, bench: Bench, isolation: Isolation) -> UnitResult:
    """The result of a unit whose code was only to be judged: it is a first shot, and there is no other."""
    shot = Shot("1", "given", brief.provider, "", "", "", "1", code=unit.code or "")
    right = judged.verdict is Verdict.PASSED
    return UnitResult(
        task_id=unit.problem.id,
        sample=unit.sample,
        solved=right,
        verdict=judged.verdict,
        first_solved=right,
        shown_solved=right,
        shown_from="none",
        answer="1",
        isolation=isolation,
        message=judged.message,
        shots=(with_verdict(shot, judged),),
        measured=Measured(
            judge_seconds=round(bench.seconds, 4), executions=bench.executions, cached=bench.cached
        ),
    )


def unfinished(unit: Unit, message: str) -> UnitResult:
    """The result of a unit that a fault of ours kept from being done."""
    return UnitResult(
        task_id=unit.problem.id,
        sample=unit.sample,
        solved=False,
        verdict=Verdict.INFRASTRUCTURE,
        first_solved=None,
        shown_solved=False,
        shown_from=unit.problem.shown_from,
        answer="",
        isolation="",
        message=message,
    )


def picked(shots: Sequence[Shot], best: str, pick: str) -> Shot | None:
    """The shot that counts: what the loop keeps, or the provider's last one."""
    if pick == "last":
        return next(reversed(own_shots(shots)), None)
    return next((shot for shot in shots if shot.attempt == best and best), None)


def first_shot(shots: Sequence[Shot]) -> Shot | None:
    """The provider's first attempt of all; None where it was not asked, or not first.

    After a search, or after another provider in a chain, it is a repair and not a sample of the task.
    """
    made = [shot for shot in shots if shot.attempt != GIVEN]
    return made[0] if made and made[0].origin == "loop" else None


def verdict_of(answer: Shot | None, shots: Sequence[Shot]) -> str:
    """The judge's word on the answer; where there is none, how the last attempt ended.

    An attempt that the run's end cut off is no fault of ours: of it the judge's word is taken.
    """
    if answer is not None and answer.judged:
        return answer.judged
    last = answer or next(reversed(shots), None)
    words = (last.verdict, last.judged) if last is not None else ()
    unsolved = (word for word in words if word not in ("", Verdict.PASSED, Verdict.INFRASTRUCTURE))
    return next(unsolved, Verdict.NO_CODE)
