"""Mutable containers that both processes hold: numbered, compared with a snapshot, kept in step."""

from __future__ import annotations

import sys
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import chain
from operator import is_
from typing import Any

MOST = 4000

# Base types' own slots, so that a subclass's overrides change nothing here.
_CONTENT: list[tuple[type, Callable[[Any], list[Any]]]] = [
    (list, lambda c: list(list.__iter__(c))),
    (OrderedDict, lambda c: list(chain.from_iterable(OrderedDict.items(c)))),
    (dict, lambda c: list(chain.from_iterable(dict.items(c)))),
    (set, lambda c: sorted(set.__iter__(c), key=id)),
    (deque, lambda c: list(deque.__iter__(c))),
    (bytearray, lambda c: [bytes(memoryview(c))]),
]


def content(container: Any) -> list[Any]:
    """What a container holds, flat; two contents are compared by identity."""
    for base, read in _CONTENT:
        if issubclass(type(container), base):
            return read(container)
    raise TypeError(type(container).__name__)


def overwrite(container: Any, fresh: Any) -> bool:
    """Give `container` the content of `fresh`, in place; False where their kinds differ."""
    kind, new = type(container), type(fresh)
    if issubclass(kind, list) and new is list:
        list.__setitem__(container, slice(None), fresh)
    elif issubclass(kind, OrderedDict) and issubclass(new, dict):
        OrderedDict.clear(container)
        for key, value in fresh.items():
            OrderedDict.__setitem__(container, key, value)
    elif issubclass(kind, dict) and issubclass(new, dict):
        dict.clear(container)
        dict.update(container, fresh)
    elif issubclass(kind, set) and new is set:
        set.clear(container)
        set.update(container, fresh)
    elif issubclass(kind, deque) and new is deque:
        deque.clear(container)
        deque.extend(container, fresh)
    elif issubclass(kind, bytearray) and new is bytearray:
        bytearray.__setitem__(container, slice(None), fresh)
    else:
        return False
    return True


def _same(now: list[Any], before: list[Any]) -> bool:
    if len(now) != len(before) or not all(map(is_, now, before)):
        return len(now) == 1 == len(before) and type(now[0]) is bytes is type(before[0]) and now == before
    return True


@dataclass
class Cell:
    """One shared container; `mine` says that this process made it."""

    container: Any
    mine: bool
    seen: list[Any] = field(default_factory=list)


class Cells:
    """The shared containers of one process. `parity` keeps both sides' numbers apart."""

    def __init__(self, parity: int) -> None:
        self._next = parity
        self._table: dict[int, Cell] = {}
        self._numbers: dict[int, int] = {}

    def number(self, container: Any) -> int | None:
        """The number of a container that the other side knows."""
        return self._numbers.get(id(container))

    def adopt(self, container: Any) -> int | None:
        """A number for a container that is being sent; None once there are too many."""
        if len(self._table) >= MOST:
            return None
        self._next += 2
        self._put(self._next, Cell(container, True))
        return self._next

    def accept(self, number: int, container: Any) -> None:
        """Know a container that came under the other side's number."""
        if number % 2 == self._next % 2 or number in self._table or len(self._table) >= 2 * MOST:
            raise ValueError("a number that is not the sender's to give")
        self._put(number, Cell(container, False))

    def find(self, number: int) -> Any:
        """The container of a number. Raises KeyError."""
        return self._table[number].container

    def is_mine(self, number: int) -> bool:
        """Whether this process made it."""
        return self._table[number].mine

    def changed(self, among: Iterable[int] | None = None) -> list[tuple[int, Any]]:
        """The containers whose content is not what the other side knows."""
        numbers = list(self._table) if among is None else among
        cells = ((n, self._table[n]) for n in numbers if n in self._table)
        return [(n, cell.container) for n, cell in cells if not _same(content(cell.container), cell.seen)]

    def note(self, number: int) -> None:
        """Take the content of now for what both sides know."""
        cell = self._table[number]
        cell.seen = content(cell.container)

    def numbers_known(self) -> dict[int, Cell]:
        """The table itself, for asking whether a number is in it."""
        return self._table

    def numbers(self) -> list[int]:
        """Every number, oldest first."""
        return list(self._table)

    def forget(self, numbers: Iterable[int]) -> None:
        """Share these no longer; unknown numbers are passed over."""
        for number in numbers:
            cell = self._table.pop(number, None)
            if cell is not None:
                self._numbers.pop(id(cell.container), None)

    def unreferenced(self) -> list[int]:
        """The numbers of containers that only this table, or one of its containers, still holds."""
        if not self._table:
            return []
        inner: dict[int, int] = {}
        children: dict[int, list[int]] = {}
        for number, cell in self._table.items():
            for item in chain(content(cell.container), cell.seen):
                child = self._numbers.get(id(item))
                if child is not None:
                    inner[child] = inner.get(child, 0) + 1
                    children.setdefault(number, []).append(child)
        item = cell = None  # type: ignore[assignment]
        todo = [
            number
            for number, cell in self._table.items()
            if sys.getrefcount(cell.container) > 2 + inner.get(number, 0)
        ]
        kept = set(todo)
        while todo:
            fresh = set(children.get(todo.pop(), ())) - kept
            kept |= fresh
            todo += fresh
        return [number for number in self._table if number not in kept]

    def _put(self, number: int, cell: Cell) -> None:
        self._table[number] = cell
        self._numbers[id(cell.container)] = number
