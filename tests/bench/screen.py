"""What the screen costs and how soon it answers, on a pty at 120×40: `python -m tests.bench.screen`.

The run has 1,000 attempts and 100,000 lines of log (`--attempts`, `--lines`). For each key: the bytes that
it brought, the time to the first and to the last of them, and the processor's time; the last byte is known
by the quarter of a second of silence after it. `--profile FILE` writes what cProfile saw of the keys.
"""

from __future__ import annotations

import argparse
import os
import platform
import select
import statistics
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.tui.feed import RUN
from tests.tui.journalled import COMMAND, home, long_run, record
from tests.tui.pty_screen import PtyScreen, on_pty

KEYS = "kJKJKkkkJJJ" + "4jjGkkg" + "KJK" + "3jjJJ" + "2jGK" + "1kkgG" + "\t\t\tzz1"
SILENCE = 0.25
LIMIT_MS, LIMIT_MB, LIMIT_PAINT_KB = 50.0, 200.0, 110.0
ROUNDS = 4


@dataclass(frozen=True)
class Answer:
    """What one key brought: bytes, and milliseconds until the first, until the last, and of processor."""

    key: str
    size: int
    first: float
    last: float
    cpu: float


def answer(screen: PtyScreen, key: str) -> Answer:
    """Press a key and follow what is sent until there is silence."""
    cpu, size, first, last = screen.cpu(), 0, 0.0, 0.0
    began = time.perf_counter()
    screen.press(key)
    while select.select([screen.screen], [], [], SILENCE)[0]:
        size += len(os.read(screen.screen, 1 << 16))
        last = (time.perf_counter() - began) * 1000
        first = first or last
    return Answer(key, size, first, last, (screen.cpu() - cpu) * 1000)


def p95(values: Iterable[float]) -> float:
    """The value that 95 of 100 do not exceed."""
    return statistics.quantiles(values, n=20)[-1]


def told(answers: list[Answer]) -> None:
    """A line a key, then all of them."""
    for key in sorted({a.key for a in answers}):
        mine = [a for a in answers if a.key == key]
        rows = ((a.size, a.first, a.last, a.cpu) for a in mine)
        size, first, last, cpu = (statistics.median(column) for column in zip(*rows, strict=True))
        worst = max(a.last for a in mine)
        print(
            f"  {key!r:<6} {len(mine):>3} ×  {size:>7.0f} B   first {first:>5.1f}   last {last:>5.1f}", end=""
        )
        print(f"   worst last {worst:>5.1f}   cpu {cpu:>5.1f} ms")
    for name, values in (("first", [a.first for a in answers]), ("last", [a.last for a in answers])):
        print(f"key to {name} byte: median {statistics.median(values):.1f} ms, p95 {p95(values):.1f} ms")


def main() -> int:
    """Measure, print, and fail where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=1000)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--profile", type=Path)
    options = parser.parse_args()
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}", end=", ")
    print(f"Textual {version('textual')}, load {os.getloadavg()[0]:.1f}")
    command = [COMMAND, "tui", RUN]
    if options.profile:
        command = [sys.executable, "-m", "tests.bench.screen_profiled", str(options.profile), *command[1:]]
    with tempfile.TemporaryDirectory() as folder:
        record(Path(folder), long_run(options.attempts, options.lines))
        began = time.perf_counter()
        root = str(Path(__file__).parents[2])
        with on_pty(command, home(Path(folder)) | {"PYTHONPATH": root}) as screen:
            first = screen.until("Guardrails")
            painted = time.perf_counter() - began
            first += screen.quiet(2.0)
            print(f"first paint {painted:.2f} s, {len(first) / 1024:.0f} KB until it is quiet")
            print(f"idle: {len(screen.during(3.0))} bytes in 3 s")
            answers = [answer(screen, key) for _ in range(ROUNDS) for key in KEYS]
            memory = screen.megabytes()
            if options.profile:
                screen.press("q")
                screen.quiet(2.0)
    told([a for a in answers if a.size])  # the end of a list is no answer
    print(f"memory {memory:.0f} MB")
    late = p95([a.last for a in answers])
    return 0 if late < LIMIT_MS and memory < LIMIT_MB and len(first) < LIMIT_PAINT_KB * 1024 else 1


if __name__ == "__main__":
    sys.exit(main())
