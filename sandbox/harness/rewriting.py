"""Assertion rewriting as pytest does it, with what explains a failure made when one has failed.

pytest writes the explanation of each assertion into the code of the module: three quarters of what is
then compiled, for the few that fail. Here the code only keeps the values, under pytest's own names, and
what explains them is compiled by pytest's own rewriter from the one assertion that failed.
"""

from __future__ import annotations

import ast
import importlib.util
import itertools
import sys
from collections.abc import Mapping
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from _pytest.assertion import rewrite

_EXPLAIN = "@explain"  # no name that a program can have
_SAID = "@said"
_KEPT = 32

_code: dict[tuple[str, bytes], CodeType] = {}
_sources: dict[str, tuple[bytes, Any]] = {}
_expected: dict[str, str] = {}


def rewrite_lazily(hook: rewrite.AssertionRewritingHook) -> None:
    """Have `hook` load modules this way."""

    find = hook.find_spec

    def find_spec(name: str, path: Any = None, target: Any = None) -> Any:
        if path is None and name in _expected:
            return importlib.util.spec_from_file_location(
                name, _expected[name], loader=hook, submodule_search_locations=None
            )
        return find(name, path, target)

    def exec_module(module: ModuleType) -> None:
        assert module.__spec__ is not None and module.__spec__.origin is not None
        path = module.__spec__.origin
        hook._rewritten_names[module.__name__] = Path(path)
        source = Path(path).read_bytes()
        _sources[path] = source, hook.config
        vars(module)[_EXPLAIN] = explain
        exec(_compiled(path, source, hook.config), vars(module))

    hook.find_spec, hook.exec_module = find_spec, exec_module  # type: ignore[method-assign]


def expect(modules: Mapping[str, str]) -> None:
    """Say where these modules are, so that nothing looks for them."""
    _expected.clear()
    _expected.update(modules)


def forget() -> None:
    """No module that was loaded so far will fail any more."""
    _sources.clear()


def _compiled(path: str, source: bytes, config: Any) -> CodeType:
    known = _code.get((path, source))
    if known is None:
        tree = ast.parse(source, filename=path)
        walrus = b":=" in source  # pytest follows these from one assertion to the next
        (rewrite.AssertionRewriter if walrus else Sparing)(path, config, source).run(tree)
        known = compile(tree, path, "exec", dont_inherit=True)
        while len(_code) >= _KEPT:
            del _code[next(iter(_code))]
        _code[path, source] = known
    return known


class Sparing(rewrite.AssertionRewriter):
    """Rewrites an assertion to the statements that pytest's own makes of it, but for the explanation."""

    def visit_Assert(self, assert_: ast.Assert) -> list[ast.stmt]:
        """The statements in place of `assert_`."""
        if not isinstance(assert_.msg, ast.Constant | None) or isinstance(assert_.test, ast.Tuple):
            return rewrite.AssertionRewriter(self.module_path, self.config, self.source).visit_Assert(assert_)
        self.statements: list[ast.stmt] = []
        self.variables: list[str] = []
        self.variable_counter = itertools.count()
        self.stack: list[dict[str, ast.expr]] = []
        self.expl_stmts: list[ast.stmt] = []
        self.push_format_context()
        condition, _ = self.visit(assert_.test)
        where = [ast.Constant(value) for value in (self.module_path, assert_.lineno, assert_.col_offset)]
        here = ast.Call(self.builtin("locals"), [], [])
        text = ast.Call(ast.Name(_EXPLAIN, ast.Load()), [*where, here], [])
        error = ast.Call(ast.Name("AssertionError", ast.Load()), [text], [])
        self.statements.append(ast.If(ast.UnaryOp(ast.Not(), condition), [ast.Raise(error, None)], []))
        if self.variables:
            names: list[ast.expr] = [ast.Name(name, ast.Store()) for name in self.variables]
            self.statements.append(ast.Assign(names, ast.Constant(None)))
        _place(self.statements, assert_)
        return self.statements

    def visit_Name(self, name: ast.Name) -> tuple[ast.Name, str]:
        """A name is its own value."""
        return name, self.explanation_param(name)

    def display(self, expr: ast.expr) -> ast.expr:
        """Nothing is shown."""
        return expr

    def pop_format_context(self, expl_expr: ast.expr) -> ast.Name:
        """Count on as pytest does, so that names stay the same."""
        self.stack.pop()
        if self.stack:
            self.explanation_specifiers = self.stack[-1]
        return ast.Name(f"@py_format{next(self.variable_counter)}", ast.Load())


def _place(statements: list[ast.stmt], at: ast.Assert) -> None:
    """Give every node that has no place in the source that of the assertion."""
    todo: list[Any] = list(statements)
    while todo:
        node = todo.pop()
        if node._attributes and getattr(node, "lineno", None) is None:
            node.lineno, node.col_offset = at.lineno, at.col_offset
            node.end_lineno, node.end_col_offset = at.end_lineno, at.end_col_offset
        for name in node._fields:
            child = getattr(node, name, None)
            if isinstance(child, list):
                todo += [item for item in child if isinstance(item, ast.AST)]
            elif isinstance(child, ast.AST) and child._fields:
                todo.append(child)


def explain(path: str, line: int, column: int, values: dict[str, Any]) -> Any:
    """What pytest says of the assertion at a place in a file that failed with these values."""
    source, config = _sources[path]
    asserts = (node for node in ast.walk(ast.parse(source, filename=path)) if isinstance(node, ast.Assert))
    (found,) = [node for node in asserts if (node.lineno, node.col_offset) == (line, column)]
    statements = rewrite.AssertionRewriter(path, config, source).visit_Assert(found)
    (failing,) = [s for s in statements if isinstance(s, ast.If) and isinstance(s.body[-1], ast.Raise)]
    error: Any = failing.body[-1]
    said = ast.Assign([ast.Name(_SAID, ast.Store())], error.exc.args[0])
    body = ast.Module([*failing.body[:-1], ast.copy_location(said, error)], [])
    here = dict(values)
    exec(compile(ast.fix_missing_locations(body), path, "exec"), sys._getframe(1).f_globals, here)
    return here[_SAID]
