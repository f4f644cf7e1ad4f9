"""Functions and classes: what they bind, and the namespaces they open."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.guardrails import functions
from engine.guardrails.judge import risky, rule_of
from engine.guardrails.scopes import ClassInfo, Scope
from engine.guardrails.values import Class, Function, Ref, Values, merge

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

# What the records of a class cost, in units.
_DEFINITION = 8
_WRAPS = Ref("functools.wraps()")
_GETTERS = frozenset({"builtins.property", "functools.cached_property"})


def function(resolver: Resolver, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
    """The head of a function; its body waits."""
    if node not in resolver.functions:
        resolver.hooks(node)
        resolver.defined.add(node.name)
    info = functions.define(resolver, node)
    values: Values = (Function(info),)
    if node.returns is not None:
        resolver.value(node.returns)
    if resolver.owner is not None:
        info.owner = resolver.owner
        names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
        static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)
        if names and not static:
            info.scope.bind(names[0], (Class(resolver.owner, True),))
    for decorator in reversed(node.decorator_list):
        made = resolver.value(decorator)
        info.getter = info.getter or any(isinstance(v, Ref) and v.path in _GETTERS for v in made)
        if isinstance(decorator, ast.Call) and decorator.args and _WRAPS in made:
            info.attributes = {"__wrapped__": resolver.quiet(decorator.args[0])}
        if made:
            values = merge(values, tuple(v for v in made if isinstance(v, Ref) and rule_of(v.path)))
            values = merge(values, _decorate(resolver, made, values))
    resolver.bind(node.name, values)


def _decorate(resolver: Resolver, decorators: Values, values: Values) -> Values:
    """A decorator of this file receives what it decorates, and may put something risky in its place."""
    found: Values = ()
    for decorator in decorators:
        if isinstance(decorator, Function):
            made = functions.call(resolver, decorator, (values,), {})
            found = merge(found, made if risky(made) else ())
    return found


def class_(resolver: Resolver, node: ast.ClassDef) -> None:
    """A class with its body, in a namespace of its own."""
    resolver.hooks(node)
    resolver.defined.add(node.name)
    for decorator in node.decorator_list:
        resolver.value(decorator)
    bases: Values = ()
    for base in node.bases:
        bases = merge(bases, resolver.value(base))
    for keyword in node.keywords:
        metaclass = resolver.value(keyword.value)
        if keyword.arg == "metaclass":
            bases = merge(bases, tuple(one for one in metaclass if isinstance(one, Class)))
    info = resolver.classes.get(node)
    if info is None:
        resolver.budget.spend(_DEFINITION)
        info = resolver.classes[node] = ClassInfo(node.name, Scope(node, resolver.scope, is_class=True))
    info.bases = tuple(b for b in bases if not isinstance(b, Class) or b.info is not info)
    saved = resolver.scope, resolver.owner, resolver.nesting
    resolver.scope, resolver.owner, resolver.nesting = info.scope, info, 0
    resolver.read(node.body)
    resolver.scope, resolver.owner, resolver.nesting = saved
    resolver.bind(node.name, (Class(info),))
