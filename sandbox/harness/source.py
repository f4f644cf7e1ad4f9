"""A pipe that is read piece by piece into a callback."""

from __future__ import annotations

import os
from collections.abc import Callable

from sandbox.harness.loop import Loop

_PIECE = 256 * 1024


class Source:
    """Hands every piece that arrives on `descriptor` to `take`; whose it is closes it."""

    def __init__(
        self, loop: Loop, descriptor: int, take: Callable[[bytes], None], watched: bool = True
    ) -> None:
        self.open = True
        self._loop, self._descriptor, self._take = loop, descriptor, take
        if watched:  # else somebody pulls
            loop.on_readable(descriptor, self.pull)

    def pull(self) -> bool:
        """Take one piece; whether there may be another now."""
        try:
            data = os.read(self._descriptor, _PIECE) if self.open else b""
        except BlockingIOError:
            return False
        if data:
            self._take(data)
        else:
            self.close()
        return self.open

    def catch_up(self, pieces: int) -> None:
        """Take what is there already, up to `pieces` pieces."""
        while pieces > 0 and self.pull():
            pieces -= 1

    def drain(self, pieces: int) -> None:
        """Take what is there already, up to `pieces` pieces, and no more: nobody waits for later writers."""
        self.catch_up(pieces)
        self.close()

    def close(self) -> None:
        """Read no more."""
        if self.open:
            self.open = False
            self._loop.release(self._descriptor)
