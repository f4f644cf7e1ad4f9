"""Whether any of many dicts changed, without touching what is in them.

To compare contents takes a count of every object, and so writes to memory all over, which each child would
have to copy. The interpreter numbers each dict anew when it changes; that number is read as it lies there.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterable
from typing import Any

_OFFSET = 24  # bytes, behind count, type and length: `ma_version_tag` of PEP 509, which 3.12 gave up


class Versions:
    """The numbers of `dicts`, or where there are none, what identifies their contents."""

    def __init__(self, dicts: Iterable[dict[Any, Any]]) -> None:
        self._dicts = list(dicts)  # alive, so that their places stay theirs
        self._cells = [ctypes.c_uint64.from_address(id(each) + _OFFSET) for each in self._dicts]

    def now(self) -> list[int]:
        """Numbers that are the same as before if nothing changed; they may differ even so."""
        if NUMBERED:
            return [cell.value for cell in self._cells]
        return [hash(tuple(map(id, (*each.keys(), *each.values())))) for each in self._dicts]


def _numbered() -> bool:
    if sys.implementation.name != "cpython" or sys.version_info >= (3, 12):
        return False
    probe: dict[str, int] = {}
    cell = ctypes.c_uint64.from_address(id(probe) + _OFFSET)
    seen = [cell.value]
    for action in (lambda: probe.update(a=1), lambda: probe.update(a=2), lambda: probe.pop("a")):
        action()
        seen.append(cell.value)
    return len(set(seen)) == len(seen)


NUMBERED = _numbered()
