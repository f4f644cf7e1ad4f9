"""The user's own editor on a temporary file, in the terminal that this program has at the moment."""

from __future__ import annotations

import asyncio
import os
import shlex
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.errors import CoderTuiError
from tui.neutral import neutral

KEYBOARD = (signal.SIGINT, signal.SIGQUIT)


async def edit_text(text: str, aside: AbstractContextManager[object] | None = None) -> str:
    """The text as $VISUAL or $EDITOR (else vi) left it; `aside` gives the terminal to it meanwhile.

    Raises CoderTuiError; the text is then as it was.
    """
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
            with aside or nullcontext(), _keyboard_is_the_editors():
                editor = await asyncio.create_subprocess_exec(*command, str(path), preexec_fn=_usual_signals)
                status = await editor.wait()
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
