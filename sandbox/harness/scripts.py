"""Programs that pass when they run to their end, one after another in one process."""

from __future__ import annotations

import builtins
import linecache
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import CodeType
from typing import Any

from sandbox.harness.failures import failure
from sandbox.harness.surface import Surface, watched_modules
from sandbox.harness.versions import Versions

NAME = "script.py"

# A pass is told in words that are ready: no encoder is touched for it.
_PASSED = '{"kind":"script","index":%d,"seconds":%r,"failure":null,"traced":false}'
_DONE = '{"kind":"done"}'

Report = Callable[[dict[str, Any] | str], None]


_modules: list[Versions] = []


def preload() -> None:
    """Find the modules to watch, before any fork."""
    if not _modules:
        _modules.append(watched_modules())


def run(request: dict[str, Any], report: Report) -> None:
    """Run the programs of `request`, told apart by their place, until one fails or plainly leaves a trace:
    what comes after it is not to meet that. Whether any left one is looked into at the end."""
    programs = request["programs"]
    surface = Surface(_modules[0]) if len(programs) > 1 else None  # nothing comes after a single one
    file = f"{os.getcwd()}/{NAME}"  # noqa: PTH109
    for index, program in enumerate(programs):
        began = time.monotonic()
        failed = _run(program, file)
        traced = surface is not None and surface.traced()
        seconds = time.monotonic() - began
        if failed or traced:
            told = {"kind": "script", "index": index, "seconds": seconds}
            report({**told, "failure": failed, "traced": traced})
            break
        report(_PASSED % (index, seconds))
        if surface is None:
            break
        surface.renew()
    if surface is not None:
        report({"kind": "surface", "unchanged": surface.unchanged()})
    report(_DONE)


def _run(program: str | CodeType, file: str) -> dict[str, Any] | None:
    """Why `program` did not run to its end; None if it did. One that is compiled has no text to be shown:
    should it fail, it is run again by itself, from its source."""
    try:
        code: str | CodeType = program
        if isinstance(program, str):
            code = compile(program, file, "exec", dont_inherit=True)
        exec(code, {"__name__": "__main__", "__file__": file, "__builtins__": builtins})
    except BaseException as error:
        if isinstance(program, str):
            linecache.cache[file] = (len(program), None, program.splitlines(True), file)
        return failure(error, str(Path(file).parent), frozenset())
    finally:
        sys.stdout.flush()
    return None
