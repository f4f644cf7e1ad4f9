"""MBPP (Austin et al. 2021): a sentence and assertions; a function to be written."""

from __future__ import annotations

import ast
import builtins

from engine.errors import UsageError
from engine.evaluation.problem import FILE, TESTS, Problem
from engine.evaluation.rows import Row, text_of, texts_of
from engine.evaluation.shown import as_tests, existence_tests


def fits(row: Row) -> bool:
    """Whether a row is of this form, the whole set or the sanitized one."""
    return {"code", "test_list", "task_id"} <= row.keys()


def load(row: Row) -> Problem:
    """One problem. Raises UsageError that names the field at fault.

    The set has no docstring, and its only examples are the judge's: of them the description gives away
    the function's name and how many arguments it takes, without which nothing could be written.
    """
    code = text_of(row, "code").replace("\r\n", "\n")
    tests = texts_of(row, "test_list")
    setup = "\n".join((*texts_of(row, "test_imports"), text_of(row, "test_setup_code", "")))
    setup = setup.replace("\r\n", "\n").strip()
    name, arguments = _called(tests, code)
    takes = f"{arguments} argument{'' if arguments == 1 else 's'}"
    said = text_of(row, "text", text_of(row, "prompt", "")).strip()
    number = text_of(row, "task_id")
    return Problem(
        id=f"MBPP/{number}" if number.isdigit() else number,
        description=f"{said} The function is called {name} and takes {takes}.",
        file=FILE,
        function=name,
        judge={TESTS: f"{_head(setup, tests)}{setup}\n\n{as_tests(tests)}"},
        shown=existence_tests(name),
        shown_from="existence",
        reference=code,
    )


def _called(tests: tuple[str, ...], code: str) -> tuple[str, int]:
    """The function that the tests are about: the first defined by the code that they call."""
    try:
        defined = {
            node.name for node in ast.parse(code).body if isinstance(node, ast.FunctionDef | ast.ClassDef)
        }
        trees = [ast.parse(test) for test in tests]
    except (SyntaxError, ValueError, RecursionError) as error:
        raise UsageError(f"its code or tests do not parse: {error}") from None
    calls = [n for tree in trees for n in ast.walk(tree) if isinstance(n, ast.Call)]
    for call in calls:
        if isinstance(call.func, ast.Name) and call.func.id in defined:
            return call.func.id, len(call.args) + len(call.keywords)
    raise UsageError("its tests call nothing that its code defines")


def _head(setup: str, tests: tuple[str, ...]) -> str:
    """Imports from the candidate: everything public, and by name what the tests use and do not make."""
    tree = ast.parse("\n".join((setup, *tests)))
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    made = {node.id for node in names if not isinstance(node.ctx, ast.Load)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            made |= {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            made.add(node.name)
        elif isinstance(node, ast.arg):
            made.add(node.arg)
    wanted = sorted({node.id for node in names} - made - set(dir(builtins)))
    named = f"from solution import {', '.join(wanted)}\n" if wanted else ""
    return f"from solution import *\n{named}"
