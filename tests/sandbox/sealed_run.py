"""Runs tester and worker as two plain forked processes, without the supervisor's confinement."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from sandbox.harness import inprocess, tester, worker

Files = dict[str, bytes]
Report = dict[str, Any]


def sealed(files: Mapping[str, bytes], tests: Mapping[str, bytes], seconds: float = 10.0) -> list[Report]:
    """What the tester reports of one sealed execution."""
    request = {"selection": [], "limits": {"seconds": seconds}, "modules": list(files)}
    ours, theirs = socket.socketpair()
    reader, writer = os.pipe()

    def test() -> None:
        theirs.close()
        tester.run({**request, "tests": dict(tests)}, ours, _reporter(writer))
        _reporter(writer)({"kind": "done"})

    def work() -> None:
        ours.close()
        os.close(writer)
        worker.run({**request, "files": dict(files)}, theirs)

    keep = {ours.fileno(), theirs.fileno(), writer}
    children = [_child(test, reader, keep), _child(work, reader, keep)]
    return _collect(children, [ours.detach(), theirs.detach()], reader, writer)


def in_process(files: Mapping[str, bytes], tests: Mapping[str, bytes]) -> list[Report]:
    """What one process with both reports."""
    request = {
        "selection": [],
        "limits": {},
        "modules": list(files),
        "files": dict(files),
        "tests": dict(tests),
    }
    reader, writer = os.pipe()
    child = _child(lambda: inprocess.run(request, _reporter(writer)), reader, {writer})
    return _collect([child], [], reader, writer)


def passed(reports: list[Report]) -> bool:
    """Whether every test passed and nothing else was wrong."""
    tests = [report for report in reports if report["kind"] == "test"]
    faults = [report for report in reports if report["kind"] in ("error", "unsealable")]
    ended = bool(reports) and reports[-1]["kind"] == "done"
    return ended and not faults and bool(tests) and all(test["outcome"] == "passed" for test in tests)


def warnings(reports: list[Report]) -> list[str]:
    """What had to be trusted."""
    return [report["text"] for report in reports if report["kind"] == "warning"]


def split(text: str) -> tuple[Files, Files]:
    """Files and tests out of one text with `=== path` lines."""
    parts = re.split(r"^=== (.+)\n", text, flags=re.MULTILINE)[1:]
    every = {parts[i]: parts[i + 1].encode() for i in range(0, len(parts), 2)}
    tests = {path: data for path, data in every.items() if path.startswith("test")}
    return {path: data for path, data in every.items() if path not in tests}, tests


def _reporter(writer: int) -> Callable[[Report], None]:
    stream = os.fdopen(writer, "w")

    def report(message: Report) -> None:
        stream.write(json.dumps(message) + "\n")
        stream.flush()

    return report


def _child(role: Callable[[], None], reader: int, keep: set[int]) -> int:
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    os.close(reader)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 1)
        os.dup2(silent, 2)
        # A candidate may write to every descriptor: the terminal that runs these tests is not its to fill.
        for inherited in [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]:
            if inherited > 2 and inherited not in keep:
                with contextlib.suppress(OSError):
                    os.close(inherited)
        sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
        sys.__stdout__, sys.__stderr__ = sys.stdout, sys.stderr  # type: ignore[misc]
        sys.path[:] = [entry for entry in sys.path if entry not in ("", str(Path(__file__).parent))]
        for name in [
            name for name in sys.modules if name.partition(".")[0] in ("sandbox", "tests", "conftest")
        ]:
            del sys.modules[name]
        try:
            role()
        except BaseException:
            traceback.print_exc()
    os._exit(0)


def _collect(children: list[int], descriptors: list[int], reader: int, writer: int) -> list[Report]:
    for descriptor in [*descriptors, writer]:
        os.close(descriptor)
    with os.fdopen(reader) as stream:
        reports = [json.loads(line) for line in stream if line.endswith("\n")]
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return reports
