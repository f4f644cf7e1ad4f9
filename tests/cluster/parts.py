"""A scheduler, workers and the command, as processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Cluster:
    """Starts what a test asks for below one folder, and ends all of it."""

    def __init__(self, folder: Path, *tls: str) -> None:
        self.folder, self.tls = folder, tls
        self.running = ExitStack()
        (folder / "tmp").mkdir()
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("XDG_", "CODER_TUI_", "DASK_"))}
        places = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "STATE", "CACHE")}
        self.environ = {
            **kept, **places, "TMPDIR": str(folder / "tmp"), "CODER_TUI_SANDBOX__ISOLATION": "namespace",
            "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1", "CODER_TUI_CACHE__ENABLED": "false",
        }  # fmt: skip
        where = folder / "scheduler.json"
        protocol = "tls" if tls else "tcp"
        line = ["distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard"]
        files = [f"{option}-file" if option.endswith("ca") else option for option in tls]
        self.scheduler = self.start(
            "-m", *line, "--protocol", protocol, "--scheduler-file", str(where), *files
        )
        until(where.exists)
        until(lambda: where.read_text().endswith("}"))
        self.address = json.loads(where.read_text())["address"]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """A Python process that ends with the test."""
        process = subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.running.callback(end, process)
        return process

    def worker(self, *more: str) -> subprocess.Popen[str]:
        """A worker that is ready."""
        line = ("worker", self.address, "--slots", "1", *self.tls, *more)
        process = self.start("-m", "tui.cli", *line)
        assert process.stdout
        said = process.stdout.readline()
        assert "1 sandbox, namespace" in said, said + process.stdout.read()
        return process

    def eval(self, benchmark: Path, out: Path, *more: str) -> subprocess.Popen[str]:
        """An evaluation of the reference solutions on the cluster."""
        return self.start(
            "-m", "tui.cli", "eval", str(benchmark), "--provider", "reference",
            "--cluster", self.address, *self.tls, "--out", str(out), *more,
        )  # fmt: skip


def end(process: subprocess.Popen[str]) -> None:
    """Have a process end, whatever it takes."""
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    assert process.stdout
    process.stdout.close()


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something to be so."""
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, "it has not come to pass"
        time.sleep(0.02)


def finished(process: subprocess.Popen[str], status: int = 0) -> str:
    """What it said until it ended with `status`."""
    said, _ = process.communicate(timeout=120)
    assert process.returncode == status, said
    return said


def rows(out: Path) -> list[dict[str, object]]:
    """The results less what depends on the moment."""
    found = [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]
    return [{name: value for name, value in row.items() if name != "measured"} for row in found]


def count(out: Path) -> int:
    """How many results there are by now."""
    path = out / "results.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


def benchmark(path: Path, problems: int, seconds: float = 0.0) -> Path:
    """Problems whose judge takes so long."""
    lines = []
    for number in range(problems):
        test = f"import time\n\n\ndef check(f):\n    time.sleep({seconds})\n    assert f(3) == {3 + number}\n"
        row = {
            "task_id": f"D/{number}", "prompt": f'def add(x):\n    """x + {number}"""\n',
            "canonical_solution": f"    return x + {number}\n", "entry_point": "add", "test": test,
        }  # fmt: skip
        lines.append(json.dumps(row))
    path.write_text("\n".join(lines))
    return path


def below(pid: int) -> dict[int, str]:
    """All processes that descend from one, with the moment each was started."""
    parents: dict[int, list[tuple[int, str]]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(") ")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append((int(entry.name), fields[19]))
    found: dict[int, str] = {}
    todo = [pid]
    while todo:
        for child, started in parents.get(todo.pop(), []):
            found[child] = started
            todo.append(child)
    return found


def left(pids: dict[int, str]) -> list[int]:
    """Those that still run."""
    running = []
    for pid, started in pids.items():
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        if fields[0] != "Z" and fields[19] == started:
            running.append(pid)
    return running


def working_process(nanny: subprocess.Popen[str]) -> int:
    """The process in which a worker's units are done: the one that a kill is about."""
    found: list[int] = []

    def there() -> bool:
        found[:] = [p for p in below(nanny.pid) if b"spawn_main" in Path(f"/proc/{p}/cmdline").read_bytes()]
        return bool(found)

    until(there)
    return found[0]
