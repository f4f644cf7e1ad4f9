"""Two workers of a cluster against one, on this machine, nothing cached.

    python tests/bench/cluster.py [references|search] [--isolation namespace] [--rounds 3] [--pin]

`references`: HumanEval's own solutions are judged, the shortest units there are. `search`: HumanEvalFix is
repaired without a model, so that units take as long as in real work. `--pin` holds each worker, and what it
starts, to a core of its own, gVisor's sandboxes included.

The two are taken in turn, so that a busy moment hits both. Counted is the time from the first result to the
last: sandboxes are up by then; and the work done while both had some (see `cluster_work`). Where there are no
more cores than workers, scheduler and command share them: what those two use of a processor for a unit is
printed beside the rate, and what the whole machine used beyond what is known to be ours.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import docker

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.bench.cluster_work import Done, rate_of, work_rate

ROOT = Path(__file__).resolve().parents[2]
LABEL = "coder-tui.owner"
WORK = {
    "references": ("humaneval", "HumanEval.jsonl.gz", "reference"),
    "search": ("humanevalfix", "humanevalfix-even.jsonl.gz", "search"),
}


def main() -> int:
    """Measure, print every round and the median of their ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("what", nargs="?", default="references", choices=tuple(WORK))
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data")
    parser.add_argument("--pin", action="store_true")
    parser.add_argument("--isolation", default="namespace", choices=("namespace", "gvisor", "container"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--problems", type=int, default=60)
    options = parser.parse_args()
    rates: dict[int, list[float]] = {1: [], 2: []}
    gains: list[float] = []
    with tempfile.TemporaryDirectory(prefix="cluster-") as name:
        for number in range(options.rounds):
            alone: dict[str, float] = {}
            works = []
            for workers in (1, 2):
                folder = Path(name) / f"{number}-{workers}"
                folder.mkdir()
                done, used = measure(options, folder, workers)
                alone = alone or {unit.task: unit.seconds for unit in done}
                rates[workers].append(rate_of(done))
                works.append(work_rate(done, workers, alone))
                shares = ", ".join(f"{name} {seconds * 1000:.1f}" for name, seconds in used.items())
                print(
                    f"{workers} worker(s): {rates[workers][-1]:6.2f} units a second, work {works[-1]:.2f},"
                    f" load {os.getloadavg()[0]:.2f}; ms of processor a unit: {shares}",
                    flush=True,
                )
            gains.append(works[1] / works[0])
    one, two = (statistics.median(rates[workers]) for workers in (1, 2))
    ratio = statistics.median(b / a for a, b in zip(rates[1], rates[2], strict=True))
    print(
        f"{options.what}, {options.isolation}: {one:.2f} and {two:.2f} units a second, median of the rounds'"
        f" ratios {ratio:.2f}; while both had work {statistics.median(gains):.2f}"
    )
    return 0


def measure(options: argparse.Namespace, folder: Path, workers: int) -> tuple[list[Done], dict[str, float]]:
    """The units as they end, with so many workers in a cluster of their own; what a unit costs whom."""
    places = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("STATE", "CACHE", "CONFIG")}
    environ = {**os.environ, **places, "CODER_TUI_CACHE__ENABLED": "false"}
    where = folder / "scheduler.json"
    python = [sys.executable, "-m"]
    running: list[subprocess.Popen[Any]] = [
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
        moments: list[Done] = []
        first: dict[str, float] = {}
        everyone = {"command": [command.pid], "scheduler": [running[0].pid]}
        everyone["workers"] = [pid for worker in running[1:] for pid in family(worker.pid)]
        with Held(options, [worker.pid for worker in running[1:]]):
            for said in command.stdout:
                if '"task_id"' in said[:20]:
                    row = json.loads(said)
                    moments.append(Done(row["task_id"], time.monotonic(), row["measured"]["seconds"]))
                    if len(moments) in (1, options.problems):
                        spent = {name: sum(map(cpu_of, pids)) for name, pids in everyone.items()}
                        spent["the machine"] = machine()
                        first = first or spent
        if command.wait() or len(moments) != options.problems:
            raise SystemExit(f"ended with {command.returncode} after {len(moments)} results")
        used = {name: (spent[name] - first[name]) / (len(moments) - 1) for name in spent}
        return moments, used
    finally:
        for process in reversed(running):
            process.terminate()
            process.wait(20)


def machine() -> float:
    """Seconds of processor that everything on this machine has used."""
    fields = list(map(int, Path("/proc/stat").read_text().splitlines()[0].split()[1:8]))
    idle = fields[3] + fields[4]
    return (sum(fields) - idle) / os.sysconf("SC_CLK_TCK")


def family(pid: int) -> list[int]:
    """A process and all below it."""
    found = [pid]
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [below for child in path.read_text().split() for below in family(int(child))]
        except OSError:
            continue
    return found


def of_container(name: str) -> list[int]:
    """The processes of gVisor that serve a container: the daemon's own word for it is not always theirs."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            line = path.read_bytes()
            if line.startswith(b"runsc-") and name.encode() in line:
                found.append(int(path.parent.name))
    return found


def parent_of(pid: int) -> int:
    """A process's parent; of a sandbox its shim, beside which its file server stands."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def cpu_of(pid: int) -> float:
    """Seconds of processor that a process has used, its ended children not counted."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Held(threading.Thread):
    """While entered, keeps the containers of each worker on the worker's own core: they are the daemon's."""

    def __init__(self, options: argparse.Namespace, workers: Sequence[int]) -> None:
        super().__init__(daemon=True)
        self._cores = dict(zip(workers, sorted(os.sched_getaffinity(0)), strict=False))
        self._wanted = options.pin and options.isolation == "gvisor"
        self._over = threading.Event()

    def __enter__(self) -> None:
        if self._wanted:
            self.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def run(self) -> None:
        """Look every half second for a new one; what a held process starts is held by itself."""
        client = docker.DockerClient(base_url=os.environ["CODER_TUI_SANDBOX__DOCKER_HOST"])
        held: set[str] = set()
        while not self._over.wait(0.5):
            for container in client.api.containers(filters={"label": LABEL}):
                if (name := str(container["Id"])) in held:
                    continue
                owner = int(container["Labels"][LABEL].partition(":")[0])
                core = next((c for worker, c in self._cores.items() if owner in family(worker)), None)
                if core is None:
                    continue
                with suppress(OSError):  # it may have ended by now
                    for sandbox in of_container(name):
                        hold(family(parent_of(sandbox)), core)
                        held.add(name)


def hold(pids: Sequence[int], core: int) -> None:
    """Every thread of these on one core."""
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*"):
            with suppress(OSError):
                os.sched_setaffinity(int(task.name), {core})


if __name__ == "__main__":
    sys.exit(main())
