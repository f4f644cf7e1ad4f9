"""A small event loop: callbacks on descriptors, one turn at a time. The supervisor must stay small."""

from __future__ import annotations

import os
import selectors
from collections.abc import Callable

Callback = Callable[[], object]


class Loop:
    """Descriptors and what to call when they can be read or written."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def on_readable(self, descriptor: int, callback: Callback) -> None:
        """Call `callback` whenever `descriptor`, which must not block, has something or is at its end."""
        self._selector.register(descriptor, selectors.EVENT_READ, callback)

    def write_all(self, descriptor: int, data: bytes, then_close: bool = False) -> None:
        """Write `data` as fast as the reader takes it; `descriptor` must not block."""
        rest = memoryview(data)

        def push() -> None:
            nonlocal rest
            try:
                rest = rest[os.write(descriptor, rest) :]
            except BlockingIOError:
                return
            except OSError:
                rest = rest[:0]  # the reader is gone; its exit tells the story
            if not rest:
                self.release(descriptor)
                if then_close:
                    os.close(descriptor)

        push()  # most requests fit into the pipe
        if rest:
            self._selector.register(descriptor, selectors.EVENT_WRITE, push)

    def release(self, descriptor: int) -> None:
        """Stop watching `descriptor`, if it is watched."""
        if descriptor in self._selector.get_map():
            self._selector.unregister(descriptor)

    def turn(self, timeout: float | None) -> None:
        """Wait up to `timeout` seconds for something to happen and handle it."""
        for key, _ in self._selector.select(timeout):
            if key.fd in self._selector.get_map():  # an earlier callback may have closed it
                key.data()
