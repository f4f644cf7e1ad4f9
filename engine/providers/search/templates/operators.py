"""Operators: comparison, boolean, arithmetic, augmented; operands swapped, dropped, negated."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import combinations

from engine.providers.search.code import Code
from engine.providers.search.mutation import Mutation

_COMPARE = {
    "<": {"<=": 1.0, ">": 0.8, ">=": 0.6, "!=": 0.4, "==": 0.4},
    "<=": {"<": 1.0, ">=": 0.7, ">": 0.6, "==": 0.4, "!=": 0.3},
    ">": {">=": 1.0, "<": 0.8, "<=": 0.6, "==": 0.4, "!=": 0.4},
    ">=": {">": 1.0, "<=": 0.7, "<": 0.6, "==": 0.4, "!=": 0.3},
    "==": {"!=": 0.9, "<=": 0.5, ">=": 0.5, "<": 0.4, ">": 0.4, "in": 0.2, "is": 0.1},
    "!=": {"==": 0.9, "<": 0.4, ">": 0.4, "<=": 0.3, ">=": 0.3},
    "in": {"not in": 0.9, "==": 0.2},
    "not in": {"in": 0.9},
    "is": {"is not": 0.9, "==": 0.4},
    "is not": {"is": 0.9, "!=": 0.4},
}
_ARITH = {
    "+": {"-": 0.8, "*": 0.5, "//": 0.15, "%": 0.15, "|": 0.1},
    "-": {"+": 0.8, "*": 0.2, "%": 0.3, "//": 0.2, "/": 0.15},
    "*": {"+": 0.5, "**": 0.5, "/": 0.3, "//": 0.3, "-": 0.2, "%": 0.2},
    "/": {"//": 0.9, "*": 0.4, "%": 0.4, "-": 0.1},
    "//": {"/": 0.8, "%": 0.6, "*": 0.2, "-": 0.1},
    "%": {"//": 0.7, "/": 0.4, "*": 0.2, "-": 0.1, "+": 0.1},
    "**": {"*": 0.6, "//": 0.1},
    "&": {"|": 0.7, "^": 0.6, "-": 0.2, "and": 0.2},
    "|": {"&": 0.7, "^": 0.5, "+": 0.1},
    "^": {"&": 0.8, "|": 0.7, "**": 0.4},
    "<<": {">>": 0.8, "*": 0.2},
    ">>": {"<<": 0.8, "//": 0.2},
    "@": {"*": 0.3},
}
_SIGNS: dict[type[ast.AST], str] = {
    ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">=", ast.Eq: "==", ast.NotEq: "!=",
    ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not",
    ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.FloorDiv: "//", ast.Mod: "%", ast.Pow: "**",
    ast.BitAnd: "&", ast.BitOr: "|", ast.BitXor: "^", ast.LShift: "<<", ast.RShift: ">>", ast.MatMult: "@",
}  # fmt: skip


def expression(code: Code, node: ast.expr) -> Iterator[Mutation]:
    """Changes of one operator."""
    match node:
        case ast.Compare():
            yield from _compare(code, node)
        case ast.BoolOp():
            yield from _boolean(code, node)
        case ast.BinOp():
            yield from _binary(code, node)
        case ast.UnaryOp():
            prior = 0.6 if isinstance(node.op, ast.Not) else 0.5
            yield code.put(node, code.src(node.operand), "drop-unary", prior)
        case ast.IfExp():
            body, test, other = (code.src(part) for part in (node.body, node.test, node.orelse))
            yield code.put(node, f"{other} if {test} else {body}", "swap-branches", 0.5)
            yield code.put(node, body, "drop-branch", 0.25)
            yield code.put(node, other, "drop-branch", 0.25)


def statement(code: Code, node: ast.stmt) -> Iterator[Mutation]:
    """Changes of an augmented assignment's operator."""
    match node:
        case ast.AugAssign(target=target, op=op, value=value):
            sign = _SIGNS[type(op)]
            left, right = code.src(target), code.src(value)
            for other, prior in _ARITH[sign].items():
                if other != "and":
                    yield code.rewrite(node, f"{left} {other}= {right}", "augmented", prior)
            yield code.rewrite(node, f"{left} = {right}", "augmented-plain", 0.4)
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            for sign, prior in (("+", 0.3), ("-", 0.15), ("*", 0.15), ("//", 0.1)):
                yield code.rewrite(node, f"{name} {sign}= {code.src(value)}", "plain-augmented", prior)


def _compare(code: Code, node: ast.Compare) -> Iterator[Mutation]:
    parts = [node.left, *node.comparators]
    for index, op in enumerate(node.ops):
        for other, prior in _COMPARE[_SIGNS[type(op)]].items():
            yield code.put(node, _chain(code, node, index, other), "comparison", prior)
            if isinstance(constant := parts[index + 1], ast.Constant) and isinstance(constant.value, int):
                for step in (1, -1):
                    moved = _chain(code, node, index, other, repr(constant.value + step))
                    yield code.put(node, moved, "comparison-by-one", prior * 0.3)
    if len(node.ops) == 1:
        left, right = (code.src(part) for part in parts)
        if isinstance(node.ops[0], ast.In | ast.NotIn | ast.Is | ast.IsNot):
            yield code.put(node, f"{right} {_SIGNS[type(node.ops[0])]} {left}", "swap-operands", 0.2)
        for wrap in (
            "set({})",
            "sorted({})",
            "len({})",
            "abs({})",
            "{}.lower()",
            "sum({})",
            "str({})",
            "int({})",
        ):
            both = f"{wrap.format(left)} {_SIGNS[type(node.ops[0])]} {wrap.format(right)}"
            yield code.put(node, both, "wrap-both", 0.2)
    yield code.put(node, f"not ({code.src(node)})", "negate", 0.2)


