"""Evaluates expressions to what they may be, reporting every reference on the way."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable

from engine.guardrails import constants, operations
from engine.guardrails.budget import Budget
from engine.guardrails.literals import Literals
from engine.guardrails.policy import Policy
from engine.guardrails.scopes import FunctionInfo, FunctionNode, Scope
from engine.guardrails.values import Const, Function, Map, Seq, Values, merge
from engine.guardrails.walk import children


class Expressions(Literals):
    """One method a kind of expression; a kind without one has its parts evaluated."""

    def __init__(self, module: ast.Module, budget: Budget, policy: Policy) -> None:
        super().__init__(module, budget, policy)
        self.waiting: deque[FunctionInfo] = deque()
        self.functions: dict[ast.AST, FunctionInfo] = {}

    def value(self, node: ast.expr) -> Values:
        """What an expression may be, having reported what it breaks."""
        self.budget.spend(1)
        return _KINDS.get(type(node), _other)(self, node)

    def define(self, node: FunctionNode) -> FunctionInfo:
        """The one record of a function, its body read later."""
        info = self.functions.get(node)
        if info is None:
            info = self.functions[node] = FunctionInfo(node, Scope(node, self.scope))
        self.waiting.append(info)
        spec = node.args
        positional = [*spec.posonlyargs, *spec.args]
        defaults = [*zip(positional[len(positional) - len(spec.defaults) :], spec.defaults, strict=True)]
        defaults += [(a, d) for a, d in zip(spec.kwonlyargs, spec.kw_defaults, strict=True) if d is not None]
        for argument in (*positional, *spec.kwonlyargs, spec.vararg, spec.kwarg):
            if argument is not None:
                info.scope.names.setdefault(argument.arg, ())
                if argument.annotation is not None:
                    self.value(argument.annotation)
        for argument, default in defaults:
            values = self.value(default)
            if values and not isinstance(values[0], Const):
                info.scope.bind(argument.arg, values)
        return info

    def _parts(self, node: ast.AST) -> Values:
        for child in children(node):
            if isinstance(child, ast.expr):
                self.value(child)
            elif isinstance(child, ast.keyword):
                self.value(child.value)
        return ()

    def _name(self, node: ast.Name) -> Values:
        values = self.lookup(node.id)
        if values:
            self.judge(values, node)
        return values

    def _attribute(self, node: ast.Attribute) -> Values:
        base = self.value(node.value)
        self.judge_attribute(node.attr, base, node)
        self.hooks(node)
        if not base:
            return ()
        values = self.attribute(base, node.attr)
        self.judge(values, node)
        return values

    def _call(self, node: ast.Call) -> Values:
        func = node.func
        base: Values = ()
        if type(func) is ast.Name:
            callee = self.lookup(func.id)
        elif type(func) is ast.Attribute:
            base = self.value(func.value)
            self.judge_attribute(func.attr, base, func)
            callee = self.attribute(base, func.attr) if base else ()
        else:
            callee = self.value(func)
        arguments: list[Values] = []
        for argument in node.args:
            values = self.value(argument)
            if type(argument) is ast.Starred and values and len(values) == 1 and isinstance(values[0], Seq):
                arguments.extend(values[0].items)
            else:
                arguments.append(values)
        keywords: dict[str, Values] = {}
        for keyword in node.keywords:
            values = self.value(keyword.value)
            if keyword.arg is None and len(values) == 1 and isinstance(values[0], Map):
                keywords.update((k, v) for k, v in values[0].items.items() if isinstance(k, str))
            keywords[keyword.arg or "**"] = values
        self.hooks(node)
        given = tuple(arguments)
        found = self.invoke(callee, given, keywords, node) if callee else ()
        if base and type(func) is ast.Attribute:
            found = merge(self.method(base, func.attr, given, keywords), found)
        return found

    def operate(self, node: ast.BinOp | ast.AugAssign, left: Values, right: Values) -> Values:
        """What a binary operation may give; a value too big to compute is reported."""
        try:
            return operations.combine(node.op, left, right)
        except constants.TooBig:
            self.report("G903", node, "a huge value")
            return ()

    def _binary(self, node: ast.BinOp) -> Values:
        chain = [node]
        while type(chain[-1].left) is ast.BinOp:
            chain.append(chain[-1].left)
        left = self.value(chain[-1].left)
        for step in reversed(chain):
            right = self.value(step.right)
            left = self.operate(step, left, right) if left or right else ()
        return left

    def _subscript(self, node: ast.Subscript) -> Values:
        base = self.value(node.value)
        self.hooks(node)
        index = node.slice
        if type(index) is ast.Slice:
            bounds = [
                self.value(part) if part else (Const(None),)
                for part in (index.lower, index.upper, index.step)
            ]
            return operations.sliced(base, bounds)
        key = self.value(index)
        found = self.item(base, key) if base else ()
        found = merge(found, operations.letters(base, key))
        if found:
            self.judge(found, node)
        return found

    def _lambda(self, node: ast.Lambda) -> Values:
        return (Function(self.define(node)),)

    def _either(self, node: ast.IfExp) -> Values:
        self.value(node.test)
        return merge(self.value(node.body), self.value(node.orelse))

    def _any_of(self, node: ast.BoolOp) -> Values:
        found: Values = ()
        for part in node.values:
            found = merge(found, self.value(part))
        return found

    def _walrus(self, node: ast.NamedExpr) -> Values:
        values = self.value(node.value)
        self.assign(node.target, values)
        return values

    def _starred(self, node: ast.Starred | ast.Await) -> Values:
        return self.value(node.value)

    def _yield(self, node: ast.Yield | ast.YieldFrom) -> Values:
        values = self.value(node.value) if node.value else ()
        if self.function is not None:
            given = values if isinstance(node, ast.YieldFrom) else (Seq((values,)),)
            self.function.returns = merge(self.function.returns, given) if values else self.function.returns
        return ()

    def _unary(self, node: ast.UnaryOp) -> Values:
        values = self.value(node.operand)
        if isinstance(node.op, ast.USub):
            return tuple(
                Const(-v.value) for v in values if isinstance(v, Const) and isinstance(v.value, int | float)
            )
        return ()

    def _compare(self, node: ast.Compare) -> Values:
        self._parts(node)
        self.hooks(node)
        return ()


# By class, not by object: building this table for each file would cost more than reading a short one.
_other = Expressions._parts
_KINDS: dict[type[ast.AST], Callable[..., Values]] = {
    ast.Constant: Expressions.constant, ast.Name: Expressions._name, ast.Attribute: Expressions._attribute,
    ast.Call: Expressions._call, ast.BinOp: Expressions._binary, ast.Subscript: Expressions._subscript,
    ast.Tuple: Expressions.sequence, ast.List: Expressions.sequence, ast.Set: Expressions.sequence,
    ast.Dict: Expressions.dict, ast.JoinedStr: Expressions.joined, ast.Lambda: Expressions._lambda,
    ast.IfExp: Expressions._either, ast.BoolOp: Expressions._any_of, ast.NamedExpr: Expressions._walrus,
    ast.ListComp: Expressions.comprehension, ast.SetComp: Expressions.comprehension,
    ast.GeneratorExp: Expressions.comprehension, ast.DictComp: Expressions.comprehension,
    ast.Starred: Expressions._starred, ast.Await: Expressions._starred, ast.UnaryOp: Expressions._unary,
    ast.Compare: Expressions._compare, ast.Yield: Expressions._yield, ast.YieldFrom: Expressions._yield,
}  # fmt: skip
