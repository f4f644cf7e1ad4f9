"""Which tests the loop sees, where the user says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.errors import UsageError
from engine.evaluation.benchmarks.own import in_module, shown_of
from engine.evaluation.problem import Problem
from engine.evaluation.rows import Row, files_of, read_rows, text_of, texts_of
from engine.evaluation.shown import named_tests

EXISTENCE = "existence"
IS_THERE = "def test_is_there()"
WORDS = ("auto", "docstring", "none")


def show(problems: Sequence[Problem], shown: str, *, oracle: bool) -> tuple[Problem, ...]:
    """The problems with the tests that the loop is to see. Raises UsageError.

    `shown` is "auto" or "docstring" (the benchmark's own choice; a recording's given tests go before it
    with "auto"), "none", or the path of a file with `{"task_id", "tests": [assertions] or {path: text}}`.
    `oracle` shows the judge's own tests.
    """
    if oracle:
        return tuple(replace(p, shown=p.judge, shown_from="oracle") for p in problems)
    if shown in ("auto", "docstring"):
        return tuple(_told(problem) for problem in problems)
    if shown == "none":
        return tuple(_told(replace(p, shown=shown_of(p.function, p.file, ""))) for p in problems)
    path = Path(shown).expanduser()
    if not path.is_file():
        raise UsageError(f"--shown {shown}: there is no such file", f"a file, or one of {', '.join(WORDS)}")
    named = {text_of(row, "task_id"): row for _, row in read_rows(path, "the shown tests").rows}
    return tuple(_named(problem, named.get(problem.id), path) for problem in problems)


def _told(problem: Problem) -> Problem:
    """The problem, saying so where the loop sees nothing but that the function is there."""
    nothing = any(IS_THERE in text for text in problem.shown.values())
    return replace(problem, shown_from=EXISTENCE) if nothing else problem


def _named(problem: Problem, row: Row | None, path: Path) -> Problem:
    if row is None:
        raise UsageError(f"{path} has no tests for {problem.id}", "add a line for it, or select without it")
    tests = row.get("tests")
    if isinstance(tests, dict):
        return replace(problem, shown=files_of(row, "tests"), shown_from="named")
    assertions = texts_of(row, "tests")
    shown = in_module(named_tests(assertions, problem.function), problem.file)
    return replace(problem, shown=shown, shown_from="named")
