"""Copying over SSH: the terminal's own escape (OSC 52), or tmux where it stands between."""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING

from engine.errors import CoderTuiError

if TYPE_CHECKING:
    from textual.app import App


async def send(app: App[str], text: str) -> None:
    """Send text to the clipboard; whether the terminal took it cannot be known. Raises CoderTuiError."""
    if "TMUX" not in os.environ:
        app.copy_to_clipboard(text)
        return
    try:
        tmux = await asyncio.create_subprocess_exec(
            *("tmux", "load-buffer", "-w", "-"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        await tmux.communicate(text.encode("utf-8", "replace"))
    except OSError:
        app.copy_to_clipboard(text)
        return
    if tmux.returncode:
        raise CoderTuiError("tmux did not take the text", "tmux 3.2 or newer is needed for copying")
