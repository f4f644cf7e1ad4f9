"""Conditions: negated, widened, narrowed, replaced; a statement put under one; branches exchanged."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.providers.search.code import Code
from engine.providers.search.kinds import kind_of
from engine.providers.search.mutation import Edit, Mutation

_POOL = 90


def expression(code: Code, node: ast.expr) -> Iterator[Mutation]:
    """Changes of one condition, and of the filters of a comprehension."""
    parent = code.parents.get(node)
    if isinstance(parent, ast.If | ast.While | ast.IfExp) and parent.test is node:
        yield from _condition(code, node)
    if isinstance(parent, ast.comprehension) and node in parent.ifs:
        yield from _condition(code, node)
        start = code.text.rfind("if", 0, code.span(node)[0])
        edit = Edit(start, code.span(node)[1], "")
        yield Mutation(
            (edit,),
            "drop-filter",
            0.4 * code.weight(node),
            node.lineno,
            f"filter dropped on line {node.lineno}",
        )
    if isinstance(parent, ast.comprehension) and node is parent.iter and not parent.ifs:
        for test in list(pool(code, parent.target))[:_POOL]:
            yield code.put(node, f"{code.src(node)} if {test}", "add-filter", 0.2)
    if isinstance(parent, ast.Return) and isinstance(node, ast.Compare | ast.BoolOp):
        yield from _condition(code, node)


def statement(code: Code, node: ast.stmt) -> Iterator[Mutation]:
    """A statement put under a condition; the branches of an `if` exchanged; `elif` for `if`."""
    if isinstance(node, ast.Expr | ast.Assign | ast.AugAssign | ast.Return):
        text = code.src(node)
        if code.indent(node) is not None and "\n" not in text:
            for test in list(pool(code, node))[:_POOL]:
                yield code.rewrite(
                    node, f"if {test}:\n{code.indent(node)}    {text}", "guard-statement", 0.15
                )
    if isinstance(node, ast.If):
        yield from _branches(code, node)
        yield _keyword(code, node, "if", "while", 0.15)
        yield from _elif(code, node)
    if isinstance(node, ast.While):
        yield _keyword(code, node, "while", "if", 0.15)


def _condition(code: Code, node: ast.expr) -> Iterator[Mutation]:
    text = code.src(node)
    held = f"({text})" if isinstance(node, ast.BoolOp | ast.IfExp) else text
    yield code.put(
        node, f"not {held}" if not isinstance(node, ast.Compare) else f"not ({text})", "negate", 0.5
    )
    for name in dict.fromkeys(n.id for n in ast.walk(node) if isinstance(n, ast.Name)):
        if name in code.scope(node):
            for test in (f"{name} is None or", f"not {name} or", f"{name} is not None and", f"{name} and"):
                yield code.put(node, f"{test} {held}", "guard-condition", 0.25)
    yield code.put(node, "True", "always", 0.15)
    yield code.put(node, "False", "never", 0.15)
    for number, test in enumerate(list(pool(code, node))[:_POOL]):
        if test != text:
            slope = 1.0 - number / (2 * _POOL)
            yield code.put(node, f"{held} and {test}", "narrow", 0.22 * slope)
            yield code.put(node, f"{held} or {test}", "widen", 0.22 * slope)
            yield code.put(node, test, "other-condition", 0.12 * slope)


def pool(code: Code, place: ast.AST) -> Iterator[str]:
    """Small conditions over what is in scope, likeliest first: those written nearby, emptiness, order."""
    seen: set[str] = set()

    def new(test: str) -> Iterator[str]:
        if test not in seen:
            seen.add(test)
            yield test

    function = code.owner(place)
    names = code.scope(place)
    for node in ast.walk(function) if function else ():
        if isinstance(node, ast.Compare) and {n.id for n in ast.walk(node) if isinstance(n, ast.Name)} <= {
            *names,
            "len",
        }:
            yield from new(code.src(node))
            yield from new(f"not ({code.src(node)})")
    numbers = [name for name in names if kind_of(code, name, place) in {"int", "float", ""}]
    for name in names:
        yield from new(f"not {name}")
        yield from new(name)
    for one in range(len(names)):
        for two in range(one + 1, len(names)):
            if kind_of(code, names[one], place) == kind_of(code, names[two], place):
                for sign in ("==", "!=", "<", ">"):
                    yield from new(f"{names[one]} {sign} {names[two]}")
                for inner, outer in ((one, two), (two, one)):
                    yield from new(f"{names[inner]} in {names[outer]}")
                    yield from new(f"{names[inner]} not in {names[outer]}")
    for name in numbers:
        for test in ("== 0", "> 0", "< 0", "!= 0", "> 1", "== 1", "% 2 == 0", "% 2 == 1"):
            yield from new(f"{name} {test}")
    for name in numbers:
        for step in (3, 4, 5):
            yield from new(f"{name} % {step} == 0")
    for name in names:
        if kind_of(code, name, place) in {"list", "str", ""}:
            yield from new(f"len({name}) > 1")
            yield from new(f"len({name}) == 0")
            yield from new(f"{name} is None")
            yield from new(f"{name} is not None")


def _branches(code: Code, node: ast.If) -> Iterator[Mutation]:
    if not node.orelse:
        return
    one = (code.span(node.body[0])[0], code.span(node.body[-1])[1])
    two = (code.span(node.orelse[0])[0], code.span(node.orelse[-1])[1])
    if isinstance(node.orelse[0], ast.If) and code.text.startswith("elif", two[0]):
        return
    edits = (Edit(*one, code.text[slice(*two)]), Edit(*two, code.text[slice(*one)]))
    note = f"branches of the `if` on line {node.lineno} exchanged"
    yield Mutation(edits, "swap-branches", 0.4 * code.weight(node), node.lineno, note)


def _elif(code: Code, node: ast.If) -> Iterator[Mutation]:
    block = code.block(node)
    index = block.index(node)
    start = code.span(node)[0]
    if code.text.startswith("elif", start):
        edit = Edit(start, start + 4, "if")
        yield Mutation(
            (edit,), "elif-if", 0.3 * code.weight(node), node.lineno, f"`elif` → `if` on line {node.lineno}"
        )
    elif index and isinstance(block[index - 1], ast.If):
        edit = Edit(start, start + 2, "elif")
        yield Mutation(
            (edit,), "if-elif", 0.35 * code.weight(node), node.lineno, f"`if` → `elif` on line {node.lineno}"
        )


def _keyword(code: Code, node: ast.stmt, old: str, new: str, prior: float) -> Mutation:
    start = code.span(node)[0]
    note = f"`{old}` → `{new}` on line {node.lineno}"
    return Mutation(
        (Edit(start, start + len(old), new),), "keyword", prior * code.weight(node), node.lineno, note
    )
