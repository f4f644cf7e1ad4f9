"""Splits a test into atoms: every assertion is counted on its own and none ends the test."""

from __future__ import annotations

import ast
import builtins
import math
import sys
import time
from collections.abc import Callable, Collection

import pytest

from sandbox.harness.screen_clock import Clock, Overtime
from sandbox.harness.screen_ticks import Ticks

_NOTE = "__screen_atom__"
_SOFT = "__screen_soft__"
LITTLE = 2_000  # ticks
DEAR = 10_000


class Enough(BaseException):
    """The test has taken long and an assertion failed: what remains cannot make it pass."""


class Atoms:
    """What became of the assertions of the test that is running, in order, each with its own budget.

    `boundary` is called as each assertion ends, with its number: a tracer cuts there. From `hasty_from`
    (monotonic seconds) on, the first failed assertion ends the test. `endless` counts those that ran out of
    ticks or time, or of stack while `shallow`; `ticks` and `seconds` are what the dearest of the others
    took, `whole` the ticks of all.
    """

    def __init__(self, ticks: Ticks, clock: Clock) -> None:
        self.seen: list[bool] = []
        self.boundary: Callable[[int], None] | None = None
        self.hasty_from = math.inf
        self.shallow = True
        self._ticks, self._clock = ticks, clock
        self._limit, self._purse, self._seconds, self._allowed = 0, 0, 0.0, 0
        self.endless, self.ticks, self.seconds, self.whole = 0, 0, 0.0, 0
        self._given, self._began = 0, 0.0
        self._slow: Collection[int] = ()
        self.slow: list[int] = []
        self.costs: list[int] = []
        self._costs: tuple[int, ...] = ()
        self._failed, self._failures, self._blank = 0, math.inf, math.inf

    def install(self) -> None:
        """Make the names that rewritten tests call known to them."""
        setattr(builtins, _NOTE, self._note)
        setattr(builtins, _SOFT, (Exception, pytest.fail.Exception, Overtime))

    def begin(
        self,
        limit: int,
        purse: int,
        seconds: float,
        allowed: int,
        slow: Collection[int] = (),
        costs: tuple[int, ...] = (),
        failures: float = math.inf,
        blank: float = math.inf,
    ) -> None:
        """A test begins: `limit` ticks an assertion, `purse` for all that fail; `allowed` run out and end it.

        `slow` are the numbers of those that will probably run out whatever they get: they get little. After
        one that failed, the first that took many ticks on the base (`costs`) ends the test, more than
        `failures` of them end it, and so do `blank` of them that are the first.
        """
        self._failed, self._failures, self._blank = 0, failures, blank
        self.costs, self.seen, self.slow = [], [], []
        self._costs, self._slow = costs, slow
        self._limit, self._purse, self._seconds, self._allowed = limit, purse, seconds, allowed
        self.endless, self.ticks, self.seconds, self.whole = 0, 0, 0.0, 0
        self._refill()

    def end(self) -> None:
        """The test is over, by itself or by what it raised."""
        self._clock.rest()
        self._settle(self.spent)

    @property
    def spent(self) -> bool:
        """Whether ticks or time ran out, even if the code under test hid it."""
        return self._clock.rang or self._ticks.spent

    def _refill(self) -> None:
        limit, seconds = self._limit, self._seconds
        if len(self.seen) in self._slow:
            limit, seconds = min(limit, LITTLE), 0.0
        self._given = given = max(0, min(limit, self._purse))
        self._ticks.left = given
        self._clock.allow(seconds)
        self._began = time.monotonic()

    def _settle(self, spent: bool) -> None:
        used = self._given - self._ticks.left
        self._purse -= used
        self.whole += used
        self.costs.append(used)
        if spent:
            self.endless += 1
            if len(self.seen) - 1 not in self._slow:  # where one never ends, the next seldom does
                self._limit, self._seconds = max(LITTLE, self._limit // 8), self._seconds / 4
            self.slow.append(len(self.seen) - 1)
            return
        if used > self.ticks:
            self.ticks = used
        if (seconds := time.monotonic() - self._began) > self.seconds:
            self.seconds = seconds

    def _next_is_dear(self) -> bool:
        number = len(self.seen)
        return number < len(self._costs) and self._costs[number] > DEAR

    def _note(self, passed: bool) -> None:
        spent = self.spent or (self.shallow and not passed and sys.exc_info()[0] is RecursionError)
        passed = passed and not spent
        self.seen.append(passed)
        if self.boundary is not None:
            self.boundary(len(self.seen) - 1)
        self._settle(spent)
        if passed:
            self._purse += self.costs[-1]  # what passes was worth it
        else:
            self._failed += 1
            hasty = not spent and time.monotonic() > self.hasty_from
            blank = self._failed >= self._blank and self._failed == len(self.seen)
            if hasty or blank or self.endless >= self._allowed or self._failed > self._failures:
                raise Enough
        if self._failed > self.endless and self._next_is_dear():
            raise Enough
        self._refill()


def soften(source: bytes) -> bytes:
    """The test file with every assertion made an atom; unchanged where it does not parse."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return source
    return ast.unparse(ast.fix_missing_locations(_Soften().visit(tree))).encode()


class _Soften(ast.NodeTransformer):
    """Wraps assertions inside functions; what stands in a `try` is left alone, its handlers may want it."""

    def __init__(self) -> None:
        self._depth = 0

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self._depth += 1
        self.generic_visit(node)
        self._depth -= 1
        return node

    def visit_Try(self, node: ast.Try) -> ast.AST:
        return node

    def visit_Assert(self, node: ast.Assert) -> ast.AST:
        node.msg = None  # building it costs more than the test
        return self._wrap(node)

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        match node.value:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name)) if name.startswith(
                "assert"
            ):
                return self._wrap(node)
        return node

    def visit_With(self, node: ast.With) -> ast.AST:
        if any("raises" in ast.dump(item.context_expr).lower() for item in node.items):
            return self._wrap(node)
        return self.generic_visit(node)

    def _wrap(self, node: ast.stmt) -> ast.stmt:
        if not self._depth:
            return node
        handler = ast.ExceptHandler(ast.Name(_SOFT, ast.Load()), None, [_note(False)])
        wrapped = ast.Try([node], [handler], [_note(True)], [])
        return ast.copy_location(wrapped, node)


def _note(passed: bool) -> ast.stmt:
    return ast.Expr(ast.Call(ast.Name(_NOTE, ast.Load()), [ast.Constant(passed)], []))
