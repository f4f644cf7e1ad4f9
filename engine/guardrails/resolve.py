"""Reads a whole module until nothing risky is learnt any more."""

from __future__ import annotations

import ast

from engine.guardrails.statements import Statements
from engine.guardrails.values import Const, Values

_READINGS = 3


class Resolver(Statements):
    """Everything that rules may ask about the file under check."""

    def __init__(self, module: ast.Module) -> None:
        super().__init__(module)
        self.tree = module

    def quiet(self, node: ast.expr) -> Values:
        """What a plain chain of names and attributes stands for, reporting nothing."""
        if isinstance(node, ast.Name):
            return self.lookup(node.id)
        if isinstance(node, ast.Attribute):
            return self.attribute(self.quiet(node.value), node.attr)
        if isinstance(node, ast.Constant):
            return () if node.value is ... else (Const(node.value),)
        return ()

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
