"""A standard stream whose first bytes are on their way at once, so that a sudden end does not lose them."""

from __future__ import annotations

import io
import sys

HEAD = 8 * 1024


class EarlyWriter(io.BufferedWriter):
    """Buffers only after the first `HEAD` bytes: a flood of small writes is not to cost a call each."""

    early = HEAD

    def write(self, data: bytes | bytearray | memoryview) -> int:  # type: ignore[override]
        """Write as usual, at once while there is room in the head."""
        written = super().write(data)
        if self.early > 0:
            self.early -= written
            self.flush()
        return written


_installed: dict[str, tuple[io.TextIOWrapper, EarlyWriter]] = {}


def install() -> None:
    """Give this process fresh standard streams over descriptors 1 and 2."""
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        writer = EarlyWriter(io.FileIO(descriptor, "w", closefd=False))
        stream = io.TextIOWrapper(writer, encoding="utf-8", errors="backslashreplace", write_through=True)
        _installed[name] = stream, writer
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


def renew() -> None:
    """Give it streams as good as fresh: those it has, where they are still ours and open."""
    if any(
        getattr(sys, name) is not stream or getattr(sys, f"__{name}__") is not stream or stream.closed
        for name, (stream, _) in _installed.items()
    ):
        install()
    for _, writer in _installed.values():
        writer.early = HEAD
