"""Lines from the terminal's own line editing, without holding up what goes on beside it."""

from __future__ import annotations

import asyncio
import os
import sys


class LineInput:
    """Asks questions, one line each. What was typed ahead answers the questions to come."""

    def __init__(self) -> None:
        self._typed = b""
        self._ended = False

    async def ask(self, question: str) -> str | None:
        """The line that is typed after the question; None at the end of input (ctrl+d)."""
        sys.stdout.write(question)
        sys.stdout.flush()
        while b"\n" not in self._typed and not self._ended:
            await self._readable()
            piece = os.read(sys.stdin.fileno(), 1 << 16)
            self._typed += piece
            self._ended = not piece
        if not self._typed:
            self._ended = False  # of a terminal: it can be asked again
            sys.stdout.write("\n")
            return None
        line, _, self._typed = self._typed.partition(b"\n")
        return line.decode("utf-8", "replace").strip()

    async def _readable(self) -> None:
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(sys.stdin.fileno(), ready.set)
        try:
            await ready.wait()  # not in a thread: ctrl+c would have to wait for the line too
        finally:
            loop.remove_reader(sys.stdin.fileno())
