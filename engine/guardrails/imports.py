"""Import statements: which names come in, and which of them matter even when unused."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.guardrails import paths
from engine.guardrails.judge import rule_of
from engine.guardrails.values import Ref, Values

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

# What bringing in a name costs, in units.
_NAME = 4


def modules(resolver: Resolver, node: ast.Import) -> None:
    """`import module`, under its own name or another."""
    resolver.hooks(node)
    resolver.budget.spend(_NAME * len(node.names))
    for alias in node.names:
        path = paths.module(alias.name)
        _note(resolver, path, node)
        if alias.asname:
            resolver.bind(alias.asname, (Ref(path),))
        else:
            top = alias.name.partition(".")[0]
            resolver.bind(top, (Ref(paths.module(top)),))


def names(resolver: Resolver, node: ast.ImportFrom) -> None:
    """`from module import names`, a star included."""
    resolver.hooks(node)
    resolver.budget.spend(_NAME * len(node.names))
    origin = "" if node.level else paths.module(node.module or "")
    for alias in node.names:
        if alias.name == "*":
            if origin:
                resolver.stars[origin] = None
            continue
        values: Values = ()
        if origin:
            path = paths.member(origin, alias.name)
            _note(resolver, path, node)
            values = (Ref(path),)
        resolver.bind(alias.asname or alias.name, values)


def _note(resolver: Resolver, path: str, node: ast.AST) -> None:
    rule = rule_of(path)
    if rule is not None:
        resolver.imported.setdefault(path, (rule, node))
