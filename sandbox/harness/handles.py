"""The worker's side of values that are not plain: objects stay here and travel as numbers."""

from __future__ import annotations

import collections
import functools
import types
from collections.abc import Callable, ItemsView, KeysView, ValuesView
from typing import Any

from sandbox.harness import named
from sandbox.harness.codec import MUTABLE, Entry
from sandbox.harness.decoder import Decoder
from sandbox.harness.describe import content_base, describe, reduced_base
from sandbox.harness.encoder import Encoder
from sandbox.harness.frames_of import frames_of, syntax_frame
from sandbox.harness.plain import TABLE, CodecError, need
from sandbox.harness.visitors import Visitors

_VIEWS = ((KeysView, "keys"), (ValuesView, "values"), (ItemsView, "items"))


class Handles:
    """Numbers for the candidate's objects, classes and exceptions."""

    def __init__(self, root: str, visitors: Visitors) -> None:
        self._root = root
        self._visitors = visitors
        self._objects: list[Any] = []
        self._numbers: dict[int, int] = {}
        self._described: set[int] = set()

    def number(self, value: Any) -> int:
        """The number of an object, which lives from now on until the process ends."""
        known = self._numbers.get(id(value))
        if known is None:
            known = self._numbers[id(value)] = len(self._objects)
            self._objects.append(value)
        return known

    def find(self, number: Any) -> Any:
        """The object of a number."""
        need(type(number) is int and 0 <= number < len(self._objects), "no such object")
        return self._objects[number]

    def write(self, value: Any, encoder: Encoder) -> Entry:
        """An entry for what is not plain."""
        kind = type(value)
        visitor = self._visitors.number_of(value)
        if visitor is not None:
            return ["cb", visitor, self._attached(value, encoder)]
        if issubclass(kind, type):
            return self._class(value, encoder)
        if issubclass(kind, BaseException):
            return self._exception(value, encoder)
        if isinstance(value, types.ModuleType) and named.module(value.__name__) is value:
            return ["m", value.__name__]
        view = next((name for base, name in _VIEWS if issubclass(kind, base)), None)
        if view is not None:
            return ["view", view, [encoder.value(item) for item in value]]
        base = content_base(kind)
        if base is not None:
            return self._hybrid(value, base, encoder)
        reduced = reduced_base(kind)
        if reduced is not None:
            tag, write, _ = TABLE[reduced]
            return [tag, *write(value)]
        tag = {types.GeneratorType: "g", types.CoroutineType: "co"}.get(kind, "h")
        return [tag, self.number(value), encoder.put(self._mirrored(kind, encoder))]

    def read(self, entry: Entry, decoder: Decoder) -> Any:
        """What the tester meant: an object of ours, a standard one by name, or one of its own."""
        if entry[0] == "h":
            return self.find(entry[1])
        if entry[0] == "n":
            module: Any = __import__(entry[1], fromlist=["_"])
            for part in entry[2].split("."):
                module = getattr(module, part)
            return module
        if entry[0] == "m":
            return __import__(entry[1], fromlist=["_"])
        if entry[0] == "nt":
            return _namedtuple(entry[1], tuple(entry[2]))(*decoder.items(entry[3]))
        return self._visitors.read(entry, decoder)

    def _attached(self, value: Any, encoder: Encoder) -> list[list[Any]]:
        """What the candidate has put on a function of the tests, as decorators do."""
        if type(value) is not types.FunctionType:
            return []
        return [[name, encoder.value(v)] for name, v in vars(value).items() if not name.startswith("_")]

    def _class(self, cls: type, encoder: Encoder) -> Entry:
        name = named.name_of(cls)
        if name is not None and named.safe_class(*name) is not None:
            return ["n", *name]
        return self._mirrored(cls, encoder)

    def _mirrored(self, cls: type, encoder: Encoder) -> Entry:
        number = self.number(cls)
        if number in self._described:
            return ["k", number, None, []]
        bases = [encoder.value(base) for base in cls.__bases__ if base is not object]
        encoder.undo.append(_discard(self._described, number))
        self._described.add(number)
        return ["k", number, describe(cls), bases]

    def _hybrid(self, value: Any, base: type, encoder: Encoder) -> Entry:
        number, cls = self.number(value), encoder.put(self._mirrored(type(value), encoder))
        if base in MUTABLE:
            known = encoder.known(value)
            return known or ["y", number, cls, encoder.fresh(value, base)]
        if base in (tuple, frozenset):
            tag = "t" if base is tuple else "z"
            return ["y", number, cls, [tag, [encoder.value(item) for item in base.__iter__(value)]]]
        tag, write, _ = TABLE[base]
        return ["y", number, cls, [tag, *write(value)]]

    def _exception(self, error: BaseException, encoder: Encoder) -> Entry:
        cls = encoder.value(type(error))
        try:
            text = str.__str__(str(error))[:20_000]
        except Exception:
            text = f"<{type(error).__name__} whose text fails>"
        try:
            args = encoder.value(_args(error))
        except CodecError:
            args = encoder.value((text,))
        spots = frames_of(error.__traceback__, self._root) + syntax_frame(error, self._root)
        cause = error.__cause__
        context = None if cause is not None or error.__suppress_context__ else error.__context__
        return [
            "x",
            self.number(error),
            cls,
            args,
            text,
            spots,
            None if cause is None else encoder.value(cause),
            _attributes(error, encoder),
            _perhaps(context, encoder),
            error.__suppress_context__,
            _notes(error),
        ]


def _args(error: BaseException) -> tuple[Any, ...]:
    if isinstance(error, OSError) and error.filename is not None and len(error.args) == 2:
        return (*error.args, error.filename)
    return tuple(error.args)


def _notes(error: BaseException) -> list[str]:
    notes = getattr(error, "__notes__", None)
    if type(notes) is not list:
        return []
    return [str.__str__(note)[:5_000] for note in notes[:20] if isinstance(note, str)]


def _perhaps(context: BaseException | None, encoder: Encoder) -> Any:
    """What was being handled, which is no reason not to tell of the error itself."""
    try:
        return None if context is None else encoder.value(context)
    except CodecError:
        return None


def _attributes(error: BaseException, encoder: Encoder) -> list[list[Any]]:
    """What a standard exception keeps in its own attributes, and any in those of a builtin one; what else
    the candidate's keep is asked for one by one."""
    plain = (str, int, float, bytes, bool, type(None))
    kept = {name: getattr(error, name, None) for name in named.slots(type(error))}
    if named.name_of(type(error)) is not None:
        kept |= vars(error)
    return [[name, encoder.value(v)] for name, v in kept.items() if type(v) in plain][:20]


@functools.cache
def _namedtuple(name: str, fields: tuple[str, ...]) -> Any:
    return collections.namedtuple(name, fields)


def _discard(numbers: set[int], number: int) -> Callable[[], None]:
    return lambda: numbers.discard(number)
