"""Reads a whole module until nothing risky is learnt any more."""

from __future__ import annotations

import ast

from engine.guardrails.budget import Budget
from engine.guardrails.policy import Policy
from engine.guardrails.statements import Statements
from engine.guardrails.values import Const, Values

_READINGS = 3


class Resolver(Statements):
    """Everything that rules may ask about the file under check."""

    def __init__(self, module: ast.Module, budget: Budget, policy: Policy) -> None:
        super().__init__(module, budget, policy)
        self.tree = module
        self._named: dict[str, ast.FunctionDef] | None = None

    def quiet(self, node: ast.expr) -> Values:
        """What a plain chain of names and attributes stands for, reporting nothing."""
        if isinstance(node, ast.Name):
            return self.lookup(node.id)
        if isinstance(node, ast.Attribute):
            return self.attribute(self.quiet(node.value), node.attr)
        if isinstance(node, ast.Constant):
            return () if node.value is ... else (Const(node.value),)
        return ()

    def functions_named(self, name: str) -> list[ast.FunctionDef]:
        """The function of that name at the top of the file, if there is one."""
        if self._named is None:
            self._named = {s.name: s for s in self.tree.body if isinstance(s, ast.FunctionDef)}
        found = self._named.get(name)
        return [found] if found is not None else []

    def run(self) -> None:
        """Read the module, then each function; again while a risky value turned up after its use."""
        for _ in range(_READINGS):
            self.late = False
            self.read(self.tree.body)
            while self.waiting:
                self.visit(self.waiting.popleft())
            if not self.late:
                break
        self.settle()
