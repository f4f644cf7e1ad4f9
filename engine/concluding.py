"""How an attempt and a run end: verdict, diagnosis, the best so far."""

from __future__ import annotations

import time

from engine import events as ev
from engine.diagnosis import diagnose, diagnose_no_code
from engine.history import History
from engine.model import Attempt, Diagnosis, Task
from engine.recorder import Recorder
from engine.spending import added
from engine.strategy import GIVEN
from sandbox.contract import Assurance, Execution, Verdict


async def end_attempt(
    recorder: Recorder,
    task: Task,
    name: str,
    verdict: Verdict,
    began: float,
    execution: Execution | None = None,
    message: str = "",
) -> Verdict:
    """Record the end of attempt `name`, begun at monotonic time `began`, and return its verdict."""
    if verdict is Verdict.INFRASTRUCTURE:
        message = message or (execution.ended if execution else "")
        await recorder.emit(ev.Notice(*recorder.stamp(), "error", message, attempt=name))
    elif diagnosis := _diagnosis(recorder.history, task, name, verdict, execution):
        await recorder.emit(ev.Diagnosed(*recorder.stamp(), name, diagnosis))
    sealed = execution is not None and execution.assurance is Assurance.SEALED
    ended = ev.AttemptEnded(
        *recorder.stamp(),
        attempt=name,
        verdict=verdict,
        confirmed=verdict is Verdict.PASSED and sealed,
        seconds=time.monotonic() - began,
        best=best_after(recorder.history, name, verdict),
        message=message,
    )
    await recorder.emit(ended)
    return verdict


def _diagnosis(
    history: History, task: Task, name: str, verdict: Verdict, execution: Execution | None
) -> Diagnosis | None:
    """What attempt `name` says of its failure; None for a pass, and where nothing was answered or run."""
    attempt = history.attempts[name]
    before = (a for key, a in history.attempts.items() if key != name)
    tried = sum(
        a.origin != "given" and a.verdict not in (None, Verdict.INFRASTRUCTURE, Verdict.PASSED)
        for a in before
    )
    if execution is not None and verdict is not Verdict.PASSED:
        candidate = attempt.candidate or task.workspace
        return diagnose(execution, candidate, task.target, attempt.origin == "given", tried)
    if verdict is Verdict.NO_CODE and attempt.prompt is not None and (attempt.completion or attempt.thinking):
        return diagnose_no_code(attempt.completion, attempt.thinking, tried)
    return None


async def end_open_attempts(recorder: Recorder, message: str) -> None:
    """Close attempts that were cut off: not the code's doing, so `infrastructure`."""
    for attempt in list(recorder.history.attempts.values()):
        if attempt.verdict is None:
            ended = ev.AttemptEnded(
                *recorder.stamp(),
                attempt=attempt.id,
                verdict=Verdict.INFRASTRUCTURE,
                confirmed=False,
                seconds=0.0,
                best=recorder.history.best,
                message=message,
            )
            await recorder.emit(ended)


async def end_run(recorder: Recorder, task: Task, message: str, *, cut_short: bool = False) -> ev.RunEnded:
    """Record the end of the run: passed when its best attempt passed.

    `cut_short` says that time or the user ended it: an unfinished attempt is then no fault of anyone's.
    """
    history = recorder.history
    # An attempt whose provider had nothing to say is on record, but nobody tried anything in it.
    made = [a for a in history.attempts.values() if a.id != GIVEN and (_answered(a) or a.candidate)]
    ended = ev.RunEnded(
        *recorder.stamp(),
        verdict=_run_verdict(history, cut_short),
        attempts=len(made),
        best=history.best,
        file=task.source or task.target.file,
        message=message,
        usage=added(attempt.usage for attempt in history.attempts.values()),
    )
    await recorder.emit(ended)
    return ended


def _answered(attempt: Attempt) -> bool:
    return bool(attempt.completion or attempt.thinking or attempt.usage.completion_tokens)


def best_after(history: History, name: str, verdict: Verdict) -> str:
    """The best attempt once `name` has ended: a pass, else most tests passed, earliest first."""
    challenger = history.attempts[name]
    champion = history.attempts.get(history.best)
    if challenger.execution is None or verdict in (Verdict.INFRASTRUCTURE, Verdict.BLOCKED):
        return history.best
    if champion is None:
        return name
    new = (verdict is Verdict.PASSED, challenger.passed)
    old = (champion.verdict is Verdict.PASSED, champion.passed)
    return name if new > old else history.best


def solved(history: History) -> bool:
    """Whether the best attempt passed and the user has not turned it down."""
    best = history.attempts.get(history.best)
    return best is not None and best.verdict is Verdict.PASSED and best.rejected is None


def _run_verdict(history: History, cut_short: bool) -> Verdict:
    best = history.attempts.get(history.best)
    last = next(reversed(list(history.attempts.values())), None)
    if solved(history):
        return Verdict.PASSED
    if last is None or (last.verdict is Verdict.INFRASTRUCTURE and not cut_short):
        return Verdict.INFRASTRUCTURE
    if best is not None and best.verdict is not None and best.verdict is not Verdict.PASSED:
        return best.verdict
    return Verdict.FAILED if cut_short else last.verdict or Verdict.FAILED
