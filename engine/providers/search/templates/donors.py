"""Donors: an expression of the same function in another one's place, or joined to it."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from engine.providers.search.code import Code
from engine.providers.search.kinds import kind_of
from engine.providers.search.mutation import Mutation

_MOST = 12
_Donor = ast.Subscript | ast.Call | ast.Attribute


def expression(code: Code, node: ast.expr) -> Iterator[Mutation]:
    """Another subscript, call or attribute of the function for one; a name joined to what is returned."""
    parent = code.parents.get(node)
    if isinstance(node, _Donor) and not (isinstance(parent, ast.Call) and parent.func is node):
        for text in _others(code, node):
            yield code.put(node, text, "donor", 0.2)
    loaded = isinstance(getattr(node, "ctx", ast.Load()), ast.Load)
    if (
        loaded
        and isinstance(node, ast.Constant | ast.Name)
        and not isinstance(parent, ast.Attribute | ast.Call)
    ):
        for text in _others(code, node, ast.Call):
            yield code.put(node, text, "donor-call", 0.12)
    if isinstance(parent, ast.Return) and not isinstance(node, ast.Constant | ast.Compare | ast.BoolOp):
        for name in code.scope(node):
            if kind_of(code, name, node) not in {"set", "dict", "bool"} and name != code.src(node):
                for sign, prior in (("+", 0.18), ("-", 0.08), ("*", 0.08)):
                    yield code.put(node, f"{name} {sign} {_held(code, node)}", "join", prior)
                    yield code.put(node, f"{_held(code, node)} {sign} {name}", "join", prior)


def statement(code: Code, node: ast.stmt) -> Iterator[Mutation]:
    """Another place of the function as the target of an assignment."""
    match node:
        case (
            ast.Assign(targets=[ast.Subscript() | ast.Attribute() as target])
            | ast.AugAssign(target=ast.Subscript() | ast.Attribute() as target)
        ):
            for text in _others(code, target):
                if not text.endswith(")"):
                    yield code.put(target, text, "target", 0.25)


def _others(code: Code, node: ast.expr, like: type[ast.expr] | None = None) -> list[str]:
    function = code.outermost(node)
    names = set(code.scope(node))
    found: dict[str, None] = {}
    for other in ast.walk(function) if function else ():
        if isinstance(other, like or type(node)) and not (like and _ancestor(code, other, node)):
            there = code.scope(other)
            used = {n.id for n in ast.walk(other) if isinstance(n, ast.Name) and n.id in there}
            if used <= names and (text := code.src(other)) != code.src(node) and len(text) < 60:
                found[text] = None
    return list(found)[:_MOST]


def _ancestor(code: Code, node: ast.AST, of: ast.AST) -> bool:
    current: ast.AST | None = of
    while current is not None and current is not node:
        current = code.parents.get(current)
    return current is node


def _held(code: Code, node: ast.expr) -> str:
    loose = isinstance(node, ast.BinOp | ast.IfExp | ast.UnaryOp)
    return f"({code.src(node)})" if loose else code.src(node)
