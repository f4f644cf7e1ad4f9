"""Reads a whole module, and parts of it again until nothing risky is learnt too late."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Mapping

from engine.guardrails import calls, statements
from engine.guardrails.budget import Budget, TooCostly
from engine.guardrails.expressions import KINDS as EXPRESSIONS
from engine.guardrails.expressions import parts
from engine.guardrails.names import Names
from engine.guardrails.policy import Policy
from engine.guardrails.scopes import ClassInfo, FunctionInfo, Unit
from engine.guardrails.tables import BODIES
from engine.guardrails.values import Const, Values, merge

_ROUNDS = 4
# How often comprehensions may be read item by item, altogether.
_EXPANSIONS = 2000


class Resolver(Names):
    """What is known of the file under check; the kinds of expressions and statements have functions of it."""

    def __init__(self, module: ast.Module, budget: Budget, policy: Policy) -> None:
        super().__init__(module, budget, policy)
        self.tree = module
        self.fuel = _EXPANSIONS
        self.owner: ClassInfo | None = None
        self.classes: dict[ast.AST, ClassInfo] = {}
        self.functions: dict[ast.AST, FunctionInfo] = {}
        self.waiting: deque[FunctionInfo] = deque()
        self.certain: dict[ast.AST, list[str]] = {}
        self._named: dict[str, ast.FunctionDef] | None = None

    def value(self, node: ast.expr) -> Values:
        """What an expression may be, having reported what it breaks."""
        budget = self.budget
        budget.units -= 1
        if budget.units < 0:
            raise TooCostly
        return EXPRESSIONS.get(type(node), parts)(self, node)

    def invoke(
        self, callee: Values, arguments: tuple[Values, ...], keywords: Mapping[str, Values], node: ast.Call
    ) -> Values:
        """What calling any of `callee` may give."""
        return calls.invoke(self, callee, arguments, keywords, node)

    def read(self, body: list[ast.stmt]) -> None:
        """Read statements one after the other."""
        self.budget.spend(2 * len(body))
        for statement in body:
            self.here = statement
            statements.KINDS.get(type(statement), statements.other)(self, statement)

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
        found = self._top().get(name)
        return [found] if found is not None else []

    def calls_own(self, info: FunctionInfo) -> bool:
        """Whether a function's body looks up any function at the top of the file."""
        top = self._top()
        return any(name in top for name in info.unit.uses)

    def _top(self) -> dict[str, ast.FunctionDef]:
        if self._named is None:
            self._named = {s.name: s for s in self.tree.body if isinstance(s, ast.FunctionDef)}
        return self._named

    def run(self) -> None:
        """Read the module, then each function; again what asked for something before it was known."""
        module = self.unit
        stale = True
        for _ in range(_ROUNDS):
            if stale:
                self._begin(module)
                self.read(self.tree.body)
            while self.waiting:
                self._visit(self.waiting.popleft())
            if not self.alarmed:
                break
            late, self.late, self.alarmed = self.late, {}, False
            self.budget.spend(len(self.functions) // 2)
            # What is learnt on the way in a round is news to those only that were read before.
            self.waiting.extend(info for info in self.functions.values() if info.unit.missed(late))
            stale = module.missed(late)
            if not stale and not self.waiting:
                break
        self.settle()

    def forget(self) -> None:
        """Let go of what refers to itself, which otherwise only a collector could free."""
        for scope in (
            self.module,
            *(info.scope for info in self.functions.values()),
            *(info.scope for info in self.classes.values()),
        ):
            scope.names.clear()
            scope.outer.clear()
        for function in self.functions.values():
            function.attributes, function.returns, function.owner = None, (), None
            function.unit.uses.clear()
        for info in self.classes.values():
            info.attributes.clear()
            info.bases = ()

    def _begin(self, unit: Unit) -> None:
        self.budget.spend(4)
        self.clock += 1
        self.unit = unit
        unit.read_at = self.clock
        unit.again = False

    def _visit(self, info: FunctionInfo) -> None:
        """Read a function's body in its own scope."""
        saved = self.scope, self.function, self.nesting, self.owner
        self.scope, self.function, self.nesting, self.owner = info.scope, info, 0, None
        first = not info.unit.read_at
        self._begin(info.unit)
        before = info.returns
        if isinstance(info.node, ast.Lambda):
            info.returns = merge(before, self.value(info.node.body))
        else:
            self.read(info.node.body)
        if info.returns != before:
            self.note_late(info, info.returns)
        if first:
            for check in BODIES:
                for hit in check(self, info):
                    self.report(hit.rule, hit.node, hit.name)
        self.scope, self.function, self.nesting, self.owner = saved
