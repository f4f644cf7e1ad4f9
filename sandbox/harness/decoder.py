"""Values from the wire, believing nothing of it: see `codec` for the form."""

from __future__ import annotations

import base64
from collections import Counter, OrderedDict, defaultdict, deque
from collections.abc import Callable
from typing import Any

from sandbox.harness.cells import Cells
from sandbox.harness.codec import Entry, Foreign
from sandbox.harness.plain import READERS, SAFE_INT, CodecError, need


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
