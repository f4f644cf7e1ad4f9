"""A list to choose one line from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from tui.neutral import neutral_line
from tui.panes.line import Line
from tui.panes.lines import LinesPane


class Choose(ModalScreen[str | None], inherit_bindings=False):
    """Gives the chosen name, or None for Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("g,home", "move(-1000)", show=False),
        Binding("G,end", "move(1000)", show=False),
        Binding("enter", "choose", show=False),
        Binding("escape,q", "dismiss(None)", show=False),
    ]

    def __init__(self, question: str, names: Sequence[str], first: str = "") -> None:
        super().__init__()
        self.names = list(names)
        self.list = LinesPane(f"{question}  Enter chooses, Esc leaves", id="choose")
        self._first = self.names.index(first) if first in self.names else 0

    def compose(self) -> ComposeResult:
        """The list."""
        yield self.list

    def on_mount(self) -> None:
        """Start at the likely one."""
        self._draw()
        self.list.focus()
        self.action_move(self._first)

    def _draw(self) -> None:
        marks = [">" if y == self.list.cursor else " " for y in range(len(self.names))]
        self.list.show([Line(f" {m} {neutral_line(n)}") for m, n in zip(marks, self.names, strict=True)])

    def action_move(self, step: int) -> None:
        """Another line."""
        self.list.move(step)
        self._draw()

    def action_choose(self) -> None:
        """This one."""
        self.dismiss(self.names[self.list.cursor] if self.names else None)
