"""Functions and classes: what they bind, and the namespaces they open."""

from __future__ import annotations

import ast

from engine.guardrails.budget import Budget
from engine.guardrails.imports import Imports
from engine.guardrails.judge import rule_of
from engine.guardrails.policy import Policy
from engine.guardrails.scopes import ClassInfo, Scope
from engine.guardrails.values import Class, Function, Ref, Values, merge

_GETTERS = frozenset({"builtins.property", "functools.cached_property"})


class Definitions(Imports):
    """Reads the heads of functions, whose bodies wait, and whole classes."""

    def __init__(self, module: ast.Module, budget: Budget, policy: Policy) -> None:
        super().__init__(module, budget, policy)
        self.classes: dict[ast.AST, ClassInfo] = {}
        self.owner: ClassInfo | None = None

    def read(self, body: list[ast.stmt]) -> None:
        """Read statements; completed by `Statements`."""
        raise NotImplementedError

    def function_definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.hooks(node)
        self.defined.add(node.name)
        values: Values = (Function(self.define(node)),)
        info = self.functions[node]
        if node.returns is not None:
            self.value(node.returns)
        if self.owner is not None:
            info.owner = self.owner
            names = [a.arg for a in (*node.args.posonlyargs, *node.args.args)]
            static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in node.decorator_list)
            if names and not static:
                info.scope.bind(names[0], (Class(self.owner, True),))
        for decorator in reversed(node.decorator_list):
            made = self.value(decorator)
            info.getter = info.getter or any(isinstance(v, Ref) and v.path in _GETTERS for v in made)
            if made:
                values = merge(values, tuple(v for v in made if isinstance(v, Ref) and rule_of(v.path)))
                self.decorate(made, values)
        self.bind(node.name, values)

    def class_definition(self, node: ast.ClassDef) -> None:
        self.hooks(node)
        self.defined.add(node.name)
        for decorator in node.decorator_list:
            self.value(decorator)
        bases: Values = ()
        for base in node.bases:
            bases = merge(bases, self.value(base))
        for keyword in node.keywords:
            self.value(keyword.value)
        info = self.classes.get(node)
        if info is None:
            info = self.classes[node] = ClassInfo(node.name, Scope(node, self.scope, is_class=True))
        info.bases = tuple(b for b in bases if not isinstance(b, Class) or b.info is not info)
        saved = self.scope, self.owner, self.nesting
        self.scope, self.owner, self.nesting = info.scope, info, 0
        self.read(node.body)
        self.scope, self.owner, self.nesting = saved
        self.bind(node.name, (Class(info),))
