"""Ending the run by an exception that no test expects."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.guardrails.family import Hit
from engine.guardrails.values import Ref

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

_ENDING = frozenset({"builtins.SystemExit", "builtins.KeyboardInterrupt", "builtins.GeneratorExit"})
_FOREIGN = ("_pytest.", "pytest.", "unittest.SkipTest", "unittest.case")


def raised(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """Raising an exception that ends the interpreter or skips the test."""
    if not isinstance(node, ast.Raise) or node.exc is None or resolver.guarded:
        return
    exception = node.exc.func if isinstance(node.exc, ast.Call) else node.exc
    for value in resolver.quiet(exception):
        if isinstance(value, Ref) and (
            value.path.removesuffix("()") in _ENDING or value.path.startswith(_FOREIGN)
        ):
            yield Hit("G801", node, value.path)


def subclassed(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """An exception class that passes for the interpreter's own end."""
    if isinstance(node, ast.ClassDef):
        for base in node.bases:
            for value in resolver.quiet(base):
                if isinstance(value, Ref) and value.path in _ENDING:
                    yield Hit("G801", node, f"{node.name}({value.path})")
