"""When two candidates are the same program: layout and comments do not make a difference."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256

from engine.workspace import Workspace


def signature(candidate: Workspace) -> str:
    """A digest over the syntax trees of a candidate's editable files (bytes where they do not parse)."""
    total = sha256()
    for path in sorted(candidate.editable & candidate.files.keys()):
        total.update(f"{path}\0{_program(candidate.files[path])}\0".encode("utf-8", "surrogatepass"))
    return total.hexdigest()


@lru_cache(maxsize=512)  # a run asks about the same few programs again and again
def _program(source: bytes) -> str:
    try:
        return ast.dump(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return source.decode("utf-8", "replace")


def first_same(candidate: Workspace, earlier: Mapping[str, Workspace | None]) -> str:
    """The id of the first earlier attempt with the same program, "" for none."""
    wanted = signature(candidate)
    for attempt, workspace in earlier.items():
        if workspace is not None and signature(workspace) == wanted:
            return attempt
    return ""
