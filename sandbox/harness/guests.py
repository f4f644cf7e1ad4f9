"""The tests' own objects that the worker touches: lent by number, asked through here."""

from __future__ import annotations

import asyncio
import builtins
import enum
import sys
import types
from collections.abc import Callable
from typing import Any

from sandbox.harness import named
from sandbox.harness.channel import Message
from sandbox.harness.codec import MUTABLE, Entry
from sandbox.harness.decoder import Decoder
from sandbox.harness.describe import content_base, reduced_base
from sandbox.harness.encoder import Encoder
from sandbox.harness.guest_kinds import (
    CHANGING,
    FUNCTIONS,
    HOLDERS,
    LENT,
    LIBRARY,
    check_access,
    describe_function,
    goes_along,
    identity,
    kind_of,
)
from sandbox.harness.plain import TABLE, CodecError, need
from sandbox.harness.session import Session
from sandbox.harness.specials import FORWARDED


class Guests:
    """The tests' objects that the worker knows, by number."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._objects: list[Any] = []
        self._kinds: list[str] = []
        self._numbers: dict[object, int] = {}
        self._tasks: dict[int, asyncio.Future[Any]] = {}

    def find(self, wire: Any) -> Any:
        """The object of a number. Raises CodecError."""
        need(type(wire) is int and 0 <= wire < len(self._objects), "no such object")
        return self._objects[wire]

    def returned(self, number: Any, attached: list[tuple[str, Any]]) -> Any:
        """The object of a number, with what the candidate put on it. Raises CodecError."""
        value = self.find(number)
        for name, what in attached:
            # What the tests keep there themselves may be what they judge by.
            if type(value) is types.FunctionType and name.isidentifier() and not hasattr(value, name):
                self._session.warn(f"argument-mutated: {value.__name__}.{name}"[:100])
                setattr(value, name, what)
        return value

    def write(self, value: Any, encoder: Encoder) -> Entry:
        """An entry that lends `value` to the worker. Raises CodecError, Unsealable."""
        known = self._numbers.get(identity(value))
        if known is not None:
            return ["cb", known, None]
        name = named.name_of(value) if isinstance(value, (type, *FUNCTIONS)) else None
        if name is not None:
            return ["n", *name]
        if isinstance(value, types.ModuleType) and value.__name__.partition(".")[0] in LIBRARY:
            return ["m", value.__name__]
        reduced = self._reduced(value, encoder)
        if reduced is not None:
            return reduced
        return self._lend(value, kind_of(value), encoder)

    def _lend(self, value: Any, kind: str, encoder: Encoder) -> Entry:
        known = self._numbers.get(identity(value))
        if known is not None:
            return ["cb", known, None]
        self._check(value, kind)
        # What a function lent to the candidate raises is for the candidate to see, not what a test raised.
        if kind == "exception" and value.__traceback__ and not self._session.translator.lenient:
            self._session.warn(f"failure-handed-over: {type(value).__name__}"[:100])
        number = len(self._objects)
        self._objects.append(value)
        self._kinds.append(kind)
        self._numbers[identity(value)] = number
        encoder.undo.append(lambda: self._numbers.pop(identity(value), None))
        return ["cb", number, self._describe(value, kind, encoder)]

    def _reduced(self, value: Any, encoder: Encoder) -> Entry | None:
        """Test-defined subclasses of builtins travel as what they hold."""
        kind = type(value)
        fields = getattr(kind, "_fields", None)
        if issubclass(kind, tuple) and type(fields) is tuple:
            return [
                "nt",
                kind.__name__,
                list(fields),
                [encoder.value(item) for item in tuple.__iter__(value)],
            ]
        if isinstance(value, enum.Enum):
            return None
        base = content_base(kind) or reduced_base(kind)
        if base is None or base is bool:
            return None
        if base in MUTABLE:
            return encoder.known(value) or encoder.fresh(value, base)
        if base in (tuple, frozenset):
            return ["t" if base is tuple else "z", [encoder.value(item) for item in base.__iter__(value)]]
        tag, write, _ = TABLE[base]
        return [tag, *write(value)]

    def _check(self, value: Any, kind: str) -> None:
        cls = value if kind == "class" else type(value)
        module = getattr(cls, "__module__", "") or ""
        root = str(module).partition(".")[0]
        if kind in ("function", "iterator", "awaitable", "exception", "bare"):
            return
        if root == "builtins" or (root in LIBRARY and root not in LENT):
            what = f"the tests hand over a {cls.__qualname__}"
            if self._session.translator.lenient:
                raise CodecError(f"{what}, which cannot leave its process")
            raise self._session.unsealable(what)

    def _describe(self, value: Any, kind: str, encoder: Encoder) -> dict[str, Any]:
        if kind == "function":
            return describe_function(value)
        if kind == "class":
            return self._class(value, encoder)
        if kind == "exception":
            args = tuple(
                arg if isinstance(arg, (str, int, float, bytes, type(None))) else str(arg)
                for arg in value.args
            )
            return {"kind": kind, "class": encoder.value(type(value)), "args": encoder.value(args)}
        if kind == "object":
            return {"kind": kind, "class": encoder.put(self._lend(type(value), "class", encoder))}
        return {"kind": kind}

    def _class(self, cls: type, encoder: Encoder) -> dict[str, Any]:
        bases = [base for base in cls.__bases__ if goes_along(base)]
        defined = {name: v for c in reversed(cls.__mro__) if c is not object for name, v in vars(c).items()}
        error = issubclass(cls, BaseException)
        if error and not bases:
            bases = [Exception]
        return {
            "kind": "class",
            "name": cls.__name__,
            "doc": cls.__doc__ if isinstance(cls.__doc__, str) else None,
            "bases": [encoder.value(base) for base in bases],
            "specials": [] if error else [name for name in FORWARDED if defined.get(name) is not None],
        }

    def perform(self, message: Message, decoder: Decoder) -> Any:
        """Do what the worker asks with one of the objects lent to it. Raises what that raises."""
        op, name = message.get("ask"), message.get("name", "")
        args, kwargs = decoder.value(message.get("args")), decoder.value(message.get("kwargs"))
        need(type(args) is tuple and type(name) is str, "arguments expected")
        need(
            kwargs is None or (type(kwargs) is dict and all(type(k) is str for k in kwargs)), "names expected"
        )
        if op == "input":
            return builtins.input(*args[:1])
        if op == "stdin":
            need(name in ("read", "readline") and all(type(arg) is int for arg in args), "no such reading")
            return getattr(sys.stdin, name)(*args)
        target = self.find(message.get("on"))
        kind = self._kinds[message["on"]]
        if op == "start":
            self._tasks[message["on"]] = asyncio.ensure_future(target)
            return None
        if op == "poll":
            task = self._tasks[message["on"]]
            return (True, task.result()) if task.done() else (False, None)
        return _ACTIONS[str(op)](self, target, kind, name, args, kwargs or {})

    def _call(self, target: Any, kind: str, name: str, args: Any, kwargs: Any) -> Any:
        return target(*args, **kwargs)

    def _getattr(self, target: Any, kind: str, name: str, args: Any, kwargs: Any) -> Any:
        check_access(target, kind, name)
        if name in CHANGING and isinstance(target, HOLDERS):
            self._session.warn(f"argument-mutated: {type(target).__name__}.{name}"[:100])
        return getattr(target, name)

    def _setattr(self, target: Any, kind: str, name: str, args: Any, kwargs: Any) -> Any:
        check_access(target, kind, name)
        self._session.warn(f"argument-mutated: {type(target).__name__}.{name}"[:100])
        setattr(target, name, args[0])

    def _special(self, target: Any, kind: str, name: str, args: Any, kwargs: Any) -> Any:
        need(name in FORWARDED and kind in ("object", "iterator"), "no such method")
        if name in CHANGING:
            self._session.warn(f"argument-mutated: {type(target).__name__}.{name}"[:100])
        return getattr(type(target), name)(target, *args)

    def _method(self, target: Any, kind: str, name: str, args: Any, kwargs: Any) -> Any:
        need(kind == "iterator" and name in ("send", "close"), "no such method")
        return getattr(target, name)(*args)


_ACTIONS: dict[str, Callable[[Guests, Any, str, str, Any, Any], Any]] = {
    "call": Guests._call,
    "getattr": Guests._getattr,
    "setattr": Guests._setattr,
    "special": Guests._special,
    "method": Guests._method,
}
