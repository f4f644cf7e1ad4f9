"""Evaluates expressions to what they may be, reporting every reference on the way."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.guardrails import calls, constants, functions, literals, operations
from engine.guardrails.binding import assign
from engine.guardrails.comprehensions import comprehension
from engine.guardrails.family import TEXT_METHODS, WIDENING
from engine.guardrails.rules import amounts
from engine.guardrails.values import Const, Function, Map, Seq, Values, merge
from engine.guardrails.walk import children

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.GeneratorExp, ast.DictComp)


def parts(resolver: Resolver, node: ast.AST) -> Values:
    """A kind of expression of which nothing is known but what it is made of."""
    for child in children(node):
        if isinstance(child, ast.expr):
            resolver.value(child)
        elif isinstance(child, ast.keyword):
            resolver.value(child.value)
    return ()


def _name(resolver: Resolver, node: ast.Name) -> Values:
    values = resolver.lookup(node.id)
    if values:
        resolver.judge(values, node)
    return values


def _attribute(resolver: Resolver, node: ast.Attribute) -> Values:
    base = resolver.value(node.value)
    resolver.judge_attribute(node.attr, base, node)
    if node.attr[:2] == "__":
        resolver.hooks(node)
    if not base:
        return ()
    values = resolver.attribute(base, node.attr)
    if values:
        resolver.judge(values, node)
    return values


def _call(resolver: Resolver, node: ast.Call) -> Values:
    func = node.func
    base: Values = ()
    resolver.budget.units -= 2
    if type(func) is ast.Name:
        callee = resolver.lookup(func.id)
    elif type(func) is ast.Attribute:
        base = resolver.value(func.value)
        resolver.judge_attribute(func.attr, base, func)
        callee = resolver.attribute(base, func.attr) if base else ()
    else:
        callee = resolver.value(func)
    arguments: list[Values] = []
    telling = bool(node.keywords) or (type(func) is ast.Attribute and func.attr in TEXT_METHODS)
    for argument in node.args:
        values = resolver.value(argument)
        kind = type(argument)
        if kind is ast.JoinedStr or (
            isinstance(argument, ast.Constant) and type(argument.value) in (str, bytes)
        ):
            telling = True
        if kind is ast.Starred and values and len(values) == 1 and isinstance(values[0], Seq):
            arguments.extend(values[0].items)
        else:
            arguments.append(values)
    keywords: dict[str, Values] = {}
    for keyword in node.keywords:
        values = resolver.value(keyword.value)
        if keyword.arg is None and len(values) == 1 and isinstance(values[0], Map):
            keywords.update((k, v) for k, v in values[0].items.items() if isinstance(k, str))
        keywords[keyword.arg or "**"] = values
    if telling:
        resolver.hooks(node)
    if type(func) is ast.Attribute and func.attr in WIDENING and amounts.enormous(arguments):
        resolver.report("G903", node, f"?.{func.attr}")
    if not callee and not base:
        return ()
    given = tuple(arguments)
    found = calls.invoke(resolver, callee, given, keywords, node) if callee else ()
    if base and type(func) is ast.Attribute:
        found = merge(calls.method(resolver, base, func.attr, given, keywords), found)
    return found


def _binary(resolver: Resolver, node: ast.BinOp) -> Values:
    chain = [node]
    while type(chain[-1].left) is ast.BinOp:
        chain.append(chain[-1].left)
    left = resolver.value(chain[-1].left)
    for step in reversed(chain):
        right = resolver.value(step.right)
        left = operate(resolver, step, left, right) if left or right else ()
    return left


def operate(resolver: Resolver, node: ast.BinOp | ast.AugAssign, left: Values, right: Values) -> Values:
    """What a binary operation may give; a value too big to compute is reported."""
    try:
        return operations.combine(node.op, left, right)
    except constants.TooBig:
        resolver.report("G903", node, "a huge value")
        return ()


def _subscript(resolver: Resolver, node: ast.Subscript) -> Values:
    base = resolver.value(node.value)
    index = node.slice
    if type(index) is ast.Constant:
        resolver.hooks(node)
    if type(index) is ast.Slice:
        bounds = [
            resolver.value(part) if part else (Const(None),)
            for part in (index.lower, index.upper, index.step)
        ]
        return operations.sliced(base, bounds)
    key = resolver.value(index)
    if not base:
        return ()
    found = merge(resolver.item(base, key), operations.letters(base, key))
    if found:
        resolver.judge(found, node)
    return found


def _lambda(resolver: Resolver, node: ast.Lambda) -> Values:
    return (Function(functions.define(resolver, node)),)


def _either(resolver: Resolver, node: ast.IfExp) -> Values:
    resolver.value(node.test)
    return merge(resolver.value(node.body), resolver.value(node.orelse))


def _any_of(resolver: Resolver, node: ast.BoolOp) -> Values:
    found: Values = ()
    for part in node.values:
        found = merge(found, resolver.value(part))
    return found


def _walrus(resolver: Resolver, node: ast.NamedExpr) -> Values:
    values = resolver.value(node.value)
    inside = resolver.scope
    # In a comprehension the name is bound outside of it.
    while isinstance(resolver.scope.node, _COMPREHENSIONS) and resolver.scope.parent is not None:
        resolver.scope = resolver.scope.parent
    assign(resolver, node.target, values)
    resolver.scope = inside
    return values


def _inside(resolver: Resolver, node: ast.Starred | ast.Await) -> Values:
    return resolver.value(node.value)


def _yield(resolver: Resolver, node: ast.Yield | ast.YieldFrom) -> Values:
    values = resolver.value(node.value) if node.value else ()
    if resolver.function is not None and values:
        given = values if isinstance(node, ast.YieldFrom) else (Seq((values,)),)
        resolver.function.returns = merge(resolver.function.returns, given)
    return ()


def _unary(resolver: Resolver, node: ast.UnaryOp) -> Values:
    values = resolver.value(node.operand)
    if values and isinstance(node.op, ast.USub):
        return tuple(
            Const(-v.value) for v in values if isinstance(v, Const) and isinstance(v.value, int | float)
        )
    return ()


def _compare(resolver: Resolver, node: ast.Compare) -> Values:
    resolver.value(node.left)
    for part in node.comparators:
        resolver.value(part)
    resolver.hooks(node)
    return ()


KINDS: dict[type[ast.AST], Callable[..., Values]] = {
    ast.Constant: literals.constant, ast.Name: _name, ast.Attribute: _attribute, ast.Call: _call,
    ast.BinOp: _binary, ast.Subscript: _subscript, ast.Tuple: literals.sequence,
    ast.List: literals.sequence, ast.Set: literals.sequence, ast.Dict: literals.mapping,
    ast.JoinedStr: literals.joined, ast.Lambda: _lambda, ast.IfExp: _either, ast.BoolOp: _any_of,
    ast.NamedExpr: _walrus, ast.ListComp: comprehension, ast.SetComp: comprehension,
    ast.GeneratorExp: comprehension, ast.DictComp: comprehension, ast.Starred: _inside,
    ast.Await: _inside, ast.UnaryOp: _unary, ast.Compare: _compare, ast.Yield: _yield,
    ast.YieldFrom: _yield,
}  # fmt: skip
