"""Where an exception passed through the candidate's files, with short reprs of what was there."""

from __future__ import annotations

import reprlib
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any

MOST_FRAMES = 20
MOST_LOCALS = 12
WIDTH = 200

_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = 120
_short.maxlist = _short.maxtuple = _short.maxset = _short.maxdict = 12
_short.maxlevel = 4


def short(value: object) -> str:
    """A repr of at most 200 characters that no `__repr__` can break."""
    try:
        text = str.__str__(_short.repr(value))
    except Exception:
        text = f"<{type(value).__name__} whose repr fails>"
    return text if len(text) <= WIDTH else text[: WIDTH - 1] + "…"


def frames_of(trace: TracebackType | None, root: str) -> list[list[Any]]:
    """Each frame below `root`, outermost first: file, line, function, locals of the innermost."""
    found: list[list[Any]] = []
    last: Mapping[str, object] = {}
    for frame, line in traceback.walk_tb(trace):
        file = frame.f_code.co_filename
        if file.startswith(root + "/"):
            found.append([file[len(root) + 1 :], line, frame.f_code.co_name, []])
            last = frame.f_locals
    found = found[-MOST_FRAMES:]
    if found:
        found[-1][3] = [[name, short(value)] for name, value in _told(last)]
    return found


def syntax_frame(error: BaseException | None, root: str) -> list[list[Any]]:
    """Where a syntax error is, as if it were a frame."""
    if isinstance(error, SyntaxError) and isinstance(error.filename, str):
        path = Path(error.filename)
        name = error.filename[len(root) + 1 :] if error.filename.startswith(root + "/") else path.name
        return [[name, error.lineno or 0, "<module>", []]]
    return []


def _told(values: Mapping[str, object]) -> list[tuple[str, object]]:
    modules = type(sys)
    kept = [
        (name, value)
        for name, value in list(values.items())
        if not name.startswith("__") and not isinstance(value, (modules, type)) and not callable(value)
    ]
    return kept[:MOST_LOCALS]
