"""From a run of the loop and the judge's verdicts to what is kept of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from engine.evaluation.judge import Judged
from engine.evaluation.loop_run import LoopRun
from engine.evaluation.unit import REPLAY, Shot, Unit
from engine.extract import extract
from engine.model import Attempt, Severity
from engine.workspace import Workspace

RECORDED = "recorded"


def shots_of(run: LoopRun, judged: Mapping[str, Judged]) -> tuple[Shot, ...]:
    """The attempts of a run that got an answer, in their order, and the code as given ("0")."""
    decisions = {d.attempt: d.decision for d in run.history.decisions}
    made = (a for a in run.history.attempts.values() if a.candidate or a.id in run.answered)
    return tuple(
        _shot(run, attempt, decisions.get(attempt.id, ""), judged.get(attempt.id)) for attempt in made
    )


def _shot(run: LoopRun, attempt: Attempt, decision: str, judged: Judged | None) -> Shot:
    usage = attempt.usage
    code = ""
    if attempt.candidate is not None and not attempt.duplicate_of and attempt.id != "0":
        code = attempt.candidate.text(run.task.target.file)
    diagnosis = attempt.diagnosis
    shot = Shot(
        attempt=attempt.id,
        origin=attempt.origin,
        provider=attempt.provider,
        decision=decision,
        verdict=str(attempt.verdict or ""),
        judged="",
        best=run.bests.get(attempt.id, ""),
        passed=attempt.passed,
        total=attempt.total,
        error=diagnosis.error_type if diagnosis else "",
        fixability=diagnosis.fixability if diagnosis else None,
        duplicate_of=attempt.duplicate_of,
        blocked_by=tuple(dict.fromkeys(f.rule for f in attempt.findings if f.severity is Severity.BLOCK)),
        prompt_version=attempt.prompt.version if attempt.prompt else "",
        prompt_tokens=usage.prompt_tokens,
        completion_tokens=usage.completion_tokens,
        cost=usage.cost,
        code=code,
    )
    return with_verdict(shot, judged)


def with_verdict(shot: Shot, judged: Judged | None) -> Shot:
    """The shot with what the judge says of it; None where there was nothing to judge."""
    if judged is None:
        return shot
    return replace(
        shot,
        judged=str(judged.verdict),
        judged_passed=judged.passed,
        judged_total=judged.total,
        judged_error=judged.error,
        assurance=str(judged.assurance),
    )


def left_over(unit: Unit, run: LoopRun, attempts: int) -> list[tuple[Shot, Workspace | None]]:
    """Completions, of the first `attempts`, that the loop did not come to, because it was content before.

    A recording is of another loop, which may have gone on where ours stops: its last completion counts
    as recorded with `--pick last`.
    """
    taken = [a for a in run.history.attempts.values() if a.provider == REPLAY and a.id in run.answered]
    found = []
    for number, answer in enumerate(unit.answers[len(taken) : attempts], len(taken) + 1):
        edits = extract(answer, run.task, run.task.workspace).edits
        candidate = run.task.workspace if edits else None
        for path, text in edits.items():
            assert candidate is not None
            candidate = candidate.edit(path, text)
        code = candidate.text(run.task.target.file) if candidate else ""
        shot = Shot(str(number), RECORDED, REPLAY, "", "", "", run.history.best, code=code)
        found.append((shot, candidate))
    return found
