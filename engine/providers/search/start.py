"""What a search begins with: code that parses and is written, and tests that run and fail."""

from __future__ import annotations

import ast

from engine.errors import Exhausted
from engine.model import Task
from engine.providers.search.code import Code, docstring
from engine.providers.search.hints import hints_of
from sandbox.contract import Screened


def code_of(task: Task, text: str) -> Code:
    """The code to search from. Raises Exhausted where there is nothing to change."""
    try:
        code = Code(text, task.target.function, hints_of(task.tests))
    except (SyntaxError, ValueError) as error:
        why = f"search cannot start: {task.target.file} does not parse ({error})"
        raise Exhausted(why) from None
    if _unwritten(code):
        said = f"search cannot write `{code.function}` from nothing: it has no code yet"
        raise Exhausted(said, "name a model provider")
    return code


def checked(base: Screened | None) -> Screened:
    """The base's result. Raises Exhausted where the tests cannot be run, or pass."""
    if base is None:
        raise Exhausted("search got no result for the code as it is", "see `coder-tui check` for the reason")
    if base.ended != "exit":
        raise Exhausted(f"search cannot run the tests: {base.ended}")
    if base.total and base.passed == base.total:
        raise Exhausted("search has nothing to repair: the tests pass already")
    return base


def _unwritten(code: Code) -> bool:
    """Whether the function that is to be repaired is only announced: `pass`, `...`, NotImplementedError."""
    named = [function for function in code.functions if function.name == code.function]
    bodies = [[part for part in function.body if not docstring(part)] for function in named]
    return bool(bodies) and all(all(_announces(part) for part in body) for body in bodies)


def _announces(node: ast.stmt) -> bool:
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            return name == "NotImplementedError"
    return False
