"""Reads statements in order: binds what they bind and evaluates what they contain."""

from __future__ import annotations

import ast
from collections.abc import Callable

from engine.guardrails.definitions import Definitions
from engine.guardrails.scopes import FunctionInfo
from engine.guardrails.values import Const, elements, merge
from engine.guardrails.walk import children


class Statements(Definitions):
    """One method a kind of statement; a kind without one has its parts read."""

    def read(self, body: list[ast.stmt]) -> None:
        """Read statements one after the other."""
        self.budget.spend(len(body))
        for statement in body:
            self.here = statement
            _KINDS.get(type(statement), _other)(self, statement)

    def nested(self, body: list[ast.stmt]) -> None:
        """Read statements that may not be reached."""
        self.nesting += 1
        self.read(body)
        self.nesting -= 1

    def visit(self, info: FunctionInfo) -> None:
        """Read a function's body in its own scope."""
        saved = self.scope, self.function, self.nesting, self.owner
        self.scope, self.function, self.nesting, self.owner = info.scope, info, 0, None
        before = info.returns
        if isinstance(info.node, ast.Lambda):
            info.returns = merge(before, self.value(info.node.body))
        else:
            self.read(info.node.body)
        if info.called and info.returns != before:
            self.note_late(info.returns)
        info.visited = True
        self.scope, self.function, self.nesting, self.owner = saved

    def _other(self, node: ast.AST) -> None:
        for child in children(node):
            if isinstance(child, ast.expr):
                self.value(child)
            elif isinstance(child, ast.stmt):
                self.read([child])
        self.hooks(node)

    def _assign(self, node: ast.Assign) -> None:
        values = self.value(node.value)
        for target in node.targets:
            self.assign(target, values)
        self.hooks(node)

    def _annotated(self, node: ast.AnnAssign) -> None:
        self.value(node.annotation)
        if node.value is not None:
            self.assign(node.target, self.value(node.value))
            self.hooks(node)

    def _augmented(self, node: ast.AugAssign) -> None:
        target = node.target
        right = self.value(node.value)
        if isinstance(target, ast.Name):
            left = tuple(
                v for v in self.lookup(target.id) if not isinstance(v, Const) or isinstance(v.value, str)
            )
            text = tuple(v for v in right if not isinstance(v, Const) or isinstance(v.value, str))
            made = self.operate(node, left, text) if left and text else ()
            self.assign(target, made)
        else:
            self.assign(target, right)

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Name):
                self.scope.tentative.add(target.id)
            else:
                self.assign(target, ())

    def _expression(self, node: ast.Expr) -> None:
        if type(node.value) is not ast.Constant:
            self.value(node.value)

    def _return(self, node: ast.Return) -> None:
        if node.value is not None:
            values = self.value(node.value)
            if values and self.function is not None:
                self.function.returns = merge(self.function.returns, values)

    def _if(self, node: ast.If) -> None:
        current: ast.If | None = node
        while current is not None:
            self.value(current.test)
            saved, self.guarded = self.guarded, self.guarded or self._is_main_guard(current.test)
            self.nested(current.body)
            self.guarded = saved
            rest = current.orelse
            if len(rest) == 1 and type(rest[0]) is ast.If:
                current = rest[0]
            else:
                current = None
                self.nested(rest)

    def _is_main_guard(self, test: ast.expr) -> bool:
        if self.scope is not self.module or not isinstance(test, ast.Compare):
            return False
        left, right = test.left, test.comparators[0]
        return (
            isinstance(left, ast.Name)
            and left.id == "__name__"
            and "__name__" not in self.module.names
            and isinstance(test.ops[0], ast.Eq)
            and isinstance(right, ast.Constant)
            and right.value == "__main__"
        )

    def _for(self, node: ast.For | ast.AsyncFor) -> None:
        self.assign(node.target, elements(self.value(node.iter)))
        self.hooks(node)
        self.nested(node.body)
        self.nested(node.orelse)

    def _while(self, node: ast.While) -> None:
        self.hooks(node)
        self.value(node.test)
        self.nested(node.body)
        self.nested(node.orelse)

    def _with(self, node: ast.With | ast.AsyncWith) -> None:
        for item in node.items:
            values = self.value(item.context_expr)
            if item.optional_vars is not None:
                self.assign(item.optional_vars, merge(self.entered(values), values))
        self.hooks(node)
        self.read(node.body)

    def _try(self, node: ast.Try) -> None:
        self.nested(node.body)
        for handler in node.handlers:
            if handler.type is not None:
                self.value(handler.type)
            if handler.name:
                self.bind(handler.name, ())
            self.nested(handler.body)
        self.nested(node.orelse)
        self.read(node.finalbody)
        self.hooks(node)

    def _match(self, node: ast.Match) -> None:
        subject = self.value(node.subject)
        for case in node.cases:
            self.pattern(case.pattern, subject)
            if case.guard is not None:
                self.value(case.guard)
            self.nested(case.body)

    def _global(self, node: ast.Global) -> None:
        for name in node.names:
            self.scope.outer[name] = self.module

    def _nonlocal(self, node: ast.Nonlocal) -> None:
        for name in node.names:
            scope = self.scope.parent
            while scope is not None and (scope.is_class or name not in scope.names):
                scope = scope.parent
            if scope is not None:
                self.scope.outer[name] = scope


_other = Statements._other
_KINDS: dict[type[ast.AST], Callable[..., None]] = {
    ast.FunctionDef: Statements.function_definition, ast.AsyncFunctionDef: Statements.function_definition,
    ast.ClassDef: Statements.class_definition, ast.Import: Statements.import_module,
    ast.ImportFrom: Statements.import_names, ast.Assign: Statements._assign,
    ast.AnnAssign: Statements._annotated, ast.AugAssign: Statements._augmented,
    ast.Delete: Statements._delete, ast.Expr: Statements._expression, ast.Return: Statements._return,
    ast.If: Statements._if, ast.For: Statements._for, ast.AsyncFor: Statements._for,
    ast.While: Statements._while, ast.With: Statements._with, ast.AsyncWith: Statements._with,
    ast.Try: Statements._try, ast.TryStar: Statements._try, ast.Match: Statements._match,
    ast.Global: Statements._global, ast.Nonlocal: Statements._nonlocal,
}  # fmt: skip
