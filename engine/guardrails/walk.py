"""Walks over syntax trees; every node walked is paid for."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from engine.guardrails.budget import Budget, TooCostly


def words(text: str) -> frozenset[str]:
    """The words of `text` as a set."""
    return frozenset(text.split())


SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
# Fields with texts, numbers, operators and contexts, which are nobody's children.
_PLAIN = words(
    "id attr ctx op ops kind n s name asname module level arg type_comment is_async simple conversion lineno "
    "tag rest kwd_attrs type_ignores default_value"
)
_PLAIN_IN = {
    ast.Constant: {"value"},
    ast.MatchSingleton: {"value"},
    ast.Global: {"names"},
    ast.Nonlocal: {"names"},
}
_NODES_IN = {"TypeAlias": {"name"}}


def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    nodes = _NODES_IN.get(kind.__name__, set())
    plain = (_PLAIN | _PLAIN_IN.get(kind, set())) - nodes
    return tuple(field for field in kind._fields if field not in plain)


# By kind of node, the fields that hold nodes: looking at those alone is what makes walking cheap.
_FIELDS: dict[type[ast.AST], tuple[str, ...]] = {
    kind: _fields(kind) for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)
}


def children(node: ast.AST) -> list[ast.AST]:
    """The parts of a node, in order, operators and contexts left out."""
    found: list[ast.AST] = []
    for field in _FIELDS[type(node)]:
        part = getattr(node, field)
        if type(part) is list:
            found += [one for one in part if one is not None] if None in part else part
        elif part is not None:
            found.append(part)
    return found


def below(nodes: Iterable[ast.AST], budget: Budget, *, scopes: bool = True) -> list[ast.AST]:
    """`nodes` and all below them; without `scopes`, functions and classes inside are left out."""
    found: list[ast.AST] = []
    pending = list(nodes)
    most = budget.units
    while pending:
        node = pending.pop()
        if not scopes and isinstance(node, SCOPES):
            continue
        found.append(node)
        if len(found) > most:
            raise TooCostly
        pending += children(node)
    budget.spend(len(found))
    return found
