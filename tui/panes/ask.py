"""A question in the bottom line: a yes or no, or a line of text."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

Answer = str | None


class Ask(Horizontal):
    """The question and its answer: the text, or None when it was left."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "answer(False)", show=False, priority=True)]

    class Answered(Message):
        """What was answered; None is "no" or Escape."""

        def __init__(self, answer: Answer) -> None:
            super().__init__()
            self.answer = answer

    def __init__(self, question: str) -> None:
        super().__init__(id="ask")
        self.question = question

    def action_answer(self, yes: bool) -> None:
        """Answer yes or no."""
        self.post_message(self.Answered("yes" if yes else None))


class AskText(Ask):
    """Asks for a line of text; Enter gives it, Escape leaves."""

    def __init__(self, question: str, value: str = "") -> None:
        super().__init__(question)
        self._value = value

    def compose(self) -> ComposeResult:
        """The question and the input."""
        yield Static(f" {self.question} ", markup=False)
        field = Input(self._value, compact=True)
        field.cursor_blink = False
        yield field

    def on_mount(self) -> None:
        """The input has the keys at once."""
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter."""
        event.stop()
        self.post_message(self.Answered(event.value))


class AskYes(Ask, can_focus=True):
    """Asks yes or no; only `y` is yes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,Y", "answer(True)", show=False),
        Binding("n,N,q,enter", "answer(False)", show=False),
    ]

    def compose(self) -> ComposeResult:
        """The question and the two keys."""
        yield Static(f" {self.question}  y yes  n no", markup=False)

    def on_mount(self) -> None:
        """It has the keys at once."""
        self.focus()
