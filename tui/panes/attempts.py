"""Pane 1: the tree of attempts, one row each."""

from __future__ import annotations

from textual import events
from textual.message import Message

from engine.history import History
from engine.model import Attempt
from sandbox.contract import Verdict
from tui.neutral import neutral_line
from tui.panes.base import Pane
from tui.panes.line import Kind, Line
from tui.state import State, made, visible
from tui.words import guard_word, is_sealed_pass, tests_word, verdict_word

HEADER = " #    VERDICT TESTS GUARD   s from"

READY = " Ready. Press Enter, r or F5 to run it."

_KINDS = {None: Kind.WARN, Verdict.PASSED: Kind.GOOD, Verdict.INFRASTRUCTURE: Kind.DIM}


def origin(attempt: Attempt, history: History) -> str:
    """Where an attempt comes from and what became of it, in words."""
    words = [attempt.parent or "-"]
    if attempt.origin not in ("", "loop"):
        words.append(attempt.origin)
    if attempt.duplicate_of:
        words.append(f"={attempt.duplicate_of}")
    if attempt.cached:
        words.append("cached")
    if attempt.verdict is Verdict.PASSED and not is_sealed_pass(attempt):
        words.append("not sealed")
    if attempt.rejected is not None:
        words.append("rejected")
    if attempt.id == history.accepted:
        words.append("accepted")
    elif attempt.id == history.best and history.ended is not None:
        words.append("best")
    return " ".join(words)


def row(attempt: Attempt, history: History, selected: bool) -> str:
    """One row, `>` before the selected one."""
    mark = ">" if selected else " "
    seconds = "-" if attempt.verdict is None else f"{attempt.seconds:.{attempt.seconds < 100:d}f}"
    columns = f"{mark}{attempt.id:<5}{verdict_word(attempt.verdict):<7}{tests_word(attempt.execution):>6}"
    return neutral_line(f"{columns} {guard_word(attempt):<5}{seconds:>4} {origin(attempt, history)}")


class Attempts(Pane):
    """The tree; its cursor is the selection, which only the user moves."""

    number = 1
    name_ = "Attempts"

    class Chosen(Message):
        """The user clicked on an attempt."""

        def __init__(self, attempt: str) -> None:
            super().__init__()
            self.attempt = attempt

    def __init__(self) -> None:
        super().__init__()
        self.header = HEADER
        self._ids: list[str] = []
        self._known: dict[str, tuple[tuple[object, ...], Line]] = {}

    def inputs(self, state: State) -> tuple[object, ...]:
        """The whole history: verdicts, the best, the accepted one; the selection and the filter."""
        return (state.history, state.selected, state.filter, state.follow)

    def build(self, state: State) -> list[Line]:
        """One row an attempt, or how to begin."""
        listed = visible(state)
        self._ids = [attempt.id for attempt in listed]
        if not state.begun:
            return [Line(READY)] if state.history.task else []
        return [self._row_of(attempt, state) for attempt in listed]

    def _row_of(self, attempt: Attempt, state: State) -> Line:
        history, name = state.history, attempt.id
        best = name == history.best and history.ended is not None
        told = (attempt, name == state.selected, name == history.accepted, best)
        known = self._known.get(name)
        if known is not None and known[0][0] is attempt and known[0][1:] == told[1:]:
            return known[1]  # of a thousand rows a step changes two
        line = Line(
            row(attempt, history, name == state.selected), _KINDS.get(attempt.verdict, Kind.TEXT), True
        )
        self._known[name] = (told, line)
        return line

    def update_state(self, state: State) -> None:
        """Draw the rows and put the cursor on the selected one."""
        super().update_state(state)
        if state.selected in self._ids:
            self._go(self._ids.index(state.selected))

    def retitle(self) -> None:
        """How many there are, what is listed, whether the newest is followed."""
        count = len(made(self.state))
        listed = "" if self.state.filter == "all" else f" {self.state.filter}: {len(self.rows)}"
        self.entitle(f"1 Attempts [{count}]{listed}{' follow' if self.state.follow and count else ''}")

    def on_click(self, event: events.Click) -> None:
        """Select what is clicked on."""
        super().on_click(event)
        if self.cursor < len(self._ids):
            self.post_message(self.Chosen(self._ids[self.cursor]))
