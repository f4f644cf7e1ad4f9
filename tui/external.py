"""The user's own editor, on a temporary file, while the screen stands aside and the run goes on."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from engine.errors import CoderTuiError
from tui.neutral import neutral

if TYPE_CHECKING:
    from textual.app import App

KEYBOARD = (signal.SIGINT, signal.SIGQUIT)


async def edit_outside(app: App[str], text: str) -> str:
    """The text as $VISUAL or $EDITOR (else vi) left it. Raises CoderTuiError; the text is then as it was."""
    name = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    remedy = "set $VISUAL or $EDITOR to an editor that is there"
    try:
        command = shlex.split(name)
    except ValueError:
        raise CoderTuiError(f"{name!r} is not a command", remedy) from None
    with TemporaryDirectory(prefix="coder-tui-") as folder:
        path = Path(folder) / "prompt.md"
        path.write_text(text, encoding="utf-8", errors="replace")
        try:
            with app.suspend(), app.batch_update(), _keyboard_is_the_editors():
                editor = await asyncio.create_subprocess_exec(*command, str(path), preexec_fn=_usual_signals)
                status = await editor.wait()
        except SuspendNotSupported:
            raise CoderTuiError("this terminal cannot be handed to an editor") from None
        except OSError as error:
            raise CoderTuiError(f"cannot start {name}: {error.strerror}", remedy) from None
        if status:
            raise CoderTuiError(f"{name} ended with status {status}: the text is as it was")
        edited = path.read_text(encoding="utf-8", errors="replace")
    return neutral(edited if text.endswith("\n") else edited.removesuffix("\n"))


@contextmanager
def _keyboard_is_the_editors() -> Iterator[None]:
    """Ctrl+c in the editor goes to every process of the terminal; it must not end the run here."""
    former = {number: signal.signal(number, signal.SIG_IGN) for number in KEYBOARD}
    try:
        yield
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)


def _usual_signals() -> None:
    for number in KEYBOARD:  # what is ignored would stay ignored in the editor
        signal.signal(number, signal.SIG_DFL)
