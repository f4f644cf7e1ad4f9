"""The one long-lived process of a sandbox: takes requests, has them run, decides how they ended.

How the harness is laid out and started
---------------------------------------
The folder is always importable as the package `sandbox.harness`; modules import each other as
`from sandbox.harness import frames`, here, in the tests, and inside every sandbox. A sandbox mounts
or copies the files to `<root>/sandbox/harness/*.py` (`/opt/coder-tui/sandbox/harness`), nothing else
of the project, and starts

    python3 -P <root>/sandbox/harness/supervisor.py --mode namespaces|uids [--packages DIR]...

`-P`, or `-I` with it, leaves the script's folder off `sys.path`; this file puts `<root>` there.
`--packages` names a folder that holds pytest and what it needs, where the interpreter's own
site-packages do not.

Processes: *supervisor* (this; speaks frames on stdin and stdout, owns clock, caps and verdict; small)
→ two *zygotes* (forked once; one preloads pytest, `tester`, `inprocess`, `screener`, the other, smaller,
`worker` alone; they never see a byte of any test or candidate, because children inherit their memory) →
one *child* per role and execution, forked into fresh confinement, which then reads its request from a
pipe of its own. A child waits for its request on standby, confined, while the execution before it runs;
it serves that one request and ends.

What a role module offers (imported by the zygote, called in the confined child)
-------------------------------------------------------------------------------
    tester.run(request, channel: socket.socket, report: Callable[[dict], None]) -> None
    worker.run(request, channel: socket.socket, aside: int) -> None
    inprocess.run(request, report) -> None
    screener.run(request, emit: Callable[[dict], None]) -> None
    preload() -> None          # optional, any of them: runs once in the zygote, before any fork

- `request`: {"files": {path: bytes}, "tests": {path: bytes}, "modules": [candidate's paths],
  "selection": [...], "limits": {...}}; the worker's has no "tests", the tester's no "files". The
  screener's also has "path", "variants" [str], "stop_after", "trace", "patient".
- The child's working directory is private, empty and writable, and so is TMPDIR; children write the
  files they want. stdin is /dev/null; stdout and stderr go to the supervisor, capped.
- Imports of `sandbox.harness` belong at the top of a module: before `run` is called `sandbox*` leaves
  `sys.modules` and `sys.path`, so that a candidate with a `sandbox.py` of its own gets its own.
- `aside`: a descriptor for what was printed and is not yet handed to the tester; a zero byte: handed over.
- `run` returns: the process flushes and exits 0. `run` raises: the traceback goes to stderr, exit 70.
- Descriptors besides stdio are numbered from 512 up, so a candidate's first own descriptor is 3.
- Reports: {"kind": "collected", "ids": [...]}, {"kind": "test", "id", "outcome", "seconds", "message",
  "failure": {...} | null}, {"kind": "error", "failure": {...}}, {"kind": "warning", "text"},
  {"kind": "unsealable", "why"}, {"kind": "tampered", "why"}, {"kind": "done"}.
- `emit`: {"results": [the fields of `contract.Screened`, …]}.
"""

from __future__ import annotations

import os
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.realpath(__file__))))  # noqa: PTH120


def main(arguments: list[str]) -> None:
    """Serve one sandbox until stdin ends."""
    # by hand: what argparse loads would be copied for every child
    options = list(zip(arguments[::2], arguments[1::2], strict=True))
    (mode,) = [value for name, value in options if name == "--mode"]
    sys.path.insert(0, ROOT)
    # in order: what the code under test needs never hides pytest
    sys.path.extend(value for name, value in options if name == "--packages")

    # in this order: what is loaded early is in the memory of every child
    from sandbox.harness import library

    library.preload()
    from sandbox.harness.hatchery import hatch_all

    zygotes = hatch_all(mode)
    from sandbox.harness.service import serve

    serve(zygotes)


if __name__ == "__main__":
    main(sys.argv[1:])
