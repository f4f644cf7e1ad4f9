"""QuixBugs (Lin et al. 2017): small algorithms with one bug each."""

from __future__ import annotations

import ast

from engine.errors import UsageError
from engine.evaluation.problem import FILE, TESTS, Problem
from engine.evaluation.rows import Row, text_of
from engine.evaluation.shown import shown_tests


def fits(row: Row) -> bool:
    """Whether a row is of this form."""
    return {"name", "buggy_program", "tests", "solution"} <= row.keys()


def load(row: Row) -> Problem:
    """One problem. Raises UsageError that names the field at fault."""
    name = text_of(row, "name")
    docstring = text_of(row, "docstring", "")
    return Problem(
        id=name,
        description=docstring.strip().strip('"').strip(),
        file=FILE,
        function=name,
        files={FILE: text_of(row, "buggy_program").rstrip() + "\n"},
        judge={TESTS: _judge(text_of(row, "tests"), name)},
        shown=shown_tests(docstring, name),
        shown_from="docstring",
        reference=text_of(row, "solution").rstrip() + "\n",
    )


def _judge(tests: str, name: str) -> str:
    """Assertions on their own go into one test; functions that are called on their own become tests."""
    try:
        tree = ast.parse(tests)
    except (SyntaxError, ValueError, RecursionError) as error:
        raise UsageError(f"its tests do not parse: {error}") from None
    called = {made for node in tree.body if (made := _bare_call(node))}
    checks, rest = [], []
    for node in tree.body:
        if isinstance(node, ast.Assert):
            checks.append(node)
            continue
        if isinstance(node, ast.FunctionDef) and node.name in called:
            node.name = f"test_{node.name}"
        if not _bare_call(node):
            rest.append(ast.unparse(node))
    if checks:
        body = "\n".join(f"    {line}" for node in checks for line in ast.unparse(node).splitlines())
        rest.append(f"def test_all():\n{body}")
    head = f"from solution import *\nfrom solution import {name}\n"
    return head + "\n\n".join(rest) + "\n"


def _bare_call(node: ast.stmt) -> str:
    """The function's name, when the statement is nothing but a call of it without arguments."""
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and not call.args:
        return call.func.id
    return ""
