"""Which tests must pass, read from the test files' syntax alone: nothing is imported."""

from __future__ import annotations

import ast
import fnmatch
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath

from sandbox.harness.syntax import parsed

PATTERNS = ("test_*.py", "*_test.py")


def test_files(tests: Mapping[str, bytes]) -> list[str]:
    """The paths that hold tests: by pytest's patterns, else every Python file but conftest.py."""
    python = [path for path in sorted(tests) if path.endswith(".py")]
    named = [p for p in python if any(fnmatch.fnmatch(PurePosixPath(p).name, pat) for pat in PATTERNS)]
    return named or [path for path in python if PurePosixPath(path).name != "conftest.py"]


test_files.__test__ = False  # type: ignore[attr-defined]  # not a test, whatever its name says


def expected_tests(tests: Mapping[str, bytes], selection: Iterable[str] = ()) -> list[str]:
    """Node ids without parameters (`test_a.py::TestX::test_y`) that must all be reported passed.

    Only definitions that surely exist count: top level of a file or of a class, not inside `if` or
    `try`. With a `selection`, only what it selects. A file that does not parse expects nothing here;
    its import fails and says so.
    """
    found: list[str] = []
    for path in test_files(tests):
        try:
            tree = parsed(tests[path])
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        found += dict.fromkeys(f"{path}::{name}" for name in _names(tree.body))
    chosen = list(selection)
    return [test for test in found if not chosen or any(selects(item, test) for item in chosen)]


def selects(item: str, test: str) -> bool:
    """Whether the selection `item` (file, class, function or one parameter set) concerns `test`."""
    plain = item.split("[", 1)[0]
    return test == plain or test.startswith((f"{plain}::", f"{plain}["))


def matches(prefix: str, node_id: str) -> bool:
    """Whether `node_id` is the test `prefix` or one of its parameter sets or subtests."""
    return node_id == prefix or node_id.startswith((f"{prefix}[", f"{prefix} ", f"{prefix}::"))


def _names(body: Iterable[ast.stmt], unittest_class: bool = False) -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            if node.name.startswith("test") and not _is_fixture(node):
                yield node.name
        elif isinstance(node, ast.ClassDef) and not unittest_class:
            is_unittest = any(ast.unparse(base).endswith("TestCase") for base in node.bases)
            if (is_unittest or node.name.startswith("Test")) and not _opted_out(node, is_unittest):
                yield from (f"{node.name}::{name}" for name in _names(node.body, is_unittest))


def _is_fixture(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return any("fixture" in ast.unparse(decorator) for decorator in node.decorator_list)


def _opted_out(node: ast.ClassDef, is_unittest: bool) -> bool:
    """`__test__` set, or a constructor, with which pytest passes a plain class over."""
    for item in node.body:
        if isinstance(item, ast.Assign) and any(ast.unparse(t) == "__test__" for t in item.targets):
            return True
        if not is_unittest and isinstance(item, ast.FunctionDef) and item.name in ("__init__", "__new__"):
            return True
    return False
