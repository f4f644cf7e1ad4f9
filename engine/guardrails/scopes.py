"""Scopes, and what is known of the functions and classes of the file under check."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

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

    def within(self, other: Scope | None) -> bool:
        """Whether names of `other` can be seen from here; None stands for everywhere."""
        scope: Scope | None = self
        while other is not None and scope is not other:
            if scope is None:
                return False
            scope = scope.parent
        return True

    def binds(self, name: str) -> bool:
        """Whether any statement of this function makes `name` local; asked only of risky names."""
        if self._bound is None:
            self._bound = _bound_names(self.node)
        return name in self._bound and name not in self.outer


@dataclass(eq=False, slots=True)
class Unit:
    """What is read at one go, the module or a function's body, and what was looked up on the way.

    `uses` has names, attributes' names and functions called; `read_at` is the number of the last
    reading, 0 before the first; `again` says that it learnt something too late for itself.
    """

    scope: Scope
    uses: set[object] = field(default_factory=set)
    read_at: int = 0
    again: bool = False

    def missed(self, late: Mapping[object, list[Late]]) -> bool:
        """Whether something that was looked up here turned up later."""
        return self.again or any(
            one.clock > self.read_at and self.scope.within(one.scope)
            for key in self.uses & late.keys()
            for one in late[key]
        )


class Late(NamedTuple):
    """Something that turned up: in which scope (None: anywhere), and in which reading by number."""

    scope: Scope | None
    clock: int


@dataclass(eq=False, slots=True)
class FunctionInfo:
    """A function: where it was defined, what it may return, and what was set on it."""

    node: FunctionNode
    scope: Scope
    unit: Unit
    owner: ClassInfo | None = None
    returns: Values = ()
    getter: bool = False
    attributes: dict[str, Values] | None = None


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
