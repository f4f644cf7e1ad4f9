"""Values as tagged JSON: a flat pool, children before parents, so that nothing can nest or loop.

A value on the wire is null, true, false, a small number, a float, a text, or `[n]`: the n-th entry of
the message's pool. An entry is `[tag, ...]`. What is not plain data is left to the process's own
`Foreign`. Decoding believes nothing: every entry is checked, and a fault is a CodecError.
"""

from __future__ import annotations

import base64
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any, Protocol

from sandbox.harness.cells import Cells
from sandbox.harness.plain import READERS, SAFE_INT, TABLE, CodecError, need

Entry = list[Any]
MUTABLE = (list, dict, set, deque, defaultdict, Counter, OrderedDict, bytearray)
_LIMIT: Any = vars(deque)["maxlen"]
_FACTORY: Any = vars(defaultdict)["default_factory"]
_DICTS: dict[type, str] = {dict: "d", Counter: "cn", OrderedDict: "od"}
MAX_DEPTH = 400
MAX_ITEMS = 4_000_000


class Foreign(Protocol):
    """What a process does with values that are not plain."""

    def write(self, value: Any, encoder: Encoder) -> Entry: ...

    def read(self, entry: Entry, decoder: Decoder) -> Any: ...


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


def base_of(kind: type) -> type:
    """The builtin container that `kind` is or comes from."""
    return next(base for base in type.mro(kind) if base in MUTABLE)


class Decoder:
    """Reads the values of one message. Every method raises CodecError on anything malformed."""

    def __init__(self, pool: Any, foreign: Foreign, cells: Cells) -> None:
        need(type(pool) is list, "the pool is not a list")
        self._foreign = foreign
        self._cells = cells
        self.new: list[int] = []
        self._values: list[Any] = []
        for entry in pool:
            need(type(entry) is list and entry and type(entry[0]) is str, "not an entry")
            try:
                self._values.append(self._read(entry))
            except CodecError:
                raise
            except (ValueError, TypeError, KeyError, IndexError, ArithmeticError, OSError) as error:
                raise CodecError(f"{entry[0]!r} entry: {type(error).__name__}") from None

    def value(self, wire: Any) -> Any:
        """The value of a wire form."""
        kind = type(wire)
        if wire is None or kind in (bool, str, int, float):
            return wire
        need(kind is list and len(wire) == 1 and type(wire[0]) is int, "not a value")
        need(0 <= wire[0] < len(self._values), "a value that is not there yet")
        return self._values[wire[0]]

    def settle(self) -> None:
        """Take what was received for what both sides know."""
        for number in self.new:
            self._cells.note(number)

    def number(self, wire: Any) -> int:
        """A whole number that is not negative."""
        need(type(wire) is int and 0 <= wire < SAFE_INT, "not a number")
        return int(wire)

    def text(self, wire: Any, cap: int = 10_000) -> str:
        """A text of at most `cap` characters."""
        need(type(wire) is str and len(wire) <= cap, "not a text")
        return str(wire)

    def named(self, wire: Any) -> list[tuple[str, Any]]:
        """Values under names."""
        need(type(wire) is list and all(type(p) is list and len(p) == 2 for p in wire), "not pairs")
        return [(self.text(name), self.value(value)) for name, value in wire]

    def items(self, wire: Any) -> list[Any]:
        """A list of values."""
        need(type(wire) is list, "not a list")
        return [self.value(item) for item in wire]

    def _read(self, entry: Entry) -> Any:
        tag = entry[0]
        if tag in READERS:
            return READERS[tag](entry[1:])
        if tag == "=":
            return self._cells.find(self.number(entry[1]))
        if tag == "t":
            return tuple(self.items(entry[1]))
        if tag == "z":
            return frozenset(self.items(entry[1]))
        if tag == "sl":
            return slice(*self.items(entry[1:4]))
        if tag not in _MAKERS:
            return self._foreign.read(entry, self)
        made = _MAKERS[tag](self, entry)
        self.share(entry[2], made)
        return made

    def plain(self, entry: Any) -> Any:
        """What an entry inside another means."""
        need(type(entry) is list and entry and type(entry[0]) is str, "not an entry")
        return self._read(entry)

    def share(self, number: Any, container: Any) -> None:
        """Know a container under the number it came with, if any."""
        if number is not None:
            self._cells.accept(self.number(number), container)
            self.new.append(number)

    def pairs(self, wire: Any) -> list[tuple[Any, Any]]:
        """Key and value pairs."""
        need(type(wire) is list and all(type(p) is list and len(p) == 2 for p in wire), "not pairs")
        return [(self.value(key), self.value(item)) for key, item in wire]


def _deque(decoder: Decoder, entry: Entry) -> deque[Any]:
    limit = entry[3]
    return deque(decoder.items(entry[1]), None if limit is None else decoder.number(limit))


def _defaultdict(decoder: Decoder, entry: Entry) -> defaultdict[Any, Any]:
    return defaultdict(decoder.value(entry[3]), decoder.pairs(entry[1]))


def _counter(decoder: Decoder, entry: Entry) -> Counter[Any]:
    return Counter(dict(decoder.pairs(entry[1])))


_MAKERS: dict[str, Callable[[Decoder, Entry], Any]] = {
    "B": lambda d, e: bytearray(base64.b64decode(d.text(e[1], 1 << 30), validate=True)),
    "l": lambda d, e: d.items(e[1]),
    "s": lambda d, e: set(d.items(e[1])),
    "q": _deque,
    "d": lambda d, e: dict(d.pairs(e[1])),
    "dd": _defaultdict,
    "cn": _counter,
    "od": lambda d, e: OrderedDict(d.pairs(e[1])),
}
