"""Which lines of one file each atom of a test ran."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any


class LineTracer:
    """Collects line numbers of `path` while it is entered; `cut` ends one atom's share."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._current: set[int] = set()
        self.shares: list[tuple[int, ...]] = []

    def __enter__(self) -> LineTracer:
        self.shares = []
        self._current.clear()
        sys.settrace(self._call)
        return self

    def __exit__(self, *_: object) -> None:
        sys.settrace(None)
        self.cut(len(self.shares))

    def cut(self, _atom: int) -> None:
        """What ran since the last cut belongs to the atom that ends now."""
        self.shares.append(tuple(sorted(self._current)))
        self._current.clear()

    def _call(self, frame: FrameType, _event: str, _arg: Any) -> Any:
        return self._line if frame.f_code.co_filename == self._path else None

    def _line(self, frame: FrameType, event: str, _arg: Any) -> Any:
        if event == "line":
            self._current.add(frame.f_lineno)
        return self._line
