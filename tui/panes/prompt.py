"""Pane 2: the task, the prompt that was sent, the answer as it arrives, thinking apart."""

from __future__ import annotations

from difflib import unified_diff
from itertools import islice

from engine.history import History
from engine.model import Attempt, Task
from tui.neutral import neutral_line, neutral_lines
from tui.panes.attempts import READY
from tui.panes.base import Pane
from tui.panes.growing import GrowingText, Make
from tui.panes.line import Kind, Line
from tui.state import Base, State


def _head(text: str) -> Line:
    return Line(neutral_line(text), Kind.HEAD, part=True)


def _body(text: str, kind: Kind = Kind.TEXT) -> list[Line]:
    return [Line(line, kind) for line in neutral_lines(text)]


def task_lines(task: Task) -> list[Line]:
    """What is wanted, where, and by which tests it is judged."""
    function = f", function {task.target.function}" if task.target.function else ""
    lines = [
        _head(f"task {task.id}"),
        *_body(task.description),
        *_body(f"target: {task.target.file}{function}", Kind.DIM),
        *_body(f"tests:  {', '.join(task.tests)}", Kind.DIM),
    ]
    return lines + (_body(f"file:   {task.source}", Kind.DIM) if task.source else [])


def prompt_difference(attempt: Attempt, other: Attempt) -> list[Line]:
    """Where the prompt of an attempt differs from another's, with `-` and `+`."""
    if attempt.prompt is None or other.prompt is None:
        return []
    before, after = neutral_lines(other.prompt.user), neutral_lines(attempt.prompt.user)
    kinds = {"-": Kind.DELETE, "+": Kind.ADD}
    changed = [
        Line(line, kinds[line[0]])
        for line in islice(unified_diff(before, after, n=0, lineterm=""), 2, None)
        if line[0] in kinds
    ]
    what = f"{len(changed)} lines differ from" if changed else "the same as"
    return [_head(f"prompt {what} that of {other.id}"), *changed, _head("the whole prompt")]


def _dim(text: str) -> list[Line]:
    return _body(text, Kind.DIM)


def prompt_lines(
    attempt: Attempt,
    history: History,
    other: Attempt | None = None,
    thinking: Make = _dim,
    answer: Make = _body,
) -> list[Line]:
    """What was sent for an attempt and what came back; its prompt is compared with that of `other`.

    `thinking` and `answer` make the lines of the two texts that grow while they are shown.
    """
    lines: list[Line] = []
    for decision in history.decisions:
        if decision.attempt == attempt.id:
            lines += _body(f"why: {decision.reason}", Kind.DIM)
    who = " ".join(word for word in (attempt.provider, attempt.model) if word)
    prompt = attempt.prompt
    if prompt is None:
        made = "is the code as given" if attempt.origin == "given" else f"was made by {who} without a prompt"
        lines.append(_head(f"{attempt.id} {made}"))
    else:
        edited = ", edited" if prompt.edited else ""
        whose = {"user": ", yours", "project": ", this project's"}.get(prompt.scope, "")
        lines.append(
            _head(f"prompt sent for {attempt.id} (template {prompt.template or '-'}{whose}{edited})")
        )
        lines += prompt_difference(attempt, other) if other is not None and other.prompt else []
        lines += [line for cut in prompt.cut for line in _body(f"left out to fit: {cut}", Kind.WARN)]
        lines += _body(prompt.system, Kind.DIM) + _body(prompt.user)
    if attempt.thinking:
        lines += [_head(f"thinking of {who}"), *thinking(attempt.thinking)]
    if attempt.completion:
        tokens = f", {attempt.usage.completion_tokens} tokens" if attempt.usage.completion_tokens else ""
        lines += [_head(f"answer of {who}{tokens}"), *answer(attempt.completion)]
    if attempt.rejected is not None:
        lines += [_head(f"rejected: {attempt.rejected or 'no reason given'}")]
    return lines


def compared_with(state: State) -> Attempt | None:
    """The attempt whose prompt the selected one's is compared with: the marked one, or a re-run's parent."""
    attempt = state.attempt
    if attempt is None:
        return None
    if state.base is Base.MARKED and state.marked != attempt.id:
        return state.history.attempts.get(state.marked)
    return state.history.attempts.get(attempt.parent) if attempt.origin in ("edit", "rerun") else None


class TaskPrompt(Pane):
    """Task and prompt; keeps to the end while an answer streams in."""

    number = 2
    name_ = "Task / Prompt"

    def __init__(self) -> None:
        super().__init__(wrapped=True)
        self.tour: list[str] = []
        self._thinking, self._answer = GrowingText(_dim), GrowingText(_body)

    def inputs(self, state: State) -> tuple[object, ...]:
        """The attempt, and what the run said of itself."""
        history = state.history
        return (history.task, state.attempt, history.notices, history.decisions, compared_with(state))

    def build(self, state: State) -> list[Line]:
        """The task, the prompt of the selected attempt and its answer, notices of the run."""
        history, attempt = state.history, state.attempt
        if history.task is None:
            return []
        grow = self._thinking.lines, self._answer.lines
        lines = prompt_lines(attempt, history, compared_with(state), *grow) if attempt is not None else []
        task = task_lines(history.task)
        if not state.begun:
            tour = [_head("five lines to begin with"), *map(Line, self.tour)] if self.tour else []
            return [*task, Line(""), Line(READY.strip(), Kind.WARN), *tour]
        lines = [*task, *lines]
        if history.notices:
            lines.append(_head("notices"))
            lines += [
                line
                for n in history.notices
                for line in _body(
                    f"{n.level}: {n.message}" + (f". {n.remedy}" if n.remedy else ""), Kind.WARN
                )
            ]
        return lines

    def start(self, state: State) -> int:
        """The prompt, or the task where there is none."""
        return 1 if state.attempt is not None and state.attempt.prompt is not None else 0

    def tail(self, state: State) -> bool:
        """While the answer of the selected attempt streams, and the tests have not begun."""
        attempt = state.attempt
        if attempt is None or attempt.id != state.running or attempt.candidate is not None:
            return False
        return bool(attempt.completion or attempt.thinking)
