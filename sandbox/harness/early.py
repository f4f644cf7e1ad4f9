"""A standard stream whose first bytes are on their way at once, so that a sudden end does not lose them."""

from __future__ import annotations

import io
import sys

HEAD = 8 * 1024


class EarlyWriter(io.BufferedWriter):
    """Buffers only after the first `HEAD` bytes: a flood of small writes is not to cost a call each."""

    _early = HEAD

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        """Write as usual, at once while there is room in the head."""
        written = super().write(data)
        if self._early > 0:
            self._early -= written
            self.flush()
        return written


def install() -> None:
    """Give this process fresh standard streams over descriptors 1 and 2."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        raw = io.FileIO(descriptor, "w", closefd=False)
        stream = io.TextIOWrapper(
            EarlyWriter(raw), encoding="utf-8", errors="backslashreplace", write_through=True
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