def _chain(code: Code, node: ast.Compare, changed: int, sign: str, right_text: str = "") -> str:
    """The comparison with one operator (and the operand after it) replaced, all else as it was written."""
    parts = [node.left, *node.comparators]
    start, _ = code.span(node)
    left, right = code.span(parts[changed])[1], code.span(parts[changed + 1])[0]
    end = code.span(parts[changed + 1])[1]
    gap = code.text[left:right]
    old = _SIGNS[type(node.ops[changed])]
    text = code.src(node)
    return (
        text[: left - start]
        + gap.replace(old, sign, 1)
        + (right_text + text[end - start :] if right_text else text[right - start :])
    )


def _boolean(code: Code, node: ast.BoolOp) -> Iterator[Mutation]:
    old, new = ("and", "or") if isinstance(node.op, ast.And) else ("or", "and")
    values = [code.src(value) for value in node.values]
    yield code.put(node, f" {new} ".join(values), "boolean", 0.9)
    for index in range(len(values)):
        rest = values[:index] + values[index + 1 :]
        yield code.put(node, f" {old} ".join(rest), "drop-condition", 0.5)
    for index, value in enumerate(values):
        flipped = [*values[:index], f"not ({value})", *values[index + 1 :]]
        yield code.put(node, f" {old} ".join(flipped), "negate-part", 0.3)
    if len(values) > 2:
        for index in range(len(values) - 1):
            head, tail = f" {old} ".join(values[: index + 1]), f" {old} ".join(values[index + 1 :])
            yield code.put(node, f"({head}) {new} ({tail})", "boolean-part", 0.3)
            pair = f"({values[index]} {new} {values[index + 1]})"
            yield code.put(
                node, f" {old} ".join([*values[:index], pair, *values[index + 2 :]]), "boolean-part", 0.6
            )
    for extra in _permuted(node.values):
        yield code.put(node, f"{code.src(node)} {old} {extra}", "add-permuted", 0.35)


def _permuted(values: list[ast.expr]) -> Iterator[str]:
    """Operands like those that are there with two names exchanged: `x + z == y` beside `x + y == z`."""
    there = {ast.unparse(value) for value in values}
    for value in values:
        names = list(dict.fromkeys(n.id for n in ast.walk(value) if isinstance(n, ast.Name)))
        for one, two in combinations(names, 2):
            copy = ast.parse(ast.unparse(value), mode="eval").body
            for part in ast.walk(copy):
                if isinstance(part, ast.Name) and part.id in {one, two}:
                    part.id = two if part.id == one else one
            if (text := ast.unparse(copy)) not in there:
                there.add(text)
                yield f"({text})"


def _binary(code: Code, node: ast.BinOp) -> Iterator[Mutation]:
    sign = _SIGNS[type(node.op)]
    start, end = code.span(node)
    left_end, right_start = code.span(node.left)[1], code.span(node.right)[0]
    head, gap, tail = code.text[start:left_end], code.text[left_end:right_start], code.text[right_start:end]
    for other, prior in _ARITH[sign].items():
        yield code.put(node, head + gap.replace(sign, other, 1) + tail, "arithmetic", prior)
    left, right = code.src(node.left), code.src(node.right)
    if sign not in {"*", "&", "|", "^"}:
        yield code.put(
            node, f"{_tight(node.right, right)} {sign} {_tight(node.left, left)}", "swap-operands", 0.6
        )
    yield code.put(node, left, "drop-operand", 0.5)
    yield code.put(node, right, "drop-operand", 0.4)
    if isinstance(node.left, ast.BinOp):  # a - b // c written for (a - b) // c, and the reverse
        inner = node.left
        regrouped = (
            f"{code.src(inner.left)} {_SIGNS[type(inner.op)]} ({code.src(inner.right)} {sign} {right})"
        )
        yield code.put(node, regrouped, "regroup", 0.4)
        skipped = (
            f"{_tight(inner.left, code.src(inner.left))} {_SIGNS[type(inner.op)]} {_tight(node.right, right)}"
        )
        yield code.put(node, skipped, "drop-middle", 0.35)
    if isinstance(node.right, ast.BinOp):
        inner = node.right
        regrouped = f"({left} {sign} {code.src(inner.left)}) {_SIGNS[type(inner.op)]} {code.src(inner.right)}"
        yield code.put(node, regrouped, "regroup", 0.4)


def _tight(node: ast.expr, text: str) -> str:
    return (
        f"({text})"
        if isinstance(node, ast.BinOp | ast.UnaryOp | ast.IfExp | ast.BoolOp | ast.Compare)
        else text
    )
