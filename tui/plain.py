"""The engine's events as lines: what `--plain` prints, and what a pipe gets."""

from __future__ import annotations

import time
from collections.abc import Iterator

from engine import events as ev
from engine.history import History
from engine.model import Usage
from sandbox.contract import Execution, Outcome, Verdict
from tui.neutral import neutral
from tui.words import tests_word, verdict_word

PROGRESS_SECONDS = 2.0
FAILURES_SHOWN = 3


class PlainLines:
    """Turns events into lines; remembers only when it last spoke of progress."""

    def __init__(self) -> None:
        self._progress_at = time.monotonic()

    def lines(self, event: ev.Event, history: History) -> Iterator[str]:
        """The lines for one event, `history` being the run after it; all control characters made harmless."""
        for text in self._lines(event, history):
            yield from harmless_lines(text)

    def _lines(self, event: ev.Event, history: History) -> Iterator[str]:
        match event:
            case ev.RunStarted():
                model = f" {event.model}" if event.model else ""
                yield f"run {event.run}: {event.source or event.file}"
                yield f"provider {event.provider}{model} ({event.endpoint})"
            case ev.RunResumed():
                yield f"run {event.run} goes on"
            case ev.SandboxReady():
                yield f"isolation {event.isolation}" + (f" ({event.detail})" if event.detail else "")
            case ev.AttemptStarted(origin="given"):
                yield "attempt 0: the code as given"
            case ev.StrategyDecided():
                yield event.reason
            case ev.ProviderProgress():
                yield from self._progress(event)
            case ev.CompletionReceived() if cost := cost_words(event.usage):
                yield f"  {cost}, {event.usage.seconds:.1f} s"
            case ev.CandidateBuilt():
                yield from (f"  {note}" for note in event.repairs)
                if event.duplicate_of:
                    yield f"  the same program as attempt {event.duplicate_of}: not executed again"
            case ev.GuardrailsChecked():
                for finding in event.findings:
                    via = f" (named at line {finding.via_line})" if finding.via_line else ""
                    where = f"line {finding.line}{via}"
                    yield f"  {finding.severity} {finding.rule} {where}: {finding.why} — {finding.fix}"
            case ev.ExecutionEnded():
                yield from execution_lines(event.execution, event.cached)
            case ev.Diagnosed():
                told = f"{event.diagnosis.kind}, fixability {event.diagnosis.fixability:.2f}"
                yield f"  diagnosis: {event.diagnosis.summary} ({told})"
            case ev.AttemptEnded():
                yield from _attempt_end(event, history)
            case ev.AttemptRejected():
                yield f"attempt {event.attempt} rejected" + (f": {event.reason}" if event.reason else "")
            case ev.FixAccepted():
                yield f"attempt {event.attempt} accepted: wrote {', '.join(event.paths)}"
            case ev.FixUndone():
                yield f"undone: {', '.join(event.paths)} as before"
            case ev.Notice():
                yield f"{event.level}: {event.message}" + (f" — {event.remedy}" if event.remedy else "")
            case ev.RunEnded():
                yield from _end(event)
            case _:
                return

    def _progress(self, event: ev.ProviderProgress) -> Iterator[str]:
        if time.monotonic() - self._progress_at >= PROGRESS_SECONDS:
            self._progress_at = time.monotonic()
            count = f" {event.done}" if event.done else ""
            yield f"  {event.what}{count}" + (f" of {event.total}" if event.total else "")


def best_diff(history: History) -> list[str]:
    """The diff from the given code to the best attempt, line by line; empty where there is none."""
    best = history.attempts.get(history.best)
    if best is None or best.candidate is None or history.task is None:
        return []
    return [neutral(line) for line in history.task.workspace.diff(best.candidate).splitlines()]


def harmless_lines(text: str) -> Iterator[str]:
    """The lines of a text, made harmless; none but the first can pass for a line of ours."""
    margin = text[: len(text) - len(text.lstrip())]
    for number, line in enumerate(text.splitlines()):
        yield neutral(line if number == 0 else f"{margin}  {line.strip()}")


def execution_lines(execution: Execution, cached: bool) -> Iterator[str]:
    """How an execution went, in a few lines; not yet neutralised."""
    known = ", cached" if cached else ""
    yield (
        f"  tests {verdict_word(execution.verdict)} {tests_word(execution)} "
        f"{execution.assurance} in {execution.isolation}, {execution.seconds:.2f} s{known}"
    )
    bad = [t for t in execution.tests if t.outcome is not Outcome.PASSED]
    for test in bad[:FAILURES_SHOWN]:
        yield f"    {test.outcome.upper()} {test.id}" + (f": {test.message}" if test.message else "")
    if len(bad) > FAILURES_SHOWN:
        yield f"    and {len(bad) - FAILURES_SHOWN} more"
    if execution.error is not None:
        yield "    " + ": ".join(filter(None, (execution.error.error_type, execution.error.message)))
    if execution.ended != "exit":
        yield f"    ended: {execution.ended}"
    # Every pass is found in-process first and confirmed sealed: only what is left of it is worth a line.
    worth = (w for w in execution.warnings if not w.startswith("in-process:"))
    yield from (f"  warning: {warning}" for warning in worth)


def _attempt_end(event: ev.AttemptEnded, history: History) -> Iterator[str]:
    attempt = history.attempts.get(event.attempt)
    assurance = attempt.execution.assurance if attempt and attempt.execution else ""
    sealed = f", {assurance}" if event.verdict is Verdict.PASSED and assurance else ""
    why = f": {event.message}" if event.message and event.verdict is not Verdict.INFRASTRUCTURE else ""
    yield f"attempt {event.attempt}: {verdict_word(event.verdict)}{sealed}{why} ({event.seconds:.2f} s)"


def _end(event: ev.RunEnded) -> Iterator[str]:
    attempts = f"{event.attempts} attempt" + ("" if event.attempts == 1 else "s")
    best = f", best is attempt {event.best}" if event.best else ""
    why = f" ({event.message})" if event.message else ""
    cost = cost_words(event.usage)
    yield f"{event.verdict.upper()} after {attempts}{best}{why}" + (f"; {cost}" if cost else "")


def cost_words(usage: Usage) -> str:
    """Tokens, and money where a price is known; "" where nothing was counted."""
    if not usage.prompt_tokens and not usage.completion_tokens:
        return ""
    money = "" if usage.cost is None else f", cost {usage.cost:.4g}"
    return f"{usage.prompt_tokens:,} tokens read, {usage.completion_tokens:,} written{money}"
