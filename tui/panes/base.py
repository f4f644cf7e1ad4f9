"""A pane over the state: builds its lines anew only when what it shows has changed."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence

from tui.panes.line import Line
from tui.panes.lines import LinesPane
from tui.state import State


class Pane(LinesPane):
    """One of the five. `number` is its key, `name_` its title; `inputs` are compared by identity."""

    number = 0
    name_ = ""

    def __init__(self, *, wrapped: bool = False) -> None:
        super().__init__(f"{self.number} {self.name_}", wrapped=wrapped, id=f"pane-{self.number}")
        self.state = State()
        self._inputs: tuple[object, ...] = ()
        self._shown_attempt: str | None = None

    @abstractmethod
    def inputs(self, state: State) -> tuple[object, ...]:
        """What the lines depend on."""

    @abstractmethod
    def build(self, state: State) -> Sequence[Line]:
        """The lines for this state."""

    def start(self, state: State) -> int:
        """The part to start at when another attempt is shown."""
        return 0

    def tail(self, state: State) -> bool:
        """Whether the end is what matters now: text is streaming in and nobody is reading further up."""
        return False

    def update_state(self, state: State) -> None:
        """Show this state; another attempt is shown from its top, the same one where the reader was."""
        self.state = state
        inputs = self.inputs(state)
        if len(inputs) == len(self._inputs) and all(
            a is b for a, b in zip(inputs, self._inputs, strict=True)
        ):
            return
        self._inputs = inputs
        fresh = state.selected != self._shown_attempt
        self._shown_attempt = state.selected
        self.show(
            self.build(state),
            top=self.start(state) if fresh else None,
            tail=self.tail(state) and not self.has_focus,
        )
        self.retitle()

    def retitle(self) -> None:
        """Put counts and places into the title."""

    def moved(self) -> None:
        """Titles may tell where the cursor is."""
        self.retitle()
