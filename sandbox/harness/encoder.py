"""Values to the wire: see `codec` for the form."""

from __future__ import annotations

import base64
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

from sandbox.harness.cells import Cells
from sandbox.harness.codec import MUTABLE, Entry, Foreign, base_of
from sandbox.harness.plain import SAFE_INT, TABLE, need

_LIMIT: Any = vars(deque)["maxlen"]
_FACTORY: Any = vars(defaultdict)["default_factory"]
_DICTS: dict[type, str] = {dict: "d", Counter: "cn", OrderedDict: "od"}
MAX_DEPTH = 400
MAX_ITEMS = 4_000_000


class Encoder:
    """Writes the values of one message."""

    def __init__(self, foreign: Foreign, cells: Cells) -> None:
        self.pool: list[Entry] = []
        self._foreign = foreign
        self._cells = cells
        self._memo: dict[int, tuple[int, Any]] = {}  # the value is held so that its id stays its own
        self._open: set[int] = set()
        self._adopted: list[int] = []
        self.undo: list[Callable[[], object]] = []

    def abandon(self) -> None:
        """Forget what was promised: the message was not sent."""
        self._cells.forget(self._adopted)
        for step in reversed(self.undo):
            step()

    def value(self, value: Any) -> Any:
        """A value's form on the wire. Raises CodecError."""
        kind = type(value)
        if value is None or kind is bool or kind is str:
            return value
        if kind is int and -SAFE_INT < value < SAFE_INT:
            return value
        if kind is float and value - value == 0.0:
            return value
        return [self._entry(value, kind)]

    def put(self, entry: Entry) -> Any:
        """The wire form of an entry that was made elsewhere."""
        self.pool.append(entry)
        return [len(self.pool) - 1]

    def contents(self, container: Any) -> Any:
        """A known container's content under no number, for keeping the other side in step."""
        return self.put(self._container(container, base_of(type(container)), None))

    def settle(self) -> None:
        """Take what was sent for what the other side knows."""
        for number in self._adopted:
            self._cells.note(number)

    def _entry(self, value: Any, kind: type) -> int:
        key = id(value)
        if key in self._memo:
            return self._memo[key][0]
        need(key not in self._open, "a value that contains itself cannot leave its process")
        need(len(self._open) < MAX_DEPTH, "the value is nested too deeply")
        need(len(self.pool) < MAX_ITEMS, "the value is too large")
        self._open.add(key)
        try:
            entry = self._write(value, kind)
        finally:
            self._open.discard(key)
        self.pool.append(entry)
        self._memo[key] = (len(self.pool) - 1, value)
        return len(self.pool) - 1

    def _write(self, value: Any, kind: type) -> Entry:
        if kind in TABLE:
            tag, write, _ = TABLE[kind]
            return [tag, *write(value)]
        if kind is tuple or kind is frozenset:
            return ["t" if kind is tuple else "z", [self.value(item) for item in value]]
        if kind is slice:
            return ["sl", *(self.value(part) for part in (value.start, value.stop, value.step))]
        if kind in MUTABLE:
            return self.known(value) or self.fresh(value, kind)
        return self._foreign.write(value, self)

    def known(self, value: Any) -> Entry | None:
        """A mention of a container that the other side knows."""
        number = self._cells.number(value)
        return None if number is None else ["=", number]

    def fresh(self, value: Any, base: type) -> Entry:
        """An entry for a container that the other side does not know, read as its builtin `base`."""
        number = self._cells.adopt(value)
        if number is not None:
            self._adopted.append(number)
        return self._container(value, base, number)

    def _container(self, value: Any, base: type, number: int | None) -> Entry:
        put = self.value
        if base is bytearray:
            return ["B", base64.b64encode(value).decode(), number]
        if base is list:
            return ["l", [put(item) for item in list.__iter__(value)], number]
        if base is set:
            return ["s", [put(item) for item in set.__iter__(value)], number]
        if base is deque:
            return ["q", [put(item) for item in deque.__iter__(value)], number, _LIMIT.__get__(value)]
        items = OrderedDict.items(value) if base is OrderedDict else dict.items(value)
        pairs = [[put(key), put(item)] for key, item in items]
        if base is defaultdict:
            return ["dd", pairs, number, put(_FACTORY.__get__(value))]
        return [_DICTS[base], pairs, number]
