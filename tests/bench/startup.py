"""Start-up and idle memory: `python tests/bench/startup.py`; prints the machine, versions and medians.

First paint is the time from starting the command on a pty until the screen's first frame is complete
(the moment the attempts pane's title has been written); idle memory is the process's resident set
once the screen has been quiet for a second.
"""

from __future__ import annotations

import os
import platform
import pty
import select
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

ROUNDS = 7
HELP_LIMIT = 0.150
PAINT_LIMIT = 0.6


def timed_help(environment: dict[str, str]) -> float:
    """Seconds for `coder-tui --help`, the process's whole life."""
    began = time.perf_counter()
    subprocess.run([coder_tui(), "--help"], env=environment, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - began


def coder_tui() -> str:
    """The installed command beside this interpreter."""
    return str(Path(sys.executable).with_name("coder-tui"))


def first_paint(environment: dict[str, str]) -> tuple[float, float]:
    """Seconds to the first complete frame, and resident megabytes when idle."""
    began = time.perf_counter()
    pid, screen = pty.fork()
    if pid == 0:
        os.environ.update(environment, TERM="xterm-256color", COLUMNS="120", LINES="40")
        os.execv(coder_tui(), [coder_tui(), "tui", "--example", "merge_intervals"])
    try:
        seen, painted = b"", 0.0
        while not painted and time.perf_counter() - began < 20:
            if select.select([screen], [], [], 0.05)[0]:
                seen += os.read(screen, 65536)
                if b"Attempts" in seen and b"Guardrails" in seen:
                    painted = time.perf_counter() - began
        while select.select([screen], [], [], 1.0)[0]:
            os.read(screen, 65536)
        status = Path(f"/proc/{pid}/status").read_text()
        kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
        return painted, kilobytes / 1024
    finally:
        os.kill(pid, signal.SIGTERM)
        os.waitpid(pid, 0)
        os.close(screen)


def main() -> int:
    """Measure, print, and fail when a limit is missed."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            name: f"{folder}/{name}" for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")
        }
        timed_help(environment), first_paint(environment)
        helps = [timed_help(environment) for _ in range(ROUNDS)]
        paints = [first_paint(environment) for _ in range(ROUNDS)]
    help_time = statistics.median(helps)
    paint_time = statistics.median(paint for paint, _ in paints)
    memory = statistics.median(megabytes for _, megabytes in paints)
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}", end=", ")
    print(f"Textual {version('textual')}")
    print(f"coder-tui --help   {help_time * 1000:6.0f} ms   (limit {HELP_LIMIT * 1000:.0f})")
    print(f"first paint        {paint_time * 1000:6.0f} ms   (limit {PAINT_LIMIT * 1000:.0f})")
    print(f"idle memory        {memory:6.0f} MB")
    return 0 if help_time < HELP_LIMIT and paint_time < PAINT_LIMIT else 1


if __name__ == "__main__":
    sys.exit(main())
