"""Guards: a base case at the head of a function, an early exit in a loop, a return that is missing."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.providers.search.code import Code, docstring
from engine.providers.search.kinds import kind_of
from engine.providers.search.mutation import Mutation
from engine.providers.search.scopes import Function
from engine.providers.search.templates.conditions import pool

_COMMON = ("None", "True", "False", "0", "1", "-1", "[]", "''", "{}", "[[]]")


def statement(code: Code, node: ast.stmt) -> Iterator[Mutation]:
    """Guards before a statement that begins a function or a loop body; a return after one that ends it."""
    parent = code.parents[node]
    if isinstance(parent, Function):
        body = [part for part in parent.body if not docstring(part)]
        if node is body[0]:
            yield from _base_cases(code, parent, node)
        if node is body[-1] and not isinstance(node, ast.Return):
            for name in code.scope(node):
                yield from code.insert(node, f"return {name}", "missing-return", 0.35, after=True)
            for value in dict.fromkeys((*_beside_returned(parent), *code.hints.sentinels, *_COMMON)):
                yield from code.insert(node, f"return {value}", "missing-return", 0.3, after=True)
    if isinstance(parent, ast.For | ast.While) and node is parent.body[0]:
        for test in list(pool(code, node))[:40]:
            yield from code.insert(node, f"if {test}:\n    continue", "skip", 0.12)
            yield from code.insert(node, f"if {test}:\n    break", "leave", 0.1)
    if isinstance(parent, ast.For | ast.While | Function) and not isinstance(node, ast.Return):
        for test in list(pool(code, node))[:25]:
            for value in ("False", "True"):
                yield from code.insert(node, f"if {test}:\n    return {value}", "early-return", 0.06)


def _beside_returned(function: Function) -> Iterator[str]:
    """What goes with the constants that a function returns: 1 with 0, "1" with "0", True with False."""
    for node in ast.walk(function):
        match node:
            case ast.Return(value=ast.Constant(value=bool(value))):
                yield repr(not value)
            case ast.Return(value=ast.Constant(value=int(value))):
                yield from (repr(value + 1), repr(value - 1), repr(-value))
            case ast.Return(value=ast.Constant(value=str(value))) if value.isdigit():
                yield from (repr(str(int(value) + 1)), repr(str(abs(int(value) - 1))))
            case ast.Return(value=ast.Constant(value=str(value))) if value:
                yield from (repr(value.swapcase()), repr("No" + value), repr("Not " + value))


def _base_cases(code: Code, function: Function, first: ast.stmt) -> Iterator[Mutation]:
    args = [arg.arg for arg in function.args.args if arg.arg not in {"self", "cls"}]
    values = {**dict.fromkeys(args, 0.25), **dict.fromkeys(_COMMON, 0.25)}
    literals = {text: 0.2 for text in code.hints.sentinels if text not in values and len(text) <= 20}
    for arg in args:
        kind = kind_of(code, arg, first)
        for test, weight in _tests(arg, kind):
            for value, prior in {**values, **literals}.items():
                text = f"if {test}:\n    return {value}"
                given = value in literals
                seen = 1.3 if value in code.hints.expected else 1.0
                yield from code.insert(first, text, "base-case", prior * weight * seen, literal=given)


def _tests(name: str, kind: str) -> list[tuple[str, float]]:
    sized = [
        (f"not {name}", 1.2),
        (f"len({name}) < 2", 0.7),
        (f"len({name}) == 1", 0.5),
        (f"{name} is None", 0.6),
    ]
    number = [
        (f"{name} == 0", 0.9),
        (f"{name} < 0", 0.9),
        (f"{name} <= 0", 0.9),
        (f"{name} < 2", 0.9),
        (f"{name} == 1", 0.6),
    ]
    if kind in {"int", "float"}:
        return number
    if kind in {"list", "str", "set", "dict"}:
        return sized
    return sized + number
