"""The user's tests as a task carries them: read, parsed, and found to hold tests at all."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path

from engine.errors import TestsUnusable, WorkspaceError
from engine.imported_modules import package_root
from engine.workspace import read_source

PATTERNS = ("test_*.py", "*_test.py")
MAX_TEST_FILES = 500


def absolute(path: Path) -> Path:
    """The path from the root, without `..`; a symbolic link keeps its name, by which tests import it."""
    return Path(os.path.abspath(path.expanduser()))  # noqa: PTH100 - `resolve` follows links


def looks_like_test(path: Path) -> bool:
    """Whether a file's name says that it belongs to the tests."""
    return path.name == "conftest.py" or any(fnmatch(path.name, pattern) for pattern in PATTERNS)


def find_test_files(named: Iterable[Path]) -> list[Path]:
    """The test files that were named or lie in the folders that were named, absolute, in order.

    Raises WorkspaceError for what is missing and TestsUnusable where a folder holds none.
    """
    found: dict[Path, None] = {}
    for path in named:
        path = absolute(path)
        if not path.is_dir():
            if not path.exists():
                raise WorkspaceError(f"there is no {path}", "Name a test file or a folder of tests")
            found[path] = None
            continue
        inside = sorted(
            f for f in path.rglob("*.py") if looks_like_test(f) and not _hidden(f.relative_to(path))
        )
        inside = [f for f in inside if f.name != "conftest.py"]
        if not inside:
            raise TestsUnusable(f"{path} holds no test_*.py or *_test.py", "Name a test file itself")
        found.update(dict.fromkeys(inside))
    if not found:
        raise TestsUnusable("no tests are named", "Name a test file or a folder of tests")
    if len(found) > MAX_TEST_FILES:
        raise TestsUnusable(f"{len(found)} test files are too many", "Name the ones that matter")
    return list(found)


def read_tests(files: Iterable[Path]) -> dict[Path, bytes]:
    """Test files, with the conftest.py files that pytest would load for them.

    Raises WorkspaceError for an unreadable file, TestsUnusable where one does not parse or none has a test.
    """
    named = list(files)
    sources = {path: read_source(path) for path in named}
    count = sum([_count_tests(path, source) for path, source in sources.items()])
    if not count:
        where = named[0] if len(named) == 1 else f"{len(named)} test files"
        raise TestsUnusable(f"{where}: no test in it", "Write functions that begin with test_")
    for path in named:
        root = package_root(path)
        for folder in path.parents:
            conftest = folder / "conftest.py"
            if conftest not in sources and conftest.is_file():
                sources[conftest] = read_source(conftest)
                _parse(conftest, sources[conftest])
            if folder == root:
                break
    return sources


def relative_names(sources: dict[Path, bytes]) -> dict[str, bytes]:
    """Sources by path relative to each one's own root; raises TestsUnusable where two would coincide."""
    taken: dict[str, Path] = {}
    for path in sources:
        name = path.relative_to(package_root(path)).as_posix()
        if name in taken:
            raise TestsUnusable(
                f"{taken[name]} and {path} have the same name", "Rename one, or name one of them alone"
            )
        taken[name] = path
    return {name: sources[path] for name, path in taken.items()}


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") or part in ("__pycache__", "node_modules", "venv") for part in path.parts)


def _parse(path: Path, source: bytes) -> ast.Module:
    try:
        return ast.parse(source)
    except SyntaxError as error:
        raise TestsUnusable(
            f"{path}:{error.lineno or 1}: the tests do not parse: {error.msg}", "Correct that line"
        ) from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise TestsUnusable(f"{path}:1: the tests do not parse: {error}", "Correct the file") from None


def _count_tests(path: Path, source: bytes) -> int:
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return sum(
        isinstance(node, functions) and node.name.startswith("test")
        for node in ast.walk(_parse(path, source))
    )
