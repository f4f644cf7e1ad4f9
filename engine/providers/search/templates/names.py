"""Names: another variable, attribute or function in a name's place; an expression for a name."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from engine.providers.search.code import Code
from engine.providers.search.kinds import kind_of
from engine.providers.search.mutation import Edit, Mutation


def expression(code: Code, node: ast.expr) -> Iterator[Mutation]:
    """Another name where one is read."""
    match node:
        case ast.Name(id=name, ctx=ast.Load()):
            yield from _name(code, node, name)
        case ast.Attribute(attr=attr, ctx=ast.Load()):
            yield from _attribute(code, node, attr)
        case ast.Constant(value=value) if not isinstance(value, str) or len(value) == 1:
            for other in code.scope(node):
                yield code.put(node, other, "name-for-constant", 0.2 if value is not None else 0.15)
            if isinstance(value, int) and not isinstance(code.parents.get(node), ast.Subscript | ast.Slice):
                yield from _element(code, node, 0.15)

        case ast.Constant(value=str(value)) if value in code.scope(node):  # a name in quotes by mistake
            yield code.put(node, value, "unquote", 0.8)
            yield code.put(node, f"{value}.encode()", "unquote", 0.4)


def statement(code: Code, node: ast.stmt) -> Iterator[Mutation]:
    """Another name where one is written; two names exchanged throughout a function."""
    match node:
        case (
            ast.Assign(targets=[ast.Name(id=name) as target])
            | ast.AugAssign(target=ast.Name(id=name) as target)
        ):
            for other in code.scope(node):
                if other != name:
                    yield code.put(target, other, "target", 0.35)
        case ast.For(target=ast.Tuple(elts=[one, two])):
            yield _swap(code, one, two)
        case ast.Assign(targets=[ast.Tuple(elts=[*elements])]):
            for one, two in pairwise(elements):
                yield _swap(code, one, two)
                names = {code.src(one): code.src(two), code.src(two): code.src(one)}
                yield from _swap_all(code, node, names)


def _name(code: Code, node: ast.Name, name: str) -> Iterator[Mutation]:
    parent = code.parents.get(node)
    if isinstance(parent, ast.Call) and parent.func is node:
        for function in code.functions:
            if function.name != name:
                yield code.put(node, function.name, "function", 0.25)
        return
    kind = kind_of(code, name, node)
    for other in code.scope(node):
        if other == name:
            continue
        same = kind_of(code, other, node)
        prior = 0.5 if same == kind else 0.35 if not same or not kind else 0.15
        if isinstance(parent, ast.BinOp | ast.Compare) and other in _siblings(parent):
            prior *= 0.4  # `x + x` for `x + y` is seldom meant
        yield code.put(node, other, "name", prior)
        if same in {"list", "str", ""} and kind in {"int", ""}:
            yield code.put(node, f"len({other})", "name-length", 0.15)
    if kind in {"int", "str", ""} and not isinstance(parent, ast.Subscript | ast.Slice):
        yield from _element(code, node, 0.3 if kind == "int" else 0.12)
    if kind in {"int", "float", ""}:
        for constant in ("0", "1"):
            yield code.put(node, constant, "constant-for-name", 0.15)
    whole = code.outermost(node)
    for part in ast.walk(whole) if whole and kind in {"str", ""} else ():
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and len(part.value) <= 3:
            yield code.put(node, code.src(part), "constant-for-name", 0.2)
    if isinstance(parent, ast.comprehension | ast.For) or kind in {"list", "str"}:
        for other in code.scope(node):
            if other != name and kind_of(code, other, node) in {"int", ""}:
                yield code.put(node, f"{name}[:{other}]", "slice", 0.12)
                yield code.put(node, f"{name}[{other}:]", "slice", 0.12)
                yield code.put(node, f"{name}[{other}]", "index", 0.1)


def _element(code: Code, node: ast.expr, prior: float) -> Iterator[Mutation]:
    """The element at an index (or key) for the index itself."""
    for box in code.scope(node):
        if box != code.src(node) and kind_of(code, box, node) in {"list", "str", "dict", ""}:
            yield code.put(node, f"{box}[{code.src(node)}]", "element", prior)


def _siblings(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}


def _attribute(code: Code, node: ast.Attribute, attr: str) -> Iterator[Mutation]:
    parent = code.parents.get(node)
    if isinstance(parent, ast.Call) and parent.func is node:
        return
    others = {n.attr for n in code.expressions if isinstance(n, ast.Attribute)} - {attr}
    others |= _mirrors(attr)
    for other in sorted(others):
        yield code.put(node, f"{code.src(node.value)}.{other}", "attribute", 0.4)
    yield code.put(node, code.src(node.value), "drop-attribute", 0.2)
    yield code.put(node, f"{code.src(node)}.{attr}", "attribute-again", 0.1)


_OPPOSITES = (
    ("left", "right"), ("incoming", "outgoing"), ("succ", "predec"), ("next", "prev"), ("min", "max"),
    ("start", "end"), ("first", "last"), ("width", "height"), ("low", "high"), ("head", "tail"),
    ("source", "target"), ("x", "y"),
)  # fmt: skip


def _mirrors(attr: str) -> set[str]:
    """The attribute's opposite by name: `left` for `right`, `prev` for `next`."""
    pairs = [*_OPPOSITES, *((b, a) for a, b in _OPPOSITES)]
    return {attr.replace(one, two) for one, two in pairs if one in attr and (len(one) > 1 or attr == one)}


def _swap(code: Code, one: ast.expr, two: ast.expr) -> Mutation:
    edits = (Edit(*code.span(one), code.src(two)), Edit(*code.span(two), code.src(one)))
    note = f"`{code.src(one)}` and `{code.src(two)}` swapped on line {one.lineno}"
    return Mutation(edits, "swap-targets", 0.4 * code.weight(one), one.lineno, note)


def _swap_all(code: Code, node: ast.stmt, names: dict[str, str]) -> Iterator[Mutation]:
    """Both names exchanged in a run of assignments that begins here (`a, b = …` and `a, b = f(a), f(b)`)."""
    block = code.block(node)
    run: list[ast.stmt] = []
    for other in block[block.index(node) :]:
        if not isinstance(other, ast.Assign) or not names.keys() <= {n.id for n in _names(other)}:
            break
        run.append(other)
    if len(run) > 1:
        edits = tuple(Edit(*code.span(n), names[n.id]) for s in run for n in _names(s) if n.id in names)
        one, two = names
        note = f"`{one}` and `{two}` exchanged on lines {run[0].lineno} to {run[-1].lineno}"
        yield Mutation(edits, "exchange-names", 0.3 * code.weight(node), node.lineno, note)


def _names(node: ast.AST) -> list[ast.Name]:
    return [n for n in ast.walk(node) if isinstance(n, ast.Name)]
