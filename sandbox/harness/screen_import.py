"""Imports the file under test with ticks in it."""

from __future__ import annotations

import ast
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from sandbox.harness.screen_ticks import instrument


class Instrumented(MetaPathFinder):
    """Loads the target file with ticks in it, line numbers as they are."""

    def __init__(self, target: Path) -> None:
        self._target = str(target)

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.origin == self._target:
            spec.loader = _Loader(name, self._target)
        return spec


class _Loader(SourceFileLoader):
    def source_to_code(self, data: Any, path: Any, *, _optimize: int = -1) -> CodeType:  # type: ignore[override]
        code: CodeType = compile(
            instrument(ast.parse(data)), path, "exec", dont_inherit=True, optimize=_optimize
        )
        return code
