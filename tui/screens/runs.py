"""The runs of the journal: open one, or find those in which something occurs."""

from __future__ import annotations

import time
from collections.abc import Sequence
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


def run_line(run: RunSummary, here: str, chosen: bool) -> str:
    """One run: when, how it ended, how many attempts, by whom, which file."""
    when = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.started))
    mark = ">" if chosen else " "
    shown = "shown" if run.id == here else ""
    verdict = run.verdict or "not over"
    how = f"{verdict:<14} {run.attempts:>3} attempts  {run.provider:<8} {shown:<6}"
    return neutral_line(f"{mark}{when}  {how}{run.task:<20} {run.file}")


class Runs(ModalScreen[str | None], inherit_bindings=False):
    """Gives the id of the run to open, or None for Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("enter", "choose", show=False),
        Binding("slash", "search", show=False),
        Binding("q", "dismiss(None)", show=False),
        Binding("escape", "back", show=False, priority=True),
    ]

    def __init__(self, session: Session, here: str) -> None:
        super().__init__()
        self._session = session
        self._here = here
        self._found: Sequence[RunSummary] = ()
        self.list = LinesPane("Runs  Enter opens, / searches everything in them, Esc leaves", id="runs")
        self.input = Input(placeholder="words of a task, code, log, prompt; Enter searches", compact=True)
        self.input.cursor_blink = False

    def compose(self) -> ComposeResult:
        """The list over the line to search with."""
        yield self.list
        yield self.input

    async def on_mount(self) -> None:
        """The newest first."""
        self.list.focus()
        await self._look("")

    async def _look(self, text: str) -> None:
        try:
            self._found = await self._session.recent(text)
        except CoderTuiError as error:
            self.list.show([Line(neutral_line(str(error)))])
            return
        self.list.cursor = 0
        self._draw()

    def _draw(self) -> None:
        lines = [Line(run_line(r, self._here, y == self.list.cursor)) for y, r in enumerate(self._found)]
        self.list.show(lines or [Line("no run has that")])

    def action_move(self, step: int) -> None:
        """Another run."""
        self.list.move(step)
        self._draw()

    def action_choose(self) -> None:
        """This one."""
        if self._found:
            self.dismiss(self._found[self.list.cursor].id)

    def action_search(self) -> None:
        """To the line below."""
        self.input.focus()

    def action_back(self) -> None:
        """From the search to the list, from the list to the run."""
        if self.focused is self.input:
            self.list.focus()
        else:
            self.dismiss(None)

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Search, and choose from what is found."""
        event.stop()
        self.list.focus()
        await self._look(event.value.strip())
