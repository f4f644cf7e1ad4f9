"""The syntax of test files, read once for all who ask."""

from __future__ import annotations

import ast
import functools


@functools.lru_cache(maxsize=4)
def parsed(source: bytes) -> ast.Module:
    """The tree of a file, not to be changed. Raises what `ast.parse` raises."""
    return ast.parse(source)
