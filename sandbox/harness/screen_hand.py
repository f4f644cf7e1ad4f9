"""One forked worker as its parent sees it: its pipe, and the page on which it notes where it is."""

from __future__ import annotations

import mmap
import os
import signal
import struct
import time
from dataclasses import dataclass, field

_PIECE = 1 << 16
_NUMBER = struct.Struct("q")
_SIGNS = 8  # where the signs of life are counted


class Page:
    """Memory that parent and child share: the variant in work, and signs of life."""

    def __init__(self, index: int) -> None:
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self._count = 0
        self.index = index

    @property
    def index(self) -> int:
        """The variant in work."""
        return int(_NUMBER.unpack_from(self._page)[0])

    @index.setter
    def index(self, index: int) -> None:
        _NUMBER.pack_into(self._page, 0, index)

    @property
    def signs(self) -> int:
        """How many signs of life there were."""
        return int(_NUMBER.unpack_from(self._page, _SIGNS)[0])

    def pulse(self) -> None:
        """A sign of life."""
        self._count += 1
        _NUMBER.pack_into(self._page, _SIGNS, self._count)

    def close(self) -> None:
        """Give the memory back."""
        self._page.close()


@dataclass
class Hand:
    """A worker at work on every `step`th variant; `next` is the first of which it has told nothing."""

    pid: int
    pipe: int
    page: Page
    step: int
    next: int
    _buffer: bytearray = field(default_factory=bytearray)
    _index: int = -1
    _signs: int = -1
    _since: float = 0.0
    _quiet_since: float = 0.0

    def read(self) -> tuple[list[bytes], bool]:
        """Whole lines that have come, and whether the worker is gone."""
        data = os.read(self.pipe, _PIECE)
        self._buffer += data
        *lines, rest = bytes(self._buffer).split(b"\n")
        self._buffer = bytearray(rest)
        return lines, not data

    def stalled(self, silent: float, whole: float) -> bool:
        """Whether it has been at one variant for `whole` seconds, or for `silent` ones without a sign."""
        index, signs, now = self.page.index, self.page.signs, time.monotonic()
        if index != self._index:
            self._index, self._since, self._quiet_since = index, now, now
        if signs != self._signs:
            self._signs, self._quiet_since = signs, now
        return now - self._since > whole or now - self._quiet_since > silent

    def end(self) -> None:
        """Kill, reap, close."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.pipe)
        self.page.close()
