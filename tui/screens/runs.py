"""The runs of the journal: open one, queue it, stop it, or find those in which something occurs."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input

from engine.errors import CoderTuiError
from engine.journal_summary import RunSummary
from tui.bridge import Session
from tui.neutral import neutral_line
from tui.panes.line import Line
from tui.panes.lines import LinesPane

TITLE = "Runs  Enter opens, + queues, - takes out, s stops, / searches everything in them, Esc leaves"
AGAIN = 1.0
"""Seconds between two looks while something is going on."""


def run_line(run: RunSummary, here: str, chosen: bool, standing: str = "") -> str:
    """One run: when, how it stands or ended, how many attempts, by whom, which file."""
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.started))
    mark = ">" if chosen else " "
    shown = "shown" if run.id == here else ""
    verdict = standing or run.verdict or "not over"
    how = f"{verdict:<14} {run.attempts:>3} attempts  {run.provider:<8} {shown:<6}"
    return neutral_line(f"{mark}{when}  {how}{run.task:<20} {run.file}")


class Runs(ModalScreen[str | None], inherit_bindings=False):
    """Gives the id of the run to open, or None for Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("enter", "choose", show=False),
        Binding("plus", "queue", show=False),
        Binding("minus", "unqueue", show=False),
        Binding("s", "stop", show=False),
        Binding("slash", "search", show=False),
        Binding("q", "dismiss(None)", show=False),
        Binding("escape", "back", show=False, priority=True),
    ]

    def __init__(self, session: Session, here: str) -> None:
        super().__init__()
        self._session = session
        self._here = here
        self._found: Sequence[RunSummary] = ()
        self._text = ""
        self._wrong = ""
        self.list = LinesPane(TITLE, id="runs")
        self.input = Input(placeholder="words of a task, code, log, prompt; Enter searches", compact=True)
        self.input.cursor_blink = False

    def compose(self) -> ComposeResult:
        """The list over the line to search with."""
        yield self.list
        yield self.input

    def on_mount(self) -> None:
        """The newest first; while something goes on they are looked at again and again."""
        self.list.focus()
        self._look()
        self.set_interval(AGAIN, self._look_again)

    def _look(self) -> None:
        """Look in the background: Escape does not wait for a search in a long journal."""
        self.run_worker(self._looked(self._text), group="look", exclusive=True)

    def _look_again(self) -> None:
        if self._session.going() or self._session.queue.waiting:
            self._look()

    async def _looked(self, text: str) -> None:
        waiting = self.set_timer(
            0.5, lambda: self._say(f"searching for {text!r}; Esc leaves") if text else None
        )
        before = self._chosen
        try:
            self._found = await self._session.recent(text)
        except CoderTuiError as error:
            self._say(str(error))
            return
        finally:
            waiting.stop()
        ids = [run.id for run in self._found]
        self.list.cursor = ids.index(before.id) if before is not None and before.id in ids else 0
        self._draw()

    def _say(self, text: str) -> None:
        self.list.show([Line(neutral_line(text))])

    @property
    def _chosen(self) -> RunSummary | None:
        return self._found[self.list.cursor] if self.list.cursor < len(self._found) else None

    def _standing(self, run: str) -> str:
        queue = self._session.queue
        if run in queue.waiting:
            return f"queued {queue.waiting.index(run) + 1}"
        if run in self._session.going():
            return "running"
        return "refused" if run in queue.refused else ""

    def _draw(self) -> None:
        lines = [
            Line(run_line(run, self._here, y == self.list.cursor, self._standing(run.id)))
            for y, run in enumerate(self._found)
        ]
        self.list.show(lines or [Line("no run has that")])
        chosen = self._chosen
        wrong = self._wrong or (self._session.queue.refused.get(chosen.id, "") if chosen else "")
        self.list.border_subtitle = neutral_line(wrong).replace("[", "\\[")

    def action_move(self, step: int) -> None:
        """Another run."""
        self._wrong = ""
        self.list.move(step)
        self._draw()

    def action_choose(self) -> None:
        """This one."""
        if (chosen := self._chosen) is not None:
            self.dismiss(chosen.id)

    def action_queue(self) -> None:
        """Let it run when its turn comes."""
        self._change(self._session.queue.add)

    def action_unqueue(self) -> None:
        """Take it out of the queue."""
        self._change(self._session.queue.remove)

    def _change(self, change: Callable[[str], None]) -> None:
        if (chosen := self._chosen) is None:
            return
        try:
            change(chosen.id)
        except CoderTuiError as error:
            self._wrong = str(error)
        self._draw()

    def action_stop(self) -> None:
        """Stop it, where it is going."""
        if (chosen := self._chosen) is not None and chosen.id in self._session.going():
            self.run_worker(self._session.stop(chosen.id))

    def action_search(self) -> None:
        """To the line below."""
        self.input.focus()

    def action_back(self) -> None:
        """From the search to the list, from the list to the run."""
        if self.focused is self.input:
            self.list.focus()
        else:
            self.dismiss(None)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search, and choose from what is found."""
        event.stop()
        self.list.focus()
        self._text = event.value.strip()
        self._look()
