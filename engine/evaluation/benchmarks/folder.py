"""A folder of the user's own code and tests as a benchmark."""

from __future__ import annotations

import ast
from pathlib import Path

from engine.errors import UsageError
from engine.evaluation.benchmarks.own import shown_of
from engine.evaluation.problem import Problem
from engine.task_files import load_task
from engine.task_tests import looks_like_test

LAYOUT = "a task is NAME.py beside test_NAME.py, or a folder with one .py file and test_*.py"


def load_folder(folder: Path) -> list[Problem]:
    """The tasks of a folder, by name: pairs of files in it, and one for each folder in it.

    A task's tests judge. What the loop sees are the tests in the task's folder `shown/`, where there is
    one, else the examples in the code's docstrings and in `task.md`, which describes the task.
    Raises UsageError.
    """
    problems = _tasks(folder, "")
    for inner in sorted(path for path in folder.iterdir() if path.is_dir() and path.name[0] not in "._"):
        if inner.name != "shown":
            problems += _tasks(inner, inner.name)
    if not problems:
        raise UsageError(f"there is no task in {folder}", LAYOUT)
    return problems


def _tasks(folder: Path, name: str) -> list[Problem]:
    python = sorted(path for path in folder.glob("*.py") if path.is_file())
    tests = [path for path in python if looks_like_test(path)]
    code = [path for path in python if not looks_like_test(path) and path.name != "conftest.py"]
    if not tests:
        return []
    if name and len(code) == 1:
        return [_problem(name, code[0], tests)]
    pairs = [(file, test) for file in code for test in tests if test.stem == f"test_{file.stem}"]
    if not pairs:
        raise UsageError(f"{folder} has tests, and no code that they belong to", LAYOUT)
    return [_problem(f"{name}/{file.stem}".strip("/"), file, [test]) for file, test in pairs]


def _problem(name: str, file: Path, tests: list[Path]) -> Problem:
    task = load_task(file, tests)
    about = file.parent / "task.md"
    said = about.read_text(encoding="utf-8", errors="replace").strip() if about.is_file() else ""
    source = task.workspace.text(task.target.file)
    function, text = _only_function(source)
    seen = file.parent / "shown"
    if seen.is_dir():
        shown = {path: data.decode() for path, data in load_task(file, [seen]).tests.items()}
    else:
        shown = shown_of(function, task.target.file, f"{said}\n{text}")
    return Problem(
        id=name,
        description=said,
        file=task.target.file,
        function="",
        files={path: data.decode() for path, data in task.workspace.files.items()},
        judge={path: data.decode() for path, data in task.tests.items()},
        shown=shown,
        shown_from="named" if seen.is_dir() else "docstring",
    )


def _only_function(source: str) -> tuple[str, str]:
    """The first public function of a source and its docstring; empty where it does not parse."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return "", ""
    functions = [n for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]
    return (functions[0].name, ast.get_docstring(functions[0]) or "") if functions else ("", "")
