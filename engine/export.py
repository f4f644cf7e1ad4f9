"""A run as one document to send: what is in it, whatever it is written as."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

from engine.export_text import Clean
from engine.history import History
from engine.model import Attempt, Task
from sandbox.contract import Outcome


@dataclass(frozen=True, slots=True)
class Block:
    """A heading (`level` 1 to 3), a paragraph, or text as it is (`kind` names it)."""

    text: str
    level: int = 0
    kind: str = ""


def document(history: History, clean: Clean) -> list[Block]:
    """Everything worth sending of a run; all text from outside has gone through `clean`."""
    task, started = history.task, history.started
    if task is None or started is None:
        return [Block("an empty run", 1)]
    maker = " ".join(word for word in (started.provider, started.model) if word)
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(started.at))
    ended = f"{history.ended.verdict}. {history.ended.message}" if history.ended else "not over"
    isolation = f", isolation {history.isolation}" if history.isolation else ""
    accepted = f", accepted: attempt {history.accepted}" if history.accepted else ""
    blocks = [
        Block(clean(f"{task.id}: {ended}"), 1),
        Block(clean(f"Run {history.run}, {when}, {maker} ({started.endpoint}){isolation}{accepted}.")),
        *_task(task, clean),
    ]
    for attempt in history.attempts.values():
        blocks += _attempt(attempt, history, task, clean)
    return blocks


def _task(task: Task, clean: Clean) -> Iterator[Block]:
    function = f", function {task.target.function}" if task.target.function else ""
    where = f"{task.source or task.target.file}{function}"
    yield Block(clean(f"Target: {where}. Tests: {', '.join(task.tests)}."))
    if task.description:
        yield Block(clean(task.description), kind="text")


def _attempt(attempt: Attempt, history: History, task: Task, clean: Clean) -> Iterator[Block]:
    how = " ".join(word for word in (attempt.origin, attempt.provider, attempt.model) if word)
    word = attempt.verdict or "running"
    best = ", the best" if attempt.id == history.best else ""
    yield Block(clean(f"Attempt {attempt.id}: {word} {attempt.passed}/{attempt.total}{best}"), 2)
    parent = f", from {attempt.parent}" if attempt.parent else ""
    sealed = f", {attempt.execution.assurance} in {attempt.execution.isolation}" if attempt.execution else ""
    yield Block(clean(f"{how}{parent}{sealed}, {attempt.seconds:.1f} s"))
    if attempt.rejected is not None:
        yield Block(clean(f"Rejected: {attempt.rejected or 'no reason given'}"))
    if attempt.candidate is not None and (diff := task.workspace.diff(attempt.candidate)):
        yield Block("Diff against the code as given", 3)
        yield Block(clean(diff), kind="diff")
    if attempt.findings:
        yield Block("Findings", 3)
        lines = (f"{f.severity} {f.rule} line {f.line}: {f.why}. {f.fix}" for f in attempt.findings)
        yield Block(clean("\n".join(lines)), kind="text")
    if attempt.execution is not None:
        yield from _log(attempt, clean)
    if attempt.prompt is not None:
        yield Block("Prompt", 3)
        yield Block(clean(attempt.prompt.user), kind="text")
    if attempt.completion:
        yield Block("Answer", 3)
        yield Block(clean(attempt.completion), kind="text")


def _log(attempt: Attempt, clean: Clean) -> Iterator[Block]:
    done = attempt.execution
    if done is None:
        return
    lines = [f"warning: {warning}" for warning in done.warnings]
    lines += [] if done.ended == "exit" else [f"ended: {done.ended}"]
    lines += [done.error.traceback or f"{done.error.error_type}: {done.error.message}"] if done.error else []
    for test in sorted(done.tests, key=lambda t: t.outcome is Outcome.PASSED):
        lines.append(f"{test.outcome.upper():<7} {test.id}")
        lines += [f"        {line}" for line in test.message.splitlines()] if test.outcome != "passed" else []
    yield Block("Tests", 3)
    yield Block(clean("\n".join(lines)), kind="text")
    if done.output.strip():
        yield Block("Output", 3)
        yield Block(clean(done.output), kind="text")
