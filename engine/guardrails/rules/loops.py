"""Loops and recursion without a way out."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from typing import TYPE_CHECKING

from engine.guardrails.family import Hit
from engine.guardrails.values import Ref
from engine.guardrails.walk import SCOPES, below, children

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver
    from engine.guardrails.scopes import FunctionInfo

ENDLESS = frozenset({"itertools.count()", "itertools.cycle()", "itertools.repeat()"})
# What a step of a walk costs, in units; a walk that is too dear is not walked to its end.
_STEP = 3
# How many functions a circle of calls may have to be recognised.
_CIRCLE = 4
_WAYS_OUT = (ast.Return, ast.Raise, ast.Yield, ast.YieldFrom)
_SPECIAL = frozenset({"len", "repr", "str", "hash", "bool", "iter", "next", "int", "float", "abs", "getattr"})
_LOOPS = (ast.While, ast.For, ast.AsyncFor)
_BRANCHES = (ast.If, ast.IfExp, ast.BoolOp, ast.While, ast.For, ast.AsyncFor, ast.Try, ast.Match, ast.Yield,
             ast.YieldFrom, ast.comprehension, ast.With, ast.Raise, ast.Await)  # fmt: skip


def forever(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """`while True` that nothing ends, and a condition that the body cannot change."""
    if not isinstance(node, ast.While) or _leaves(resolver, node.body):
        return
    names = set() if _always(node.test) else _fixed(resolver, node.test)
    if _always(node.test) or (names and not names & _touched(resolver, node.body)):
        yield Hit("G901", node, _shown(node.test))


def endless_source(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """`for ... in itertools.count()` that nothing ends."""
    if isinstance(node, ast.For) and isinstance(node.iter, ast.Call) and not _leaves(resolver, node.body):
        for value in resolver.quiet(node.iter.func):
            if isinstance(value, Ref) and (
                f"{value.path}()" in ENDLESS - {"itertools.repeat()"}
                or (value.path == "itertools.repeat" and len(node.iter.args) + len(node.iter.keywords) == 1)
                or (value.path == "builtins.iter" and len(node.iter.args) == 2 and _never(node.iter))
            ):
                yield Hit("G901", node, f"for ... in {value.path}()")


def growing(resolver: Resolver, node: ast.AST) -> Iterable[Hit]:
    """A loop over a list that the body makes longer."""
    if isinstance(node, ast.For) and isinstance(node.iter, ast.Name) and not _leaves(resolver, node.body):
        for statement in node.body:
            call = statement.value if isinstance(statement, ast.Expr) else None
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr in (
                "append", "extend", "insert"
            ) and isinstance(call.func.value, ast.Name) and call.func.value.id == node.iter.id:  # fmt: skip
                yield Hit("G901", node, f"for ... in {node.iter.id}")


def recursion(resolver: Resolver, info: FunctionInfo) -> Iterable[Hit]:
    """A function that calls itself, directly or in a circle, before it can branch."""
    node, method = info.node, info.owner is not None
    # Walking a body costs more than asking what was looked up in it.
    if not isinstance(node, ast.FunctionDef) or (
        node.name not in info.unit.uses
        and (not node.name.startswith("__") if method else not resolver.calls_own(info))
    ):
        return
    goal, seen, current = node.name, {node.name}, [node]
    while current:
        one = current.pop()
        calls = resolver.certain.get(one)
        if calls is None:
            calls = resolver.certain[one] = _certain_calls(resolver, one, method=method)
        for name in calls:
            if name == goal:
                yield Hit("G902", node, goal)
                return
            if name not in seen and len(seen) < _CIRCLE and not method:
                seen.add(name)
                current += resolver.functions_named(name)


def named_lambda(resolver: Resolver, node: ast.Assign) -> Iterable[Hit]:
    """`f = lambda n: f(n - 1)`: a lambda that calls itself before it can branch."""
    if not isinstance(node.value, ast.Lambda):
        return ()
    own = below([node.value.body], resolver.budget, scopes=False)
    called = {n.func.id for n in own if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)}
    names = {target.id for target in node.targets if isinstance(target, ast.Name)} & called
    branches = any(isinstance(n, _BRANCHES) for n in own)
    return [] if branches else [Hit("G902", node, name) for name in sorted(names)]


def _certain_calls(resolver: Resolver, node: ast.FunctionDef, *, method: bool) -> list[str]:
    """The functions (or methods of the same object) that a function without branches must call."""
    body = node.body
    if any(isinstance(s, _BRANCHES) for s in body):
        return []
    ends = next((i for i, s in enumerate(body) if isinstance(s, ast.Return)), len(body))
    own = below(body[: ends + 1], resolver.budget, scopes=False)
    if any(isinstance(n, _BRANCHES) for n in own):
        return []
    functions = [n.func for n in own if isinstance(n, ast.Call)]
    if not method:
        return [f.id for f in functions if isinstance(f, ast.Name)]
    first = node.args.args[0].arg if node.args.args else ""
    # A property is called by being read, a special method by the function that stands for it; where
    # more is done than that, it may well have changed something first.
    getter = any(isinstance(d, ast.Name) and d.id == "property" for d in node.decorator_list)
    alone = len(body) == 1
    return [
        *(
            n.attr
            for n in (own if getter and alone else functions)
            if isinstance(n, ast.Attribute) and isinstance(n.value, ast.Name) and n.value.id == first
        ),
        *(
            f"__{n.func.id}__"
            for n in own
            if alone
            and isinstance(n, ast.Call)
            and isinstance(n.func, ast.Name)
            and n.func.id in _SPECIAL
            and n.args
            and isinstance(n.args[0], ast.Name)
            and n.args[0].id == first
        ),
    ]


def _shown(test: ast.expr) -> str:
    """The loop in few words; unparsing every condition would cost more than judging it."""
    return f"while {test.value!r}" if isinstance(test, ast.Constant) else "a while loop"


def _never(call: ast.Call) -> bool:
    callee = call.args[0]
    return isinstance(callee, ast.Name) and callee.id in ("int", "float", "str", "list", "dict", "object")


def _always(test: ast.expr) -> bool:
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        return isinstance(test.operand, ast.Constant) and not test.operand.value
    if isinstance(test, ast.Compare) and len(test.ops) == 1:
        left, right = test.left, test.comparators[0]
        if (
            isinstance(left, ast.Constant)
            and isinstance(right, ast.Constant)
            and type(left.value) is type(right.value)
        ):
            return isinstance(test.ops[0], ast.Eq) and left.value == right.value
    return isinstance(test, ast.List | ast.Tuple | ast.Set) and bool(test.elts)


def _fixed(resolver: Resolver, test: ast.expr) -> set[str]:
    """The names of a condition that only its names can change; empty when that cannot be told."""
    names: set[str] = set()
    for part in below([test], resolver.budget):
        if isinstance(part, ast.Name):
            names.add(part.id)
        elif isinstance(part, ast.Call | ast.Attribute | ast.Subscript | ast.Await | ast.NamedExpr):
            return set()
    return names


def _touched(resolver: Resolver, body: list[ast.stmt]) -> set[str]:
    """Names that the body binds or may change through; every use but printing counts."""
    found: set[str] = set()
    pending: list[tuple[ast.AST, bool]] = [(statement, False) for statement in body]
    walked, most = 0, resolver.budget.units // _STEP
    while pending and walked <= most:
        part, reached = pending.pop()
        walked += 1
        if isinstance(part, ast.Name):
            if reached or not isinstance(part.ctx, ast.Load):
                found.add(part.id)
        elif isinstance(part, ast.Call) and not (isinstance(part.func, ast.Name) and part.func.id == "print"):
            return {n.id for n in below(body, resolver.budget) if isinstance(n, ast.Name)}
        reached = reached or isinstance(part, ast.Attribute | ast.Subscript)
        pending.extend((child, reached) for child in children(part))
    resolver.budget.spend(_STEP * walked)
    return found


def _leaves(resolver: Resolver, body: list[ast.stmt]) -> bool:
    """Whether something in `body` can leave the loop around it."""
    pending: list[tuple[ast.AST, bool]] = [(child, False) for child in body]
    walked, most = 0, resolver.budget.units // _STEP
    while pending and walked <= most:
        child, inner = pending.pop()
        walked += 1
        if isinstance(child, _WAYS_OUT) or (type(child) is ast.Break and not inner):
            resolver.budget.spend(_STEP * walked)
            return True
        if not isinstance(child, SCOPES):
            deeper = inner or isinstance(child, _LOOPS)
            pending.extend((part, deeper) for part in children(child))
    resolver.budget.spend(_STEP * walked)
    return False
