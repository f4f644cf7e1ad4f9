"""What the tests hand to a candidate: functions to call, iterators, objects and classes of their own."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from typing import Any, Protocol

from sandbox.harness.codec import Entry
from sandbox.harness.decoder import Decoder
from sandbox.harness.plain import need

Ask = Callable[[dict[str, Any], dict[str, Any]], Any]


class Awaiter(Protocol):
    """How a coroutine of the tests is awaited from here."""

    def __call__(self, number: int) -> Any: ...


class Visitors:
    """Stand-ins for the tests' objects, one for each, in the candidate's process."""

    def __init__(self, ask: Ask, awaiter: Awaiter) -> None:
        self._ask = ask
        self._awaiter = awaiter
        self._standing: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._meta = _metaclass(self)

    def number_of(self, value: Any) -> int | None:
        """The tester's number of a stand-in."""
        return self._numbers.get(id(value))

    def read(self, entry: Entry, decoder: Decoder) -> Any:
        """The stand-in that an entry means."""
        number = decoder.number(entry[1])
        known = self._standing.get(number)
        if known is None:
            need(entry[2] is not None, "an unknown visitor")
            known = self._make(number, entry[2], decoder)
            self._standing[number] = known
            self._numbers[id(known)] = number
        return known

    def ask(
        self, number: int, op: str, name: str = "", args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Have the tester do one thing with its object."""
        return self._ask({"ask": op, "on": number, "name": name}, {"args": args, "kwargs": kwargs or {}})

    def _make(self, number: int, what: dict[str, Any], decoder: Decoder) -> Any:
        kind = what["kind"]
        if kind == "function":
            return _name(self._function(number, what), what)
        if kind == "awaitable":
            return _Awaitable(self._awaiter, number)
        if kind == "iterator":
            return _Iterator(self, number)
        if kind == "bare":
            return object()
        if kind == "class":
            bases = tuple(decoder.value(base) for base in what["bases"]) or (object,)
            body: dict[str, Any] = {name: _special(self, name) for name in what["specials"]}
            body |= {"__doc__": what["doc"], "__module__": "tests"}
            made: Any = type.__new__(self._meta, what["name"], bases, body)
            if not issubclass(made, BaseException):
                _open_up(made, self)
            return made
        cls: Any = decoder.value(what["class"])
        if kind == "exception":
            error = cls.__new__(cls, *decoder.value(what["args"]))
            error.args = decoder.value(what["args"])
            return error
        return object.__new__(cls)

    def _function(self, number: int, what: dict[str, Any]) -> Callable[..., Any]:
        if what["coroutine"]:

            async def awaited(*args: Any, **kwargs: Any) -> Any:
                return await self.ask(number, "call", "", args, kwargs)

            return awaited

        def called(*args: Any, **kwargs: Any) -> Any:
            return self.ask(number, "call", "", args, kwargs)

        simple = [name for name, kind, optional in what["params"] or () if kind == 1 and not optional]
        if simple and len(simple) == len(what["params"]):
            # A function that takes what the tests' own takes: candidates look at that when they curry.
            source = f"lambda {', '.join(simple)}: called({', '.join(simple)})"
            return eval(source, {"called": called})  # type: ignore[no-any-return]
        return called


class _Iterator:
    """An iterator or generator of the tests."""

    def __init__(self, visitors: Visitors, number: int) -> None:
        self._visitors, self._number = visitors, number

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return self._visitors.ask(self._number, "special", "__next__")

    def send(self, value: Any) -> Any:
        return self._visitors.ask(self._number, "method", "send", (value,))

    def close(self) -> None:
        self._visitors.ask(self._number, "method", "close")


class _Awaitable:
    """A coroutine of the tests, run by the tester's event loop."""

    def __init__(self, awaiter: Awaiter, number: int) -> None:
        self._awaiter, self._number = awaiter, number

    def __await__(self) -> Any:
        return self._awaiter(self._number).__await__()


def _name(function: Callable[..., Any], what: dict[str, Any]) -> Callable[..., Any]:
    function.__name__ = what["name"].rpartition(".")[2] or "function"
    function.__qualname__ = what["name"] or "function"
    function.__doc__ = what["doc"]
    function.__module__ = "tests"
    if what["params"] is not None:
        empty = inspect.Parameter.empty
        function.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [
                inspect.Parameter(name, inspect._ParameterKind(kind), default=None if optional else empty)
                for name, kind, optional in what["params"]
            ]
        )
    return function


def _special(visitors: Visitors, name: str) -> Callable[..., Any]:
    def special(self: Any, *args: Any, **kwargs: Any) -> Any:
        if name == "__call__":
            return visitors.ask(visitors._numbers[id(self)], "call", "", args, kwargs)
        return visitors.ask(visitors._numbers[id(self)], "special", name, args)

    return special


def _open_up(cls: type, visitors: Visitors) -> None:
    """Reading and setting public attributes of an instance goes to the tester."""

    def read(self: Any, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return visitors.ask(visitors._numbers[id(self)], "getattr", name)

    def write(self: Any, name: str, value: Any) -> None:
        visitors.ask(visitors._numbers[id(self)], "setattr", name, (value,))

    cls.__getattr__ = read  # type: ignore[attr-defined]
    cls.__setattr__ = write  # type: ignore[assignment]


def _metaclass(visitors: Visitors) -> type:
    class TestsClass(type):
        def __call__(cls, *args: Any, **kwargs: Any) -> Any:
            number = visitors.number_of(cls)
            if number is None:  # a subclass that the candidate made
                return super().__call__(*args, **kwargs)
            return visitors.ask(number, "call", "", args, kwargs)

        def __getattr__(cls, name: str) -> Any:
            number = visitors.number_of(cls)
            if number is None or name.startswith("_"):
                raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")
            return visitors.ask(number, "getattr", name)

    return TestsClass
