"""Tasks from files on this machine: a target, its tests, and the modules around them."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from engine.errors import UsageError, WorkspaceError
from engine.model import Target, Task
from engine.task_tests import absolute, find_test_files, read_tests, relative_names
from engine.task_workspace import surroundings
from engine.workspace import Workspace, read_source
from sandbox.contract import Limits


@contextmanager
def _file_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise WorkspaceError(
            f"cannot use {error.filename}: {error.strerror}", "Check the path and its permissions"
        ) from None


@_file_errors()
def load_task(
    file: Path,
    tests: Path | Sequence[Path],
    function: str = "",
    description: str = "",
    limits: Limits | None = None,
) -> Task:
    """The task of repairing `file` until `tests` (files or folders) pass.

    Raises UsageError, WorkspaceError or TestsUnusable, each naming what is wrong and where.
    """
    target = _absolute(file)
    source = read_source(target)
    if function:
        _check_function(target, source.decode(), function)
    return _task(target, source, tests, function, description, limits, exists=True)


@_file_errors()
def new_task(
    describe: str,
    tests: Path | Sequence[Path],
    out: Path,
    function: str = "",
    limits: Limits | None = None,
) -> Task:
    """The task of writing `out`, which is not there yet, from a description. Raises UsageError."""
    target = _absolute(out)
    if not describe.strip():
        raise UsageError("the description is empty", "Say in --describe what is to be written")
    if target.exists() or target.is_symlink():
        raise UsageError(f"{target} is there already", "Repair it with `coder-tui fix`, or name another file")
    if not target.parent.is_dir():
        raise WorkspaceError(f"there is no folder {target.parent}", f"Run `mkdir -p {target.parent}`")
    return _task(target, b"", tests, function, describe, limits, exists=False)


def _task(
    target: Path,
    source: bytes,
    tests: Path | Sequence[Path],
    function: str,
    description: str,
    limits: Limits | None,
    *,
    exists: bool,
) -> Task:
    named = [tests] if isinstance(tests, Path) else list(tests)
    found = find_test_files(named)
    if any(path.resolve() == target.resolve() for path in found):
        if any(absolute(path) == target for path in named) or len(found) == 1:
            raise UsageError(f"{target} is named as the code and as its tests", "Name two different files")
        found = [path for path in found if path.resolve() != target.resolve()]
    sources = read_tests(found)
    around = surroundings(target, source, sources)
    relative = target.relative_to(around.root).as_posix()
    files = {path.relative_to(around.root).as_posix(): data for path, data in around.code.items()}
    if exists:
        files[relative] = source
    return Task(
        id=target.stem,
        description=description,
        workspace=Workspace(files, frozenset({relative})),
        target=Target(relative, function),
        tests=relative_names({**sources, **around.helpers}),
        limits=limits or Limits(),
        source=str(target),
        test_source=str(absolute(named[0])),
    )


def _absolute(file: Path) -> Path:
    path = absolute(file)
    if path.suffix != ".py":
        raise UsageError(f"{path} is not a Python file", "Name one that ends in .py")
    return path


def _check_function(target: Path, source: str, function: str) -> None:
    names = list(dict.fromkeys(_defined(source)))
    if function in names:
        return
    near = difflib.get_close_matches(function, names, 3, 0.5) or names[:5]
    remedy = f"It has {', '.join(near)}" if near else "It defines no function"
    raise UsageError(f"{target} has no function {function!r}", remedy)


def _defined(source: str) -> Iterator[str]:
    try:
        yield from _names(ast.parse(source).body)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        yield from re.findall(r"^[ \t]*(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", source, re.M)


def _names(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield prefix + node.name
            yield from _names(node.body, f"{prefix}{node.name}.")
        else:
            inner = [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
            yield from _names(inner, prefix)
