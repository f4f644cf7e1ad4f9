"""Ticks at loop and function heads, so that an endless variant ends in a millisecond and not by a clock."""

from __future__ import annotations

import ast
import builtins
from typing import TypeVar

_TICK = "__screen_tick__"
_Block = TypeVar("_Block", ast.FunctionDef, ast.AsyncFunctionDef, ast.For, ast.AsyncFor, ast.While)


class OutOfTicks(BaseException):
    """The budget is spent; not an Exception, so that candidate code seldom catches it."""


class Ticks:
    """A budget that instrumented code spends. Once spent, every further tick raises again."""

    def __init__(self) -> None:
        self.left = 0

    def install(self) -> None:
        """Make the tick known to instrumented code."""
        setattr(builtins, _TICK, self._tick)

    @property
    def spent(self) -> bool:
        """Whether the budget ran out, even if the code under test hid it."""
        return self.left < 0

    def _tick(self) -> bool:
        self.left -= 1
        if self.left < 0:
            raise OutOfTicks
        return True


def instrument(tree: ast.Module) -> ast.Module:
    """The tree with a tick at each loop, comprehension and function head; line numbers stay."""
    _Instrument().visit(tree)
    return tree


class _Instrument(ast.NodeTransformer):
    def _head(self, node: _Block) -> _Block:
        self.generic_visit(node)
        first = node.body[0]
        tick = ast.copy_location(ast.Expr(_call(first)), first)
        node.body.insert(1 if _docstring(first) else 0, tick)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._head(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._head(node)

    def visit_For(self, node: ast.For) -> ast.AST:
        return self._head(node)

    def visit_AsyncFor(self, node: ast.AsyncFor) -> ast.AST:
        return self._head(node)

    def visit_While(self, node: ast.While) -> ast.AST:
        return self._head(node)

    def visit_comprehension(self, node: ast.comprehension) -> ast.AST:
        self.generic_visit(node)
        node.ifs.insert(0, _call(node.target))
        return node


def _docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _call(place: ast.AST) -> ast.Call:
    name = ast.copy_location(ast.Name(_TICK, ast.Load()), place)
    return ast.copy_location(ast.Call(name, [], []), place)
