"""Names that a function binds."""

from __future__ import annotations

import ast
from collections.abc import Mapping

Function = ast.FunctionDef | ast.AsyncFunctionDef


def local_names(function: Function, parents: Mapping[ast.AST, ast.AST]) -> list[str]:
    """Arguments and assigned names of a function itself, in order of first sight; no comprehension's own."""
    args = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    names = dict.fromkeys(arg.arg for arg in args)
    names.update(dict.fromkeys(arg.arg for arg in (function.args.vararg, function.args.kwarg) if arg))
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Name)
            and isinstance(node.ctx, ast.Store)
            and _bound_by(node, parents) is function
        ):
            names[node.id] = None
    return list(names)


def stored(node: ast.expr) -> list[str]:
    """Names that an assignment target binds."""
    return [n.id for n in ast.walk(node) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]


def _bound_by(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> ast.AST | None:
    """The function or comprehension whose name this is."""
    current = parents.get(node)
    while current is not None and not isinstance(current, Function | ast.comprehension):
        current = parents.get(current)
    return current
