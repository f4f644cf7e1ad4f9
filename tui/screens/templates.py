"""The prompt templates: whose version each one is, and what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen

from engine.errors import CoderTuiError
from engine.prompt_scope import Scope
from tui.bridge import Prompts
from tui.neutral import neutral_line
from tui.panes.line import Kind, Line
from tui.panes.lines import LinesPane

WHOSE = {Scope.SHIPPED: "", Scope.USER: "yours", Scope.PROJECT: "this project's"}
ABOUT = "templates  Enter edits it for you, p for this project, d what differs, b back, Esc"
KINDS = {"+": Kind.ADD, "-": Kind.DELETE, "@": Kind.DIM}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A template to be edited, and for whom."""

    name: str
    scope: Scope


class Templates(ModalScreen[Chosen | None], inherit_bindings=False):
    """Gives what is to be edited, or None for Escape; diff and reset happen here."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("enter", "choose('user')", show=False),
        Binding("p", "choose('project')", show=False),
        Binding("d", "differ", show=False),
        Binding("b", "back", show=False),
        Binding("escape,q", "leave", show=False),
    ]

    def __init__(self, prompts: Prompts, first: str = "") -> None:
        super().__init__()
        self.prompts = prompts
        self.names = list(prompts.names())
        self.list = LinesPane(ABOUT, id="templates")
        self.reading = False
        self._at = self.names.index(first) if first in self.names else 0

    def compose(self) -> ComposeResult:
        """The list."""
        yield self.list

    def on_mount(self) -> None:
        """Start at the likely one."""
        self._draw()
        self.list.focus()

    def _draw(self) -> None:
        self.reading = False
        self.list.show([self._row(y, name) for y, name in enumerate(self.names)])
        self.list.move(self._at - self.list.cursor)

    def _row(self, y: int, name: str) -> Line:
        whose = WHOSE[self.prompts.scope(name)]
        return Line(f" {'>' if y == self._at else ' '} {neutral_line(name):<20} {whose}".rstrip())

    def action_move(self, step: int) -> None:
        """Another template; where a difference is shown, another line of it."""
        if self.reading:
            self.list.move(step)
            return
        self._at = min(max(0, self._at + step), len(self.names) - 1)
        self._draw()

    def action_choose(self, scope: str) -> None:
        """Edit this one."""
        if not self.reading:
            self.dismiss(Chosen(self.names[self._at], Scope(scope)))

    def action_differ(self) -> None:
        """Show where the version that is used differs from the shipped one."""
        try:
            changed = self.prompts.difference(self.names[self._at])
        except CoderTuiError as error:
            changed = [str(error)]
        rows = changed or [f"{self.names[self._at]} is the shipped one"]
        self.reading = True
        self.list.show([Line(neutral_line(row), KINDS.get(row[:1], Kind.TEXT)) for row in rows])

    def action_back(self) -> None:
        """Take one's own version away: what is below it is used again."""
        try:
            self.prompts.reset(self.names[self._at])
        except CoderTuiError as error:
            self.list.show([Line(neutral_line(str(error)), Kind.BAD)])
            self.reading = True
        else:
            self._draw()

    def action_leave(self) -> None:
        """From a difference to the list, from the list out."""
        if self.reading:
            self._draw()
        else:
            self.dismiss(None)
