"""The field for tests: a path, or tests that are pasted and become a file beside the code."""

from __future__ import annotations

from pathlib import Path

from textual import events
from textual.message import Message
from textual.widgets import Input

from engine.errors import CoderTuiError, UsageError


class TestsInput(Input):
    """Takes a paste of several lines as the tests themselves; its value is then where they will be."""

    __test__ = False  # not a test, whatever it is called

    class Pasted(Message):
        """Tests are here and need a name."""

    def __init__(self, id: str) -> None:
        super().__init__(id=id, compact=True)
        self.pasted = ""

    def on_paste(self, event: events.Paste) -> None:
        """Several lines are tests, one line is a path."""
        if len(event.text.strip().splitlines()) < 2:
            return
        event.stop()
        event.prevent_default()
        self.pasted = event.text.replace("\r\n", "\n").replace("\r", "\n").strip("\n") + "\n"
        self.post_message(self.Pasted())

    def write(self) -> None:
        """Write what was pasted to the path that stands in the field; never over another file."""
        if not self.pasted:
            return
        path = Path(self.value.strip()).expanduser()
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(self.pasted)
        except FileExistsError:
            raise UsageError(f"{path} is there already", "name another file for the pasted tests") from None
        except OSError as error:
            raise CoderTuiError(f"{path} cannot be written: {error.strerror}") from None
        self.pasted = ""


def free_name(file: str) -> str:
    """A name for tests beside the code that no file has: test_NAME.py, test_NAME_2.py and so on."""
    code = Path(file or "solution.py").expanduser()
    names = (f"test_{code.stem}{f'_{n}' if n > 1 else ''}.py" for n in range(1, 1000))
    return str(next(path for name in names if not (path := code.parent / name).exists()))
