"""What the tests of the Docker sandbox share."""

from __future__ import annotations

import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path

from sandbox.contract import Job, Limits

RIGHT = b"def double(x):\n    return 2 * x\n"
WRONG = b"def double(x):\n    return x * x\n"
TESTS = b"from solution import double\n" + b"".join(
    b"\ndef test_%d():\n    assert double(%d) == %d\n" % (n, n, 2 * n) for n in range(10)
)


def job(solution: bytes, tests: bytes = TESTS, limits: Limits | None = None) -> Job:
    """One file against one test file."""
    return Job(
        "job", {"solution.py": solution}, {"test_solution.py": tests}, limits=limits or Limits(seconds=30)
    )


def eventually(holds: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether something comes to hold within a time."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def python(code: str, *arguments: str) -> subprocess.Popen[str]:
    """A Python process of its own that can import the project; end it with `with` and `kill`."""
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), *arguments],
        cwd=Path(__file__).parents[2],
        stdout=subprocess.PIPE,
        text=True,
    )
