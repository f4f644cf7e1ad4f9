"""Functions of the file under check: how they are defined, and what a call of one hands on."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import TYPE_CHECKING

from engine.guardrails.scopes import FunctionInfo, FunctionNode, Scope, Unit
from engine.guardrails.values import Const, Function, Map, Seq, Values

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

# What the records of a function cost, in units.
_DEFINITION = 13


def define(resolver: Resolver, node: FunctionNode) -> FunctionInfo:
    """The one record of a function, its body read later."""
    info = resolver.functions.get(node)
    if info is None:
        resolver.budget.spend(_DEFINITION)
        scope = Scope(node, resolver.scope)
        info = resolver.functions[node] = FunctionInfo(node, scope, Unit(scope))
        resolver.waiting.append(info)
    spec = node.args
    names = info.scope.names
    positional = [*spec.posonlyargs, *spec.args]
    for argument in (*positional, *spec.kwonlyargs, spec.vararg, spec.kwarg):
        if argument is not None:
            names.setdefault(argument.arg, ())
            if argument.annotation is not None:
                resolver.value(argument.annotation)
    for argument, default in zip(
        positional[len(positional) - len(spec.defaults) :], spec.defaults, strict=True
    ):
        _default(resolver, info, argument.arg, default)
    for argument, given in zip(spec.kwonlyargs, spec.kw_defaults, strict=True):
        if given is not None:
            _default(resolver, info, argument.arg, given)
    return info


def _default(resolver: Resolver, info: FunctionInfo, name: str, default: ast.expr) -> None:
    values = resolver.value(default)
    if values and not isinstance(values[0], Const):
        hand_over(resolver, info, name, values)


def hand_over(resolver: Resolver, info: FunctionInfo, name: str, values: Values) -> None:
    """Let a parameter stand for `values` too."""
    if info.scope.bind(name, values) and info.unit.read_at:
        resolver.note_late(name, values, info.scope)


def call(
    resolver: Resolver, function: Function, arguments: tuple[Values, ...], keywords: Mapping[str, Values]
) -> Values:
    """Let the arguments flow into the parameters; what earlier readings saw returned comes back."""
    info = function.info
    resolver.budget.spend(6 + len(arguments))
    resolver.unit.uses.add(info)
    spec = info.node.args
    names = [a.arg for a in (*spec.posonlyargs, *spec.args)]
    if function.bound:
        names = names[1:]
    given = dict(zip(names, arguments, strict=False))
    if spec.vararg and len(arguments) > len(names):
        given[spec.vararg.arg] = (Seq(arguments[len(names) :]),)
    if keywords:
        known = {*names, *(a.arg for a in spec.kwonlyargs)}
        given.update((key, values) for key, values in keywords.items() if key in known)
        if spec.kwarg and keywords.keys() - known:
            given[spec.kwarg.arg] = (Map({key: v for key, v in keywords.items() if key not in known}),)
    for name, values in given.items():
        kept = tuple(v for v in values if not isinstance(v, Const) or isinstance(v.value, str | bytes))
        if kept:
            hand_over(resolver, info, name, kept)
    return info.returns
