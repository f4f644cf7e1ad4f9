"""A byte buffer that keeps the head and the tail of what is poured into it."""

from __future__ import annotations

HANDED_OVER = b"\0"
ASIDE = 16 * 1024


class HeadAndTail:
    """At most `cap` bytes: the first half of them and the last half; `total` counts everything."""

    def __init__(self, cap: int) -> None:
        self.total = 0
        self._half = max(cap // 2, 1)
        self._head = bytearray()
        self._tail = bytearray()

    def add(self, data: bytes) -> None:
        """Pour in."""
        self.total += len(data)
        room = self._half - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > 2 * self._half:
            del self._tail[: -self._half]

    def text(self) -> str:
        """What was kept, as text; a line in the middle says how much was cut."""
        tail = self._tail[-self._half :]
        cut = self.total - len(self._head) - len(tail)
        middle = f"\n[... {cut} bytes cut ...]\n".encode() if cut else b""
        return (bytes(self._head) + middle + bytes(tail)).decode("utf-8", "backslashreplace")


class Aside:
    """What a worker printed since it last handed its output over; a zero byte says that it did."""

    def __init__(self) -> None:
        self._kept = bytearray()

    def add(self, data: bytes) -> None:
        """Take what was printed, or handed over."""
        _, handed_over, rest = data.rpartition(HANDED_OVER)
        if handed_over:
            self._kept.clear()
        self._kept += rest[: ASIDE - len(self._kept)]

    def left(self) -> bytes:
        """What was never handed over."""
        return bytes(self._kept)
