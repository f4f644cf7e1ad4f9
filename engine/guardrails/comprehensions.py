"""Comprehensions: item by item over a short known collection, else over all of it at once."""

from __future__ import annotations

import ast

from engine.guardrails.budget import Budget
from engine.guardrails.calls import Calls
from engine.guardrails.policy import Policy
from engine.guardrails.scopes import Scope
from engine.guardrails.values import Map, Seq, Values, elements

_EXPANSIONS = 2000


class Comprehensions(Calls):
    """The scopes that comprehensions open."""

    def __init__(self, module: ast.Module, budget: Budget, policy: Policy) -> None:
        super().__init__(module, budget, policy)
        self.fuel = _EXPANSIONS

    def assign(self, target: ast.expr, values: Values) -> None:
        """Bind a target; completed by `Binding`."""
        raise NotImplementedError

    def comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> Values:
        outside = self.scope
        first = self.value(node.generators[0].iter)
        self.scope = Scope(node, outside)
        try:
            single = first[0] if len(first) == 1 else None
            if (
                len(node.generators) == 1
                and isinstance(single, Seq)
                and not isinstance(node, ast.DictComp)
                and 0 < len(single.items) <= min(64, self.fuel)
            ):
                return self._expanded(node, single)
            for number, generator in enumerate(node.generators):
                values = elements(first if number == 0 else self.value(generator.iter))
                self.assign(generator.target, values)
                for condition in generator.ifs:
                    self.value(condition)
            if isinstance(node, ast.DictComp):
                self.value(node.key)
                return (Map({}, (self.value(node.value),)),)
            return (Seq((self.value(node.elt),)),)
        finally:
            self.scope = outside

    def _expanded(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, source: Seq) -> Values:
        self.fuel -= len(source.items)
        made = []
        for item in source.items:
            self.scope.names.clear()
            self.assign(node.generators[0].target, item)
            for condition in node.generators[0].ifs:
                self.value(condition)
            made.append(self.value(node.elt))
        return (Seq(tuple(made)),)
