"""Constants: off by one, zero, one, sign; flags; short strings; literals seen elsewhere."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import pairwise

from engine.providers.search.code import Code
from engine.providers.search.mutation import Edit, Mutation

_IDLE = 0.5
_SHORT = 8
_SIGNS = ".,;:!?-_ |'/"
_BRACKETS = "()[]{}<>"


def expression(code: Code, node: ast.expr) -> Iterator[Mutation]:
    """Changes of one literal."""
    match node:
        case ast.Constant(value=bool(value)):
            yield code.put(node, str(not value), "flag", 0.9)
            yield code.put(node, "None", "flag", 0.1)
        case ast.Constant(value=int() | float()):
            yield from _number(code, node)
        case ast.Constant(value=str(value)):
            yield from _string(code, node, value)
        case ast.Constant(value=None):
            for text in ("0", "[]", "''", "False", "True", "-1", "{}", "float('inf')"):
                yield code.put(node, text, "none", 0.2)
        case ast.List(elts=[], ctx=ast.Load()) | ast.Dict(keys=[]):
            for text in ("[[]]", "[0]", "[1]", "set()", "{}", "None", "[None]", "''"):
                yield code.put(node, text, "empty", 0.2)
        case (
            ast.Tuple(elts=elements, ctx=ast.Load())
            | ast.List(elts=elements, ctx=ast.Load())
            | ast.Set(elts=elements)
        ) if 1 < len(elements) <= 12:
            yield from _elements(code, node, elements)


def _number(code: Code, node: ast.Constant) -> Iterator[Mutation]:
    value = node.value
    assert isinstance(value, int | float)
    steps = [(value + 1, 0.8), (value - 1, 0.8), (0, 0.6), (1, 0.6), (-value, 0.4), (2, 0.4), (-1, 0.25)]
    steps += [(value + 2, 0.2), (value - 2, 0.15), (value * 2, 0.2), (value * 10, 0.2), (value // 10, 0.15)]
    near: dict[int | float, float] = {}
    for other, prior in [*steps, (value // 2, 0.2), (10, 0.1)]:
        near[other] = max(prior, near.get(other, 0.0))
    for other, prior in near.items():
        if other != value or isinstance(value, float):
            idle = _IDLE if _does_nothing(code.parents.get(node), other) else 1.0
            yield code.put(node, repr(other), "constant", prior * idle)
    for other in _numbers(code) - near.keys() - {value}:
        yield code.put(node, repr(other), "constant-elsewhere", 0.3)
    for text in ("float('inf')", "-float('inf')", "None", "[]", "''"):
        yield code.put(node, text, "constant-kind", 0.12)
    yield from _from_tests(code, node)


def _does_nothing(parent: ast.AST | None, value: object) -> bool:
    """Whether an operand of this value could as well be left out, as in `x + 0`."""
    match parent:
        case ast.BinOp(op=ast.Add() | ast.Sub()):
            return value == 0
        case ast.BinOp(op=ast.Mult() | ast.Div() | ast.FloorDiv() | ast.Pow()):
            return value == 1
    return False


def _string(code: Code, node: ast.Constant, value: str) -> Iterator[Mutation]:
    if "\n" in value or len(value) > 60:
        return
    steps = [("", 0.7), (" ", 0.6), (value.lower(), 0.4), (value.upper(), 0.4), (value.strip(), 0.4)]
    steps += [(value[:-1], 0.4), (value[1:], 0.4), (value.replace(" ", ""), 0.3), (value[::-1], 0.3)]
    steps += [
        (f"{value} ", 0.2),
        (f" {value}", 0.2),
        *((text, 0.15) for text in ("0", "1", ",", "\n", ", ", "-", "_")),
    ]
    near: dict[str, float] = {}
    for other, prior in steps:
        near[other] = max(prior, near.get(other, 0.0))
    if len(value) > 1:
        near |= {value[:index] + value[index + 1 :]: 0.2 for index in range(len(value))}
    if len(value) == 1 and value in _BRACKETS:
        near |= dict.fromkeys(_BRACKETS, 0.5)
        near[_BRACKETS[_BRACKETS.index(value) ^ 1]] = 0.9
    near |= {text: 0.5 for text in code.hints.words if _alike(text, value)}
    if 0 < len(value) <= _SHORT:
        for place in range(len(value) + 1):
            for sign in _SIGNS:
                near.setdefault(value[:place] + sign + value[place:], 0.06)
    for other, prior in near.items():
        if other != value:
            yield code.put(node, _quoted(code.src(node), other), "string", prior)
    for other in _strings(code) - near.keys() - {value}:
        if len(other) <= 30 and "\n" not in other:
            yield code.put(node, _quoted(code.src(node), other), "string-elsewhere", 0.35)
    if value.strip() == "" and isinstance(code.parents.get(node), ast.Assign):
        for text in ("[]", "0", "{}", "None", "set()"):
            yield code.put(node, text, "constant-kind", 0.25)
    yield from _from_tests(code, node)


def _alike(one: str, two: str) -> bool:
    return one != two and len(two) > 2 and SequenceMatcher(None, one, two).ratio() > 0.7


def _from_tests(code: Code, node: ast.Constant) -> Iterator[Mutation]:
    for text in code.hints.expected:
        if len(text) <= 30 and type(ast.literal_eval(text)) is type(node.value):
            yield code.put(node, text, "literal-of-tests", 0.1, literal=True)


def _elements(code: Code, node: ast.expr, elements: list[ast.expr]) -> Iterator[Mutation]:
    for index, (one, two) in enumerate(pairwise(elements)):
        yield _exchange(code, one, two, "swap-elements", 0.2 if index > 2 or not _named(one) else 0.5)
    for one, two in pairwise(elements):
        yield _cut(code, one, code.span(one)[0], code.span(two)[0])
    yield _cut(code, elements[-1], code.span(elements[-2])[1], code.span(elements[-1])[1])


def _named(node: ast.expr) -> bool:
    return any(isinstance(part, ast.Name) for part in ast.walk(node))


def _cut(code: Code, node: ast.expr, start: int, end: int) -> Mutation:
    note = f"`{code.src(node)}` dropped on line {node.lineno}"
    return Mutation((Edit(start, end, ""),), "drop-element", 0.25 * code.weight(node), node.lineno, note)


def _exchange(code: Code, one: ast.expr, two: ast.expr, template: str, prior: float) -> Mutation:
    edits = (Edit(*code.span(one), code.src(two)), Edit(*code.span(two), code.src(one)))
    note = f"`{code.src(one)}` and `{code.src(two)}` swapped on line {one.lineno}"
    return Mutation(edits, template, prior * code.weight(one), one.lineno, note)


def _numbers(code: Code) -> set[int | float]:
    found = (n.value for n in code.expressions if isinstance(n, ast.Constant))
    return {value for value in found if isinstance(value, int | float) and not isinstance(value, bool)}


def _strings(code: Code) -> set[str]:
    return {n.value for n in code.expressions if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def _quoted(old: str, value: str) -> str:
    """`value` in the quotes that the file uses there."""
    text = repr(value)
    if old.startswith('"') and '"' not in value and "'" not in value:
        return f'"{text[1:-1]}"'
    return text
