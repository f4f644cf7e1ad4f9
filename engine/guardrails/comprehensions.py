"""Comprehensions: item by item over a short known collection, else over all of it at once."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.guardrails.binding import assign
from engine.guardrails.rules import amounts
from engine.guardrails.scopes import Scope
from engine.guardrails.values import Map, Seq, Values, elements

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver


def comprehension(
    resolver: Resolver, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp
) -> Values:
    """What a comprehension may hold, read in a scope of its own."""
    outside, lazy = resolver.scope, isinstance(node, ast.GeneratorExp)
    first = resolver.value(node.generators[0].iter)
    resolver.opened(first)
    resolver.scope = Scope(node, outside)
    try:
        single = first[0] if len(first) == 1 else None
        if (
            len(node.generators) == 1
            and isinstance(single, Seq)
            and not isinstance(node, ast.DictComp)
            and 0 < len(single.items) <= min(64, resolver.fuel)
        ):
            return _expanded(resolver, node, single)
        for number, generator in enumerate(node.generators):
            source = first if number == 0 else resolver.value(generator.iter)
            values = elements(source)
            unending = [*amounts.unending(source)]
            if unending and not lazy:
                resolver.report(unending[0][0], node, unending[0][1])
            assign(resolver, generator.target, values)
            for condition in generator.ifs:
                resolver.value(condition)
        if isinstance(node, ast.DictComp):
            resolver.value(node.key)
            return (Map({}, (resolver.value(node.value),)),)
        # Whoever reads a generator to the end reads to the end what it goes through.
        endless = tuple(one for one in first if lazy and [*amounts.unending((one,))])
        return (Seq((resolver.value(node.elt),)), *endless)
    finally:
        resolver.scope = outside


def _expanded(resolver: Resolver, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, source: Seq) -> Values:
    resolver.fuel -= len(source.items)
    made = []
    for item in source.items:
        resolver.scope.names.clear()
        assign(resolver, node.generators[0].target, item)
        for condition in node.generators[0].ifs:
            resolver.value(condition)
        made.append(resolver.value(node.elt))
    return (Seq(tuple(made)),)
