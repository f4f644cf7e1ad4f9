"""Ticks at loop and function heads, so that an endless variant ends in a millisecond and not by a clock."""

from __future__ import annotations

import ast
import builtins
import operator
import re

_COMPREHENSION = re.compile(r"\S.*\bfor\b")
_TICK = "__screen_tick__"
_Blocks = ast.stmt | ast.ExceptHandler | ast.match_case
_LEAVES = frozenset(
    kind
    for family in (ast.expr_context, ast.operator, ast.cmpop, ast.boolop, ast.unaryop)
    for kind in family.__subclasses__()
) | {ast.Name, ast.Constant}
_made: dict[int, ast.Expr] = {}
_Headed = ast.FunctionDef | ast.AsyncFunctionDef | ast.For | ast.AsyncFor | ast.While


class Ticks:
    """A budget that instrumented code spends. Once spent, every further tick raises again.

    A tick is the `__next__` of a range: nothing that is called so often may be written in Python. What it
    raises at the end is an Exception, and code that catches it is told by `spent`.
    """

    def __init__(self) -> None:
        self._range = iter(range(0))
        self.left = 0

    @property
    def left(self) -> int:
        """Ticks that remain; set it to begin anew."""
        return max(0, operator.length_hint(self._range) - 1)

    @left.setter
    def left(self, ticks: int) -> None:
        self._range = iter(range(1, ticks + 2))
        setattr(builtins, _TICK, self._range.__next__)

    @property
    def spent(self) -> bool:
        """Whether the budget ran out, even if the code under test hid it."""
        return operator.length_hint(self._range) == 0


def instrument(tree: ast.Module, *, comprehensions: bool = True) -> ast.Module:
    """The tree with a tick at each loop, comprehension and function head; line numbers stay.

    `comprehensions` false spares the walk through expressions where the caller knows that there are none.
    """
    for node in tree.body:
        instrument_part(node, comprehensions=comprehensions)
    return tree


def instrument_part(node: ast.stmt, *, comprehensions: bool = True) -> None:
    """Ticks in one statement, as `instrument` does it for all."""
    _statement(node, comprehensions)


def comprehends(text: str) -> bool:
    """Whether there may be a comprehension in a text."""
    return "for" in text and _COMPREHENSION.search(text) is not None


def _statement(node: ast.stmt, deep: bool) -> None:
    for field in ("body", "orelse", "finalbody"):
        for child in getattr(node, field, ()):
            _statement(child, deep)
    for part in (*getattr(node, "handlers", ()), *getattr(node, "cases", ())):
        for child in part.body:
            _statement(child, deep)
    if deep:
        _expressions(node)
    if isinstance(node, _Headed):
        first = node.body[0]
        node.body.insert(1 if _docstring(first) else 0, _tick_on(first.lineno))


def _expressions(node: ast.AST) -> None:
    """Ticks in the comprehensions of a statement's own expressions."""
    for field in node._fields:
        value = getattr(node, field, None)
        for child in value if value.__class__ is list else (value,):
            if (
                isinstance(child, ast.AST)
                and child.__class__ not in _LEAVES
                and not isinstance(child, _Blocks)
            ):
                _expressions(child)
                if child.__class__ is ast.comprehension:
                    child.ifs.insert(0, _tick_on(child.target.lineno).value)


def _docstring(node: ast.stmt) -> bool:
    return (
        isinstance(node, ast.Expr)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
    )


def _tick_on(line: int) -> ast.Expr:
    """The tick as a statement; compiling changes no tree, so one serves all that stand on a line."""
    if line not in _made:
        name = ast.Name(_TICK, ast.Load(), lineno=line, col_offset=0, end_lineno=line, end_col_offset=0)
        call = ast.Call(name, [], [], lineno=line, col_offset=0, end_lineno=line, end_col_offset=0)
        _made[line] = ast.Expr(call, lineno=line, col_offset=0, end_lineno=line, end_col_offset=0)
    return _made[line]
