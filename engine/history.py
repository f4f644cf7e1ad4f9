"""A run as its events tell it: the attempt tree, rebuilt by one reducer that every face shares."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from engine import events as ev
from engine.model import Attempt, Target, Task
from engine.workspace import Workspace
from sandbox.contract import Isolation, Verdict


@dataclass(frozen=True)
class History:
    """What is known of a run. `attempts` is in order of starting; ids look like "0", "4", "4.1".

    `best` is the attempt with most tests passed, `accepted` the one written to disk ("" for none).
    `status` is one line of what is going on; `ended` is None while the run is going.
    """

    run: str = ""
    task: Task | None = None
    started: ev.RunStarted | None = None
    attempts: Mapping[str, Attempt] = field(default_factory=dict)
    best: str = ""
    accepted: str = ""
    ended: ev.RunEnded | None = None
    isolation: Isolation | None = None
    status: str = ""
    notices: tuple[ev.Notice, ...] = ()
    decisions: tuple[ev.StrategyDecided, ...] = ()
    temperatures: Mapping[str, float] = field(default_factory=dict)

    @property
    def verdict(self) -> Verdict | None:
        """The run's verdict, None while it is going."""
        return self.ended.verdict if self.ended else None


def task_of(started: ev.RunStarted) -> Task:
    """The task that a run was started with."""
    files = {path: text.encode("utf-8", "surrogatepass") for path, text in started.files.items()}
    return Task(
        id=started.task,
        description=started.description,
        workspace=Workspace(files, frozenset(started.editable)),
        target=Target(started.file, started.function),
        tests={path: text.encode("utf-8", "surrogatepass") for path, text in started.tests.items()},
        limits=started.limits,
        selection=started.selection,
        requirements=started.requirements,
        source=started.source,
        test_source=started.test_source,
    )


def rebuild(stream: Iterable[ev.Event]) -> History:
    """The history that a sequence of events amounts to."""
    history = History()
    for event in stream:
        history = advance(history, event)
    return history


def advance(history: History, event: ev.Event) -> History:
    """The history after one more event; unknown attempts are ignored."""
    match event:
        case ev.RunStarted():
            started = replace(history, run=event.run, task=task_of(event), started=event, status="ready")
            return replace(started, isolation=event.isolation)
        case ev.SandboxReady():
            return replace(history, isolation=event.isolation, status=f"{event.isolation} is up")
        case ev.RunResumed():
            return replace(history, ended=None, status="resumed")
        case ev.AttemptStarted():
            attempt = Attempt(event.attempt, event.parent, event.origin, event.provider, event.model)
            attempts = {**history.attempts, event.attempt: attempt}
            return replace(history, attempts=attempts, ended=None, status=f"attempt {event.attempt}")
        case ev.Notice():
            return replace(history, notices=(*history.notices, event))
        case ev.StrategyDecided():
            return replace(history, decisions=(*history.decisions, event), status=event.reason)
        case ev.FixAccepted():
            return replace(history, accepted=event.attempt, status=f"accepted {event.attempt}")
        case ev.FixUndone():
            return replace(history, accepted="", status=f"took back {event.attempt}")
        case ev.RunEnded():
            return replace(history, ended=event, status=event.message or event.verdict.value)
        case _:
            return _advance_attempt(history, event)


def _advance_attempt(history: History, event: ev.Event) -> History:
    attempt = history.attempts.get(getattr(event, "attempt", ""))
    if attempt is None:
        return history
    status = history.status
    best = history.best
    match event:
        case ev.PromptBuilt():
            attempt, status = replace(attempt, prompt=event.prompt), "asking"
            warmth = {**history.temperatures, attempt.id: event.temperature}
            history = replace(history, temperatures=warmth)
        case ev.ProviderProgress():
            total = f"/{event.total}" if event.total else ""
            status = f"{event.what} {event.done}{total}" if event.done else event.what
        case ev.CompletionStreamed() if event.thinking:
            attempt = replace(attempt, thinking=attempt.thinking + event.text)
        case ev.CompletionStreamed():
            attempt = replace(attempt, completion=attempt.completion + event.text)
        case ev.CompletionReceived():
            attempt = replace(attempt, completion=event.text, thinking=event.thinking, usage=event.usage)
        case ev.CandidateBuilt() if history.task is not None:
            files = {p: t.encode("utf-8", "surrogatepass") for p, t in event.edits.items()}
            whole = {**history.task.workspace.files, **files}
            candidate = Workspace(whole, history.task.workspace.editable)
            attempt = replace(attempt, candidate=candidate, duplicate_of=event.duplicate_of)
        case ev.GuardrailsChecked():
            attempt, status = replace(attempt, findings=event.findings, policy=event.policy), "guardrails"
        case ev.ExecutionStarted():
            status = "pytest, confirming sealed" if attempt.execution else "pytest"
        case ev.ExecutionEnded():
            attempt = replace(attempt, execution=event.execution, cached=event.cached)
        case ev.Diagnosed():
            attempt, status = replace(attempt, diagnosis=event.diagnosis), event.diagnosis.summary
        case ev.AttemptEnded():
            attempt = replace(
                attempt, verdict=event.verdict, confirmed=event.confirmed, seconds=event.seconds
            )
            best = event.best
        case ev.AttemptRejected():
            attempt = replace(attempt, rejected=event.reason)
    return replace(history, attempts={**history.attempts, attempt.id: attempt}, best=best, status=status)
