"""Bounds: plus or minus one on indexes, ranges, slices and compared values; slices put on and taken off."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.providers.search.code import Code
from engine.providers.search.kinds import kind_of
from engine.providers.search.mutation import Mutation

_SLICES = {"[1:]": 0.3, "[:-1]": 0.3, "[0]": 0.2, "[-1]": 0.2, "[1]": 0.1, "[2:]": 0.1}


def expression(code: Code, node: ast.expr) -> Iterator[Mutation]:
    """Off-by-one changes and slices."""
    if isinstance(node, ast.Name | ast.Call | ast.BinOp | ast.Subscript | ast.Attribute | ast.UnaryOp):
        yield from _by_one(code, node)
    match node:
        case ast.Subscript(value=value, slice=ast.Slice() as part):
            yield from _slice(code, node, value, part)
        case ast.Subscript(value=value, slice=index, ctx=ast.Load()):
            yield from _index(code, node, value, index)
        case ast.Call(func=ast.Name(id="range")):
            yield from _range(code, node)
    if isinstance(node, ast.Name | ast.Call | ast.ListComp | ast.Attribute) and _loaded(node):
        if isinstance(node, ast.Name) and kind_of(code, node.id, node) in {"int", "float", "bool"}:
            return
        if not _called(code, node):
            for suffix, prior in _SLICES.items():
                yield code.put(node, code.src(node) + suffix, "slice", prior * 0.9)


def _by_one(code: Code, node: ast.expr) -> Iterator[Mutation]:
    parent = code.parents.get(node)
    if not _loaded(node) or _called(code, node):
        return
    if isinstance(node, ast.Name) and kind_of(code, node.id, node) in {"str", "list", "set", "dict"}:
        return
    prior = 0.15
    if isinstance(parent, ast.BinOp) and isinstance(parent.right, ast.Constant):
        prior = 0.1  # its constant says the same
    elif isinstance(parent, ast.Subscript | ast.Slice) and getattr(parent, "value", None) is not node:
        prior = 0.6
    elif isinstance(parent, ast.Call):
        prior = 0.65 if code.src(parent.func) == "range" else 0.35
    elif isinstance(parent, ast.Compare | ast.Return | ast.BinOp):
        prior = 0.35
    text = code.src(node)
    held = f"({text})" if isinstance(node, ast.UnaryOp) else text
    yield code.put(node, f"{held} + 1", "by-one", prior)
    yield code.put(node, f"{held} - 1", "by-one", prior)


def _slice(code: Code, node: ast.Subscript, value: ast.expr, part: ast.Slice) -> Iterator[Mutation]:
    lower, upper, step = (code.src(p) if p else "" for p in (part.lower, part.upper, part.step))
    text = code.src(value)
    forms = {(lower, ""): 0.4, ("", upper): 0.4, (upper, lower): 0.4, (lower, "-1"): 0.25, ("1", upper): 0.25}
    forms |= {(f"-{lower}" if lower else "", upper): 0.2, (lower, f"-{upper}" if upper else ""): 0.2}
    for (low, high), prior in forms.items():
        if (low, high) != (lower, upper):
            yield code.put(node, f"{text}[{low}:{high}{f':{step}' if step else ''}]", "slice-bounds", prior)
    if not lower or not upper:
        for name in code.scope(node):
            if kind_of(code, name, node) in {"int", ""}:
                for low, high in ((lower or name, upper), (lower, upper or name)):
                    yield code.put(
                        node, f"{text}[{low}:{high}{f':{step}' if step else ''}]", "slice-bounds", 0.2
                    )
    yield code.put(node, text, "drop-slice", 0.35)
    if not step:
        yield code.put(node, f"{text}[{lower}:{upper}:-1]", "slice-step", 0.2)
        yield code.put(node, f"{text}[{lower}:{upper}][::-1]", "slice-step", 0.15)


def _index(code: Code, node: ast.Subscript, value: ast.expr, index: ast.expr) -> Iterator[Mutation]:
    text, at = code.src(value), code.src(index)
    for other, prior in {
        "0": 0.3,
        "-1": 0.3,
        f"-{at}": 0.2,
        f"-{at} - 1": 0.2,
        f"{at}:": 0.2,
        f":{at}": 0.2,
        "1": 0.15,
    }.items():
        if other != at:
            yield code.put(node, f"{text}[{other}]", "index", prior)
    yield code.put(node, text, "drop-index", 0.25)
    for wrap in ("sum", "max", "min", "len"):
        yield code.put(node, f"{wrap}({text})", "index-wrap", 0.15)
    yield code.put(node, at, "drop-container", 0.15)
    if isinstance(index, ast.BinOp | ast.UnaryOp | ast.Constant):
        yield code.put(node, f"len({text}) - {at}", "index", 0.1)
    if isinstance(index, ast.Tuple) and len(index.elts) == 2:
        one, two = (code.src(part) for part in index.elts)
        yield code.put(node, f"{text}[{two}, {one}]", "swap-indexes", 0.3)
    if isinstance(value, ast.Subscript) and not isinstance(value.slice, ast.Slice):
        yield code.put(node, f"{code.src(value.value)}[{at}][{code.src(value.slice)}]", "swap-indexes", 0.3)


def _range(code: Code, node: ast.Call) -> Iterator[Mutation]:
    args = [code.src(arg) for arg in node.args]
    match args:
        case [stop]:
            forms = {
                f"1, {stop}": 0.5,
                f"1, {stop} + 1": 0.4,
                f"2, {stop}": 0.3,
                f"{stop} - 1, -1, -1": 0.25,
                f"0, {stop}, 2": 0.2,
            }
        case [start, stop]:
            forms = {
                stop: 0.5,
                f"0, {stop}": 0.4,
                f"{start} + 1, {stop} + 1": 0.3,
                f"{start} - 1, {stop} - 1": 0.2,
            }
            forms |= {
                f"{start}, {stop}, -1": 0.3,
                f"{start}, {stop}, 2": 0.2,
                f"{stop}, {start}": 0.1,
                f"{stop} - 1, {start} - 1, -1": 0.25,
            }
        case [start, stop, step]:
            forms = {
                f"{start}, {stop}": 0.4,
                f"{start}, {stop}, -{step}": 0.3,
                f"{stop}, {start}, {step}": 0.3,
            }
        case _:
            return
    for name in code.scope(node):
        kind = kind_of(code, name, node)
        for stop in ((name, f"{name} + 1") if kind in {"int", ""} else ()) or (f"len({name})",):
            for form in (stop, f"1, {stop}", f"2, {stop}"):
                forms.setdefault(form, 0.15)
    for form, prior in forms.items():
        if form != ", ".join(args):
            yield code.put(node, f"range({form})", "range", prior)


def _loaded(node: ast.expr) -> bool:
    return isinstance(getattr(node, "ctx", ast.Load()), ast.Load)


def _called(code: Code, node: ast.expr) -> bool:
    parent = code.parents.get(node)
    return isinstance(parent, ast.Call) and parent.func is node
