"""Which lines of one file each atom of a test ran, and what kinds of values its names held."""

from __future__ import annotations

import sys
from collections import Counter
from types import CodeType, FrameType
from typing import Any

_LOOKS = 40  # at the names of one function
_PARTS = 5


class LineTracer:
    """Collects line numbers of `path` while it is entered; `cut` ends one atom's share.

    `kinds` maps "function name" to the name of the type that the name held as the function ended: of
    containers with that of their elements ("list int"), "" where it was not always the same.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._current: set[int] = set()
        self._looks: Counter[CodeType] = Counter()
        self.shares: list[tuple[int, ...]] = []
        self.kinds: dict[str, str] = {}

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
        elif event == "return" and self._looks[frame.f_code] < _LOOKS:
            self._looks[frame.f_code] += 1
            self._look(frame)
        return self._line

    def _look(self, frame: FrameType) -> None:
        function = frame.f_code.co_qualname.split(".<locals>")[0].rpartition(".")[2]
        for name, value in frame.f_locals.items():
            if value is None or not name.isidentifier():
                continue
            key, kind = f"{function} {name}", _kind(value)
            self.kinds[key] = kind if self.kinds.get(key, kind) == kind else _both(kind, self.kinds[key])


def _kind(value: object) -> str:
    kind = type(value).__name__
    if type(value) in (list, tuple, set, frozenset):
        return " ".join([kind, *_same([type(part).__name__ for part in list(value)[:_PARTS]])])  # type: ignore[call-overload]
    if type(value) is dict:
        first = list(value.items())[:_PARTS]
        keys, values = (_same([type(pair[place]).__name__ for pair in first]) for place in (0, 1))
        return " ".join([kind, *(keys + values if keys and values else [])])
    return kind


def _same(kinds: list[str]) -> list[str]:
    return kinds[:1] if len(set(kinds)) == 1 else []


def _both(one: str, two: str) -> str:
    """What two sightings have in common: an empty list tells less than a full one."""
    if one.split()[0] == two.split()[0]:
        longer = max(one, two, key=len)
        return longer if min(one, two, key=len) == one.split()[0] else one.split()[0]
    return "float" if {one, two} == {"int", "float"} else ""
