"""The source of one test, found by its pytest node id."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from pathlib import PurePosixPath

from engine.static_fixes import parse

_MOST_LINES = 40
_AROUND = 10


def source_of(tests: Mapping[str, bytes], node_id: str, line: int = 0) -> str:
    """The test's source, a long one cut to its head and the lines around `line` (in the file, from 1).

    "" when the test is not found.
    """
    path, _, names = node_id.partition("::")
    text = _file(tests, path)
    tree = parse(text)
    node: ast.Module | ast.stmt | None = tree
    for name in names.partition("[")[0].split("::"):
        node = next((n for n in getattr(node, "body", ()) if getattr(n, "name", "") == name), None)
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return ""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    last = node.end_lineno or first
    lines = text.split("\n")
    if last - first < _MOST_LINES:
        return "\n".join(lines[first - 1 : last])
    focus = line if first <= line <= last else first
    head = lines[first - 1 : min(node.lineno, first + _AROUND)]
    start, end = max(focus - _AROUND, first + len(head)), min(focus + _AROUND, last)
    kept = [*head, "    # …", *lines[start - 1 : end]]
    return "\n".join(kept + (["    # …"] if end < last else []))


def _file(tests: Mapping[str, bytes], path: str) -> str:
    data = tests.get(path)
    if data is None:
        name = PurePosixPath(path).name
        data = next((tests[known] for known in sorted(tests) if PurePosixPath(known).name == name), b"")
    return data.decode("utf-8", "replace").replace("\r\n", "\n")
