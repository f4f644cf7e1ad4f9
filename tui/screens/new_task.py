"""A new task inside the screen: what is wanted, the code, its tests."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from engine.errors import CoderTuiError
from engine.model import Task
from sandbox.contract import Limits
from tui.bridge import Session
from tui.neutral import neutral_line
from tui.panes.tests_input import TestsInput, free_name

FIELDS = (
    ("file", "Python file to repair, or to write"),
    ("tests", "test file or folder; or paste the tests here"),
    ("function", "function (may be empty)"),
    ("describe", "what it should do (may be empty for a repair)"),
)


def make_task(limits: Limits, file: str, tests: str, function: str, describe: str) -> Task:
    """The task that the form describes: a repair where the file is there. Raises CoderTuiError."""
    from engine.task_files import load_task, new_task

    path, test_path = Path(file).expanduser(), Path(tests).expanduser()
    if path.exists():
        return load_task(path, test_path, function, describe, limits)
    return new_task(describe, test_path, path, function, limits)


class NewTask(ModalScreen[tuple[str, bool] | None], inherit_bindings=False):
    """Gives the id of a run that is ready to begin, and whether to queue it; None for Escape."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss(None)", show=False, priority=True),
        Binding("tab,down", "app.focus_next", show=False),
        Binding("shift+tab,up", "app.focus_previous", show=False),
        Binding("f5", "make", show=False, priority=True),
        Binding("f6", "make(True)", show=False, priority=True),
    ]

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        """A line a field."""
        form = Vertical(id="form")
        form.border_title = "New task  Tab next, F5 makes it, F6 queues it, Esc leaves"
        with form:
            for name, label in FIELDS:
                yield Static(f" {label}", markup=False)
                field = TestsInput(name) if name == "tests" else Input(id=name, compact=True)
                field.cursor_blink = False
                yield field
            yield Static("", id="wrong", markup=False)

    def on_mount(self) -> None:
        """Begin with the file."""
        self.query_one("#file", Input).focus()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter goes on; at the end it makes the task."""
        event.stop()
        if event.input.id == FIELDS[-1][0]:
            await self.action_make()
        else:
            self.focus_next()

    def on_tests_input_pasted(self) -> None:
        """Give pasted tests a name, which can be changed, and say so."""
        field = self.query_one(TestsInput)
        field.value = free_name(self.query_one("#file", Input).value.strip())
        field.cursor_position = len(field.value)
        lines = field.pasted.count("\n")
        self.query_one("#wrong", Static).update(f"{lines} lines of tests: F5 writes them to this file")

    async def action_make(self, queued: bool = False) -> None:
        """Make the task and a run of it, or say what is wrong."""
        values = [self.query_one(f"#{name}", Input).value.strip() for name, _ in FIELDS]
        try:
            if not values[0] or not values[1]:
                raise CoderTuiError("a file and its tests are needed")
            await asyncio.to_thread(self.query_one(TestsInput).write)
            limits = self._session.config.limits.to_limits()
            task = await asyncio.to_thread(make_task, limits, *values)
            run = await self._session.prepare(task)
        except CoderTuiError as error:
            self.query_one("#wrong", Static).update(neutral_line(str(error)))
        else:
            self.dismiss((run, queued))
