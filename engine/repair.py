"""The next prompt: what failed and where, and what was tried before, gathered for the templates."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.errors import UsageError
from engine.history import History
from engine.model import Attempt, Diagnosis, Prompt, PromptForm, Task
from engine.prompt_context import CodeLine, Earlier, FailingTest, PromptContext, SourceFile
from engine.prompt_family import family_of
from engine.prompting import Prompts
from engine.source_of_test import source_of
from engine.workspace import Workspace
from sandbox.contract import Execution, Failure, Verdict

LONG_FILE_LINES = 300
EARLIER_SHOWN = 6
_DIFF_LINES = 30
_TEXT = 600
_PYTEST = re.compile(r"[.FEsxX]+\s+\[\s*\d+%\]\s*$|=*\s*\d+ (failed|passed|error).* in [\d.]+s")


def make_prompt(
    prompts: Prompts,
    task: Task,
    history: History,
    parent: Attempt | None,
    form: PromptForm,
    window_tokens: int = 0,
    model: str = "",
) -> Prompt:
    """The prompt for the next attempt, fitted to `window_tokens` (0: no limit), for the family of `model`."""
    context = build_context(task, history, parent, form)
    return prompts.render(form, context, window_tokens, family_of(model))


def draft_prompt(prompts: Prompts, history: History, attempt: str) -> Prompt:
    """The prompt that `attempt` was sent, else the one that a model would get to go on from there.

    Raises UsageError where the history has no task.
    """
    node = history.attempts.get(attempt)
    if node is not None and node.prompt is not None:
        return node.prompt
    if history.task is None:
        raise UsageError(f"there is no run {history.run}".rstrip())
    form = PromptForm.REPAIR if node is not None and node.candidate is not None else PromptForm.WRITE
    model = history.started.model if history.started else ""
    return make_prompt(prompts, history.task, history, node, form, model=model)


def build_context(task: Task, history: History, parent: Attempt | None, form: PromptForm) -> PromptContext:
    """All that a template may say; a fresh start is told nothing of earlier attempts."""
    base = parent.candidate if parent and parent.candidate else task.workspace
    target = task.target.file
    code = base.text(target) if target in base.files else ""
    others = tuple(SourceFile(path, base.text(path)) for path in sorted(base.files) if path != target)
    execution = parent.execution if parent else None
    diagnosis = parent.diagnosis if parent else None
    lines = code.split("\n")
    return PromptContext(
        description=task.description.strip(),
        file=target,
        function=task.target.function,
        code=code,
        long=len(lines) > LONG_FILE_LINES,
        others=others,
        tests=tuple(
            SourceFile(path, task.tests[path].decode("utf-8", "replace")) for path in sorted(task.tests)
        ),
        passed=parent.passed if parent else 0,
        total=parent.total if parent else 0,
        summary=diagnosis.summary if diagnosis else "",
        failing=_failing(task, execution, diagnosis) if execution and diagnosis else None,
        more_failing=diagnosis.failing[1:] if diagnosis else (),
        suspicious=tuple(
            CodeLine(number, lines[number - 1])
            for number in (diagnosis.suspicious_lines if diagnosis else ())[:5]
            if 0 < number <= len(lines)
        ),
        earlier=() if form is PromptForm.FRESH else _earlier(task, history),
        findings=parent.findings if parent else (),
        repeated="" if form is PromptForm.FRESH else _repeated(history),
        rejected=(parent.rejected or "") if parent else "",
        output=_tail(execution.output) if execution else "",
    )


def _failing(task: Task, execution: Execution, diagnosis: Diagnosis) -> FailingTest | None:
    """The smallest failing test; the error of the whole run where no test could start."""
    if execution.error or not diagnosis.failing:
        return _told("", execution.error, diagnosis, "") if execution.error else None
    smallest = next(test for test in execution.tests if test.id == diagnosis.failing[0])
    at = smallest.failure.test_line if smallest.failure else 0
    return _told(smallest.id, smallest.failure, diagnosis, source_of(task.tests, smallest.id, at))


def _told(test: str, failure: Failure | None, diagnosis: Diagnosis, source: str) -> FailingTest:
    failure = failure or Failure()
    return FailingTest(
        id=test,
        source=source,
        error=diagnosis.error_type,
        message=_clip(failure.message),
        expected=_clip(failure.expected),
        actual=_clip(failure.actual),
        line=diagnosis.line,
        values={name: _clip(value, 200) for name, value in list(diagnosis.local_values.items())[:12]},
    )


def _earlier(task: Task, history: History) -> tuple[Earlier, ...]:
    """The last attempts that say something: not the given code, not repeats, not faults of ours."""
    told = [
        attempt
        for attempt in history.attempts.values()
        if attempt.origin != "given"
        and attempt.verdict not in (None, Verdict.INFRASTRUCTURE)
        and attempt.candidate is not None
        and not attempt.duplicate_of
    ]
    return tuple(
        Earlier(attempt.id, _change(task, history, attempt), _ending(attempt), attempt.rejected or "")
        for attempt in told[-EARLIER_SHOWN:]
    )


def _repeated(history: History) -> str:
    """What the last finished attempt repeats."""
    ended = [attempt for attempt in history.attempts.values() if attempt.verdict is not None]
    return ended[-1].duplicate_of if ended else ""


def _change(task: Task, history: History, attempt: Attempt) -> str:
    start = history.attempts.get(attempt.parent)
    before = start.candidate if start and start.candidate else task.workspace
    after = attempt.candidate or Workspace()
    return _first_lines(before.diff(after, sorted(after.editable & after.files.keys())).split("\n"))


def _first_lines(diff: Iterable[str]) -> str:
    lines = [line for line in diff if line[:1] in ("+", "-") and not line.startswith(("+++", "---"))]
    more = len(lines) - _DIFF_LINES
    return "\n".join(lines[:_DIFF_LINES] + ([f"({more} more lines)"] if more > 0 else []))


def _ending(attempt: Attempt) -> str:
    if attempt.verdict is Verdict.BLOCKED and attempt.findings:
        return f"blocked: {attempt.findings[0].why}"
    if attempt.diagnosis:
        return attempt.diagnosis.summary
    return (
        f"{attempt.passed} of {attempt.total} tests passed" if attempt.total else str(attempt.verdict or "")
    )


def _clip(text: str, most: int = _TEXT) -> str:
    return text if len(text) <= most else f"{text[: most // 2]} … {text[-most // 2 :]}"


def _tail(text: str) -> str:
    """The last lines that the code or the tests printed, without pytest's own progress and count."""
    lines = [line for line in text.strip().split("\n") if not _PYTEST.match(line)]
    return "\n".join(_clip(line, 200) for line in lines[-20:]).strip()
