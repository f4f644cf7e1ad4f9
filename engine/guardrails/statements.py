"""Reads statements in order: binds what they bind and evaluates what they contain."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.guardrails import calls, definitions, imports
from engine.guardrails.binding import assign
from engine.guardrails.expressions import operate
from engine.guardrails.family import MARKERS
from engine.guardrails.patterns import capture
from engine.guardrails.values import Const, elements, merge
from engine.guardrails.walk import children

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

# Values of which an assignment is looked at whatever it is to.
_TOLD = frozenset({ast.Constant, ast.Lambda})


def _nested(resolver: Resolver, body: list[ast.stmt]) -> None:
    """Read statements that may not be reached."""
    resolver.nesting += 1
    resolver.read(body)
    resolver.nesting -= 1


def other(resolver: Resolver, node: ast.AST) -> None:
    """A kind of statement of which nothing is known but what it is made of."""
    for child in children(node):
        if isinstance(child, ast.expr):
            resolver.value(child)
        elif isinstance(child, ast.stmt):
            resolver.read([child])
    resolver.hooks(node)


def _assign(resolver: Resolver, node: ast.Assign) -> None:
    values = resolver.value(node.value)
    telling = resolver.owner is not None or type(node.value) in _TOLD
    for target in node.targets:
        assign(resolver, target, values)
        telling = telling or type(target) is not ast.Name or target.id in MARKERS
    if telling:
        resolver.hooks(node)


def _annotated(resolver: Resolver, node: ast.AnnAssign) -> None:
    resolver.value(node.annotation)
    if node.value is not None:
        assign(resolver, node.target, resolver.value(node.value))
        resolver.hooks(node)


def _augmented(resolver: Resolver, node: ast.AugAssign) -> None:
    target = node.target
    right = resolver.value(node.value)
    if isinstance(target, ast.Name):
        left = tuple(
            v for v in resolver.lookup(target.id) if not isinstance(v, Const) or isinstance(v.value, str)
        )
        text = tuple(v for v in right if not isinstance(v, Const) or isinstance(v.value, str))
        made = operate(resolver, node, left, text) if left and text else ()
        assign(resolver, target, made)
    else:
        assign(resolver, target, right)


def _delete(resolver: Resolver, node: ast.Delete) -> None:
    for target in node.targets:
        if isinstance(target, ast.Name):
            resolver.scope.tentative.add(target.id)
        else:
            assign(resolver, target, ())


def _expression(resolver: Resolver, node: ast.Expr) -> None:
    if type(node.value) is not ast.Constant:
        resolver.value(node.value)


def _return(resolver: Resolver, node: ast.Return) -> None:
    if node.value is not None:
        values = resolver.value(node.value)
        if values and resolver.function is not None:
            resolver.function.returns = merge(resolver.function.returns, values)


def _if(resolver: Resolver, node: ast.If) -> None:
    current: ast.If | None = node
    while current is not None:
        resolver.value(current.test)
        saved, resolver.guarded = resolver.guarded, resolver.guarded or _is_main_guard(resolver, current.test)
        _nested(resolver, current.body)
        resolver.guarded = saved
        rest = current.orelse
        if len(rest) == 1 and type(rest[0]) is ast.If:
            current = rest[0]
        else:
            current = None
            _nested(resolver, rest)


def _is_main_guard(resolver: Resolver, test: ast.expr) -> bool:
    if resolver.scope is not resolver.module or not isinstance(test, ast.Compare):
        return False
    left, right = test.left, test.comparators[0]
    return (
        isinstance(left, ast.Name)
        and left.id == "__name__"
        and "__name__" not in resolver.module.names
        and isinstance(test.ops[0], ast.Eq)
        and isinstance(right, ast.Constant)
        and right.value == "__main__"
    )


def _for(resolver: Resolver, node: ast.For | ast.AsyncFor) -> None:
    values = resolver.value(node.iter)
    resolver.opened(values)
    assign(resolver, node.target, elements(values))
    resolver.hooks(node)
    _nested(resolver, node.body)
    _nested(resolver, node.orelse)


def _while(resolver: Resolver, node: ast.While) -> None:
    resolver.hooks(node)
    resolver.value(node.test)
    _nested(resolver, node.body)
    _nested(resolver, node.orelse)


def _with(resolver: Resolver, node: ast.With | ast.AsyncWith) -> None:
    for item in node.items:
        values = resolver.value(item.context_expr)
        if item.optional_vars is not None:
            # Of a generator that is used as a context the items are what it binds.
            bound = merge(elements(values), values)
            assign(resolver, item.optional_vars, merge(calls.entered(resolver, values), bound))
    resolver.hooks(node)
    resolver.read(node.body)


def _try(resolver: Resolver, node: ast.Try) -> None:
    _nested(resolver, node.body)
    for handler in node.handlers:
        if handler.type is not None:
            resolver.value(handler.type)
        if handler.name:
            resolver.bind(handler.name, ())
        _nested(resolver, handler.body)
    _nested(resolver, node.orelse)
    resolver.read(node.finalbody)
    resolver.hooks(node)


def _match(resolver: Resolver, node: ast.Match) -> None:
    subject = resolver.value(node.subject)
    for case in node.cases:
        capture(resolver, case.pattern, subject)
        if case.guard is not None:
            resolver.value(case.guard)
        _nested(resolver, case.body)


def _global(resolver: Resolver, node: ast.Global) -> None:
    for name in node.names:
        resolver.scope.outer[name] = resolver.module


def _nonlocal(resolver: Resolver, node: ast.Nonlocal) -> None:
    for name in node.names:
        scope = resolver.scope.parent
        while scope is not None and (scope.is_class or name not in scope.names):
            scope = scope.parent
        if scope is not None:
            resolver.scope.outer[name] = scope


KINDS: dict[type[ast.AST], Callable[..., None]] = {
    ast.FunctionDef: definitions.function, ast.AsyncFunctionDef: definitions.function,
    ast.ClassDef: definitions.class_, ast.Import: imports.modules,
    ast.ImportFrom: imports.names, ast.Assign: _assign,
    ast.AnnAssign: _annotated, ast.AugAssign: _augmented,
    ast.Delete: _delete, ast.Expr: _expression, ast.Return: _return,
    ast.If: _if, ast.For: _for, ast.AsyncFor: _for,
    ast.While: _while, ast.With: _with, ast.AsyncWith: _with,
    ast.Try: _try, ast.TryStar: _try, ast.Match: _match,
    ast.Global: _global, ast.Nonlocal: _nonlocal,
}  # fmt: skip
