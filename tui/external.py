"""The user's own editor, on a temporary file, while the screen stands aside."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from engine.errors import CoderTuiError
from tui.neutral import neutral

if TYPE_CHECKING:
    from textual.app import App


def edit_outside(app: App[None], text: str) -> str:
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
            with app.suspend():
                status = subprocess.run([*command, str(path)], check=False).returncode
        except SuspendNotSupported:
            raise CoderTuiError("this terminal cannot be handed to an editor") from None
        except OSError as error:
            raise CoderTuiError(f"cannot start {name}: {error.strerror}", remedy) from None
        if status:
            raise CoderTuiError(f"{name} ended with status {status}: the text is as it was")
        edited = path.read_text(encoding="utf-8", errors="replace")
    return neutral(edited.removesuffix("\n") if not text.endswith("\n") else edited)
