"""Two workers of a cluster against one, on this machine, nothing cached.

    python tests/bench/cluster.py [references|search] [--isolation namespace] [--rounds 3] [--pin]

`references`: HumanEval's own solutions are judged, the shortest units there are. `search`: HumanEvalFix is
repaired without a model, so that units take as long as in real work. `--pin` holds each worker, and what it
starts, to a core of its own; bubblewrap's sandboxes are held with it, containers are the daemon's.

The two are taken in turn, so that a busy moment hits both. Counted is the time from the first result to the
last: sandboxes are up by then. Where there are no more cores than workers, scheduler and command share them.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
WORK = {
    "references": ("humaneval", "HumanEval.jsonl.gz", "reference"),
    "search": ("humanevalfix", "humanevalfix-even.jsonl.gz", "search"),
}


def main() -> int:
    """Measure, print every round and the ratio of the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="?", default="references", choices=tuple(WORK))
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--pin", action="store_true")
    parser.add_argument("--isolation", default="namespace", choices=("namespace", "gvisor", "container"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--problems", type=int, default=60)
    options = parser.parse_args()
    rates: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory(prefix="cluster-") as name:
        for number in range(options.rounds):
            for workers in (1, 2):
                folder = Path(name) / f"{number}-{workers}"
                folder.mkdir()
                rates[workers].append(rate(options, folder, workers))
                load = os.getloadavg()[0]
                print(
                    f"{workers} worker(s): {rates[workers][-1]:6.2f} units a second, load {load:.2f}",
                    flush=True,
                )
    one, two = (statistics.median(rates[workers]) for workers in (1, 2))
    print(
        f"{options.what}, {options.isolation}: {one:.2f} and {two:.2f} units a second, ratio {two / one:.2f}"
    )
    return 0


def rate(options: argparse.Namespace, folder: Path, workers: int) -> float:
    """Units a second with so many workers, in places and a cluster of their own."""
    places = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("STATE", "CACHE", "CONFIG")}
    environ = {**os.environ, **places, "CODER_TUI_CACHE__ENABLED": "false"}
    where = folder / "scheduler.json"
    python = [sys.executable, "-m"]
    running = [
        subprocess.Popen(
            [*python, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
             "--no-dashboard", "--scheduler-file", str(where)],
            env=environ, stderr=subprocess.DEVNULL,
        )
    ]  # fmt: skip
    try:
        while not where.exists() or not where.read_text().endswith("}"):
            time.sleep(0.05)
        address = json.loads(where.read_text())["address"]
        for number in range(workers):
            pinned = ["taskset", "-c", str(sorted(os.sched_getaffinity(0))[number])] if options.pin else []
            line = [
                *pinned,
                *python,
                "tui.cli",
                "worker",
                address,
                "--slots",
                "1",
                "--isolation",
                options.isolation,
            ]
            running.append(subprocess.Popen(line, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True))
        for worker in running[1:]:
            assert worker.stdout and worker.stdout.readline()
        benchmark, data, provider = WORK[options.what]
        line = [*python, "tui.cli", "eval", benchmark, "--data", str(options.data / data)]
        line += ["--provider", provider, "--limit", str(options.problems), "--cluster", address]
        line += ["--out", str(folder / "out"), "--json"]
        command = subprocess.Popen(line, env=environ, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert command.stdout
        moments = [time.monotonic() for said in command.stdout if '"task_id"' in said[:20]]
        if command.wait() or len(moments) != options.problems:
            raise SystemExit(f"ended with {command.returncode} after {len(moments)} results")
        return (len(moments) - 1) / (moments[-1] - moments[0])
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(20)


if __name__ == "__main__":
    sys.exit(main())
