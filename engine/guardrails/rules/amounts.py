"""Calls whose arguments ask for too much."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from engine.guardrails.constants import HUGE
from engine.guardrails.family import Call, CallCheck, Hit
from engine.guardrails.rules.loops import ENDLESS
from engine.guardrails.values import Ref, numbers, texts

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

_LONG_SECONDS = 5
_LONG_RANGE = 10**9
_EXPLOSIVE = re.compile(r"\((\?:)?(\\?.|\[[^\]]*\])[+*]\)[+*]|\((\?:)?(\w)\|\4\)[+*]")


def _sleep(call: Call) -> Iterable[Hit]:
    if any(seconds >= _LONG_SECONDS for seconds in numbers(call.argument(0, "secs") or ())):
        yield call.hit("G904")


def _wait(call: Call) -> Iterable[Hit]:
    if not call.arguments and not call.keywords:
        yield call.hit("G904")
    yield from _sleep(call)


def joined(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """`"".join(itertools.cycle(...))`: a method of text that reads to the end."""
    if not isinstance(node, ast.Call) or type(node.func) is not ast.Attribute or node.func.attr != "join":
        return ()
    return [
        Hit("G905", node, value.path)
        for argument in node.args
        for value in resolver.quiet(argument.func if isinstance(argument, ast.Call) else argument)
        if isinstance(value, Ref) and value.path.removesuffix("()") + "()" in ENDLESS
    ]


def _bytes(call: Call) -> Iterable[Hit]:
    if any(size >= HUGE for size in numbers(call.argument(0) or ())):
        yield call.hit("G903")


def _range(call: Call) -> Iterable[Hit]:
    bounds = [number for values in call.arguments[:2] for number in numbers(values)]
    if any(abs(number) >= _LONG_RANGE for number in bounds):
        yield call.hit("G903")


def _factorial(call: Call) -> Iterable[Hit]:
    if any(number >= 10**5 for number in numbers(call.argument(0) or ())):
        yield call.hit("G903")


def _power(call: Call) -> Iterable[Hit]:
    base, exponent = numbers(call.argument(0) or ()), numbers(call.argument(1) or ())
    if len(call.arguments) == 2 and any(abs(b) > 1 for b in base) and any(e > 10**6 for e in exponent):
        yield call.hit("G903")


def _array(call: Call) -> Iterable[Hit]:
    sizes = numbers(call.argument(0, "shape") or ())
    if any(size >= 100 * HUGE for size in sizes):
        yield call.hit("G903")


def _consume(call: Call) -> Iterable[Hit]:
    for values in call.arguments:
        for value in values:
            if isinstance(value, Ref) and value.path in ENDLESS:
                yield call.hit("G905", value.path)


def _pattern(call: Call) -> Iterable[Hit]:
    for text in texts(call.argument(0, "pattern") or ()):
        if len(text) < 1000 and _EXPLOSIVE.search(text):
            yield call.hit("G906", text)


_CONSUMERS = ["list", "tuple", "set", "frozenset", "sum", "max", "min", "sorted", "len", "dict"]
CALLS: Mapping[str, CallCheck] = {
    "threading.Event().wait": _wait, "time.sleep": _sleep, "asyncio.sleep": _sleep,
    "builtins.bytearray": _bytes, "builtins.bytes": _bytes,
    "builtins.range": _range, "math.factorial": _factorial, "builtins.pow": _power, "math.pow": _power,
    "collections.deque": _consume, **{f"builtins.{name}": _consume for name in _CONSUMERS},
    **{f"numpy.{name}": _array for name in ("zeros", "ones", "empty", "full", "arange")},
    **{f"re.{name}": _pattern for name in ("compile", "match", "search", "fullmatch", "findall", "sub",
        "finditer")},
}  # fmt: skip
