"""Walks over syntax trees; every node walked is paid for."""

from __future__ import annotations

import ast
from collections.abc import Iterable

from engine.guardrails.budget import Budget, TooCostly

SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda, ast.ClassDef)
_BARE = (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)


def children(node: ast.AST) -> list[ast.AST]:
    """The parts of a node, in order, operators and contexts left out."""
    found: list[ast.AST] = []
    for part in node.__dict__.values():
        if type(part) is list:
            found.extend(one for one in part if isinstance(one, ast.AST) and not isinstance(one, _BARE))
        elif isinstance(part, ast.AST) and not isinstance(part, _BARE):
            found.append(part)
    return found


def below(nodes: Iterable[ast.AST], budget: Budget, *, scopes: bool = True) -> list[ast.AST]:
    """`nodes` and all below them; without `scopes`, functions and classes inside are left out."""
    found: list[ast.AST] = []
    pending = list(nodes)
    while pending:
        node = pending.pop()
        if not scopes and isinstance(node, SCOPES):
            continue
        found.append(node)
        if len(found) > budget.units:
            raise TooCostly
        pending.extend(children(node))
    budget.spend(len(found))
    return found
