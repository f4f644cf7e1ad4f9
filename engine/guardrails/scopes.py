"""Scopes, and what is known of the functions and classes of the file under check."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field

from engine.guardrails.values import Ref, Values, merge
from engine.guardrails.walk import children

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


class Scope:
    """One namespace: what each name may stand for. A name bound to something unknown maps to ()."""

    __slots__ = ("_bound", "is_class", "names", "node", "outer", "parent", "tentative")

    def __init__(self, node: ast.AST, parent: Scope | None, *, is_class: bool = False) -> None:
        self.node = node
        self.parent = parent
        self.is_class = is_class
        self.names: dict[str, Values] = {}
        self.tentative: set[str] = set()
        self.outer: dict[str, Scope] = {}
        self._bound: frozenset[str] | None = None

    def bind(self, name: str, values: Values, *, tentative: bool = False) -> bool:
        """Add what `name` may stand for; true when that was news."""
        scope = self.outer.get(name, self)
        known = scope.names.get(name)
        if tentative and known is None:
            scope.tentative.add(name)
        elif not tentative:
            scope.tentative.discard(name)
        merged = merge(known, values) if known else values
        scope.names[name] = merged
        return merged != known

    def binds(self, name: str) -> bool:
        """Whether any statement of this function makes `name` local; asked only of risky names."""
        if self._bound is None:
            self._bound = _bound_names(self.node)
        return name in self._bound and name not in self.outer


@dataclass(eq=False, slots=True)
class FunctionInfo:
    """A function: where it was defined, what it may return, and whether its body has been read."""

    node: FunctionNode
    scope: Scope
    owner: ClassInfo | None = None
    returns: Values = ()
    visited: bool = False
    called: bool = False
    getter: bool = False


@dataclass(eq=False, slots=True)
class ClassInfo:
    """A class: its namespace (attributes set on `self` included) and its bases."""

    name: str
    scope: Scope
    bases: Values = ()
    attributes: dict[str, Values] = field(default_factory=dict)

    def base_paths(self) -> tuple[str, ...]:
        """The paths of bases that come from outside the file."""
        return tuple(base.path for base in self.bases if isinstance(base, Ref))


def _bound_names(node: ast.AST) -> frozenset[str]:
    found: set[str] = set()
    if isinstance(node, FunctionNode):
        arguments = node.args
        found.update(a.arg for a in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs))
        found.update(a.arg for a in (arguments.vararg, arguments.kwarg) if a)
    pending = children(node)
    while pending:
        child = pending.pop()
        if isinstance(child, ast.Name):
            if not isinstance(child.ctx, ast.Load):
                found.add(child.id)
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            found.add(child.name)
            continue
        elif isinstance(child, ast.alias):
            found.add(child.asname or child.name.partition(".")[0])
        elif isinstance(child, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
            if child.name:
                found.add(child.name)
        elif isinstance(child, ast.Lambda):
            continue
        pending.extend(children(child))
    return frozenset(found)
