"""The evaluations made here: a list with what each solved, and one of them with all its figures."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from engine.errors import CoderTuiError
from engine.evaluation.trends import Trend, recall
from tui.panes.line import Line
from tui.panes.lines import LinesPane
from tui.screens.evaluation_lines import list_lines, page_lines

MOST = 200
LIST = "Evaluations  Enter shows one, j k move, Esc leaves"
PAGE = "Evaluation  ] [ section, j k move, Esc back to the list"


class Evaluations(ModalScreen[None], inherit_bindings=False):
    """Reads the list below `state` and, for one that is opened, its folder; changes nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("right_square_bracket", "part(1)", show=False),
        Binding("left_square_bracket", "part(-1)", show=False),
        Binding("enter", "open", show=False),
        Binding("q", "dismiss(None)", show=False),
        Binding("escape", "back", show=False, priority=True),
    ]

    def __init__(self, state: Path) -> None:
        super().__init__()
        self._state = state
        self._found: Sequence[Trend] = ()
        self._place = 0  # in the list, while one of them is open
        self._open = False
        self.list = LinesPane(LIST, id="evaluations")

    def compose(self) -> ComposeResult:
        """One pane."""
        yield self.list

    async def on_mount(self) -> None:
        """The newest first."""
        self.list.focus()
        try:
            self._found = (await asyncio.to_thread(recall, self._state, "", MOST))[::-1]
        except CoderTuiError as error:
            self.list.show([Line(str(error))])
            return
        self._show_list()

    def _show_list(self) -> None:
        self._open = False
        self.list.entitle(LIST)
        self.list.show(list_lines(self._found), top=0)
        self.list.go_to(self._place)

    def action_move(self, step: int) -> None:
        """A line on."""
        self.list.move(step)

    def action_page(self, step: int) -> None:
        """A page on."""
        self.list.page(step)

    def action_part(self, step: int) -> None:
        """A section on."""
        self.list.part(step)

    async def action_open(self) -> None:
        """The figures of the one at the cursor."""
        if self._open or self.list.cursor >= len(self._found):
            return
        self._open, self._place = True, self.list.cursor
        lines = await asyncio.to_thread(page_lines, self._found[self._place])
        if self._open:
            self.list.entitle(PAGE)
            self.list.show(lines, top=0)

    def action_back(self) -> None:
        """To the list, from there to the run."""
        if self._open:
            self._show_list()
        else:
            self.dismiss(None)
