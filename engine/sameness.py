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
        total.update(path.encode("utf-8", "surrogatepass") + b"\0" + _program(candidate.files[path]))
    return total.hexdigest()


@lru_cache(maxsize=512)  # a run asks about the same few programs again and again
def _program(source: bytes) -> bytes:
    try:
        program = ast.dump(ast.parse(source)).encode("utf-8", "surrogatepass")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        program = source
    return sha256(program).digest()


def first_same(candidate: Workspace, earlier: Mapping[str, Workspace | None]) -> str:
    """The id of the first earlier attempt with the same program, "" for none."""
    wanted = signature(candidate)
    for attempt, workspace in earlier.items():
        if workspace is not None and signature(workspace) == wanted:
            return attempt
    return ""
