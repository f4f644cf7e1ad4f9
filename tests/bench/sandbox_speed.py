"""How fast verdicts are, against harnesses that isolate nothing and containers that are started for each.

    python -m sandbox.testbed exec python -m tests.bench.sandbox_speed \
        [--humaneval HumanEval.jsonl.gz] [--official FOLDER] [--rounds 5] [--growth 1000]

Rounds are interleaved and medians are printed, because machines are never quiet. `--official` is a work
tree of openai/human-eval. Without data only the latencies are measured.
"""

from __future__ import annotations

import argparse
import asyncio
import functools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from engine.cache import ExecutionCache
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Execution, Isolation, Job, Limits, Sandbox, Script, Verdict
from sandbox.docker import DockerSandbox
from sandbox.docker_host import choose_host, connect
from sandbox.image.build import image_name
from sandbox.large_pages import current
from sandbox.owner import LABEL
from tests.bench.speed_peers import TIMES, WORKERS, Problem, problems

SOLUTION = b"def double(x):\n    return 2 * x\n"
TESTS = b"from solution import double\n" + b"".join(
    b"\n\ndef test_%d():\n    assert double(%d) == %d\n" % (n, n, 2 * n) for n in range(10)
)
TEN = Job("ten", {"solution.py": SOLUTION}, {"test_solution.py": TESTS}, Limits())
GOALS = {"gvisor": 60.0, "namespace": 25.0}
SIZES = {1: "script, a process each", 16: "scripts, 16 asked at once"}
RATIOS = {"gvisor sealed": 0.6, "gvisor script, a process each": 1.0, "gvisor scripts, 16 asked at once": 6.0}
PER_ROUND = 20
COLD_RUNS = 3
INSIDE = (
    "import os,sys,pytest; os.chdir('/tmp'); s=sys.stdin.read().split('\\0');"
    "open('solution.py','w').write(s[0]); open('test_solution.py','w').write(s[1]);"
    "sys.exit(pytest.main(['-q','-p','no:cacheprovider','test_solution.py']))"
)
HOST = os.environ.get("CODER_TUI_SANDBOX__DOCKER_HOST", "")


def make(kind: str, warm: int = 1, uses: int = 200) -> Sandbox:
    """A sandbox that is not started."""
    if kind == "namespace":
        return BubblewrapSandbox(warm, uses)
    return DockerSandbox(Isolation.GVISOR, HOST, warm=warm, uses=uses)


async def passes(sandbox: Sandbox, job: Job, assurance: Assurance) -> float:
    """Milliseconds to a pass. Raises RuntimeError for anything else."""
    began = time.perf_counter()
    execution = await sandbox.execute(job, assurance)
    if execution.verdict is not Verdict.PASSED or execution.assurance is not assurance:
        raise RuntimeError(f"{job.id}: {execution}")
    return (time.perf_counter() - began) * 1000


async def latencies(kinds: Sequence[str], rounds: int) -> bool:
    """p50 of one warm verdict of a ten-test file; whether the goals are met."""
    sandboxes = {kind: make(kind) for kind in kinds}
    rows = [(kind, assurance) for kind in kinds for assurance in Assurance]
    times: dict[tuple[str, Assurance], list[float]] = {row: [] for row in rows}
    met = True
    try:
        for kind, sandbox in sandboxes.items():
            began = time.perf_counter()
            await sandbox.start()
            await passes(sandbox, TEN, Assurance.SEALED)
            print(f"{kind:<10} cold start to first verdict {(time.perf_counter() - began) * 1000:8.0f} ms")
        for _ in range(rounds):
            for kind, assurance in rows:
                await passes(sandboxes[kind], TEN, assurance)  # the way back from the other row
                times[kind, assurance] += [
                    await passes(sandboxes[kind], TEN, assurance) for _ in range(PER_ROUND)
                ]
    finally:
        for sandbox in sandboxes.values():
            await sandbox.close()
    for (kind, assurance), row in times.items():
        median = statistics.median(row)
        goal = f"(goal {GOALS[kind]:.0f})" if assurance is Assurance.SEALED else ""
        met = met and (not goal or median <= GOALS[kind])
        print(f"{kind:<10} {assurance.value:<10} p50 {median:7.1f} ms, best {min(row):6.1f} ms {goal}")
    return met


def job_of(task: Problem) -> Job:
    """A HumanEval task as a file and a test file."""
    name = task["entry_point"]
    test = f"from solution import *\nfrom solution import {name}\n{task['test']}\n"
    test += f"def test_it():\n    check({name})\n"
    source = task["prompt"] + task["canonical_solution"]
    return Job(task["task_id"], {"solution.py": source.encode()}, {"test_solution.py": test.encode()})


async def verdicts(kind: str, jobs: Sequence[Job], assurance: Assurance) -> float:
    """Seconds for all jobs with two workers in warm sandboxes, none of them seen before."""
    sandbox = make(kind, WORKERS, uses=1000)
    try:
        await asyncio.gather(*(passes(sandbox, TEN, assurance) for _ in range(2 * WORKERS)))
        began = time.perf_counter()
        await asyncio.gather(*(passes(sandbox, job, assurance) for job in jobs))
        return time.perf_counter() - began
    finally:
        await sandbox.close()


def _verdicts(kind: str, jobs: Sequence[Job], assurance: Assurance) -> float:
    return asyncio.run(verdicts(kind, jobs, assurance))


def script_of(task: Problem) -> Script:
    """A HumanEval task as the one program that the official harness runs."""
    source = f"{task['prompt']}{task['canonical_solution']}\n{task['test']}\ncheck({task['entry_point']})\n"
    return Script(task["task_id"], source)


async def scripts(kind: str, programs: Sequence[Script], size: int) -> float:
    """Seconds for all programs, `size` asked at once, with two workers in warm sandboxes."""
    sandbox = make(kind, WORKERS, uses=1000)
    waiting = iter([programs[at : at + size] for at in range(0, len(programs), size)])

    async def work() -> None:
        for batch in waiting:
            for script, execution in zip(batch, await sandbox.run_scripts(batch, Limits()), strict=True):
                if execution.verdict is not Verdict.PASSED:
                    raise RuntimeError(f"{script.id}: {execution}")

    try:
        warm_up = [Script("warm-up", "pass\n")]
        await asyncio.gather(*(sandbox.run_scripts(warm_up, Limits()) for _ in range(2 * WORKERS)))
        began = time.perf_counter()
        await asyncio.gather(*(work() for _ in range(WORKERS)))
        return time.perf_counter() - began
    finally:
        await sandbox.close()


def _scripts(kind: str, programs: Sequence[Script], size: int) -> float:
    return asyncio.run(scripts(kind, programs, size))


def peer(*arguments: str) -> float:
    """Seconds that one run of a peer took."""
    script = str(Path(__file__).with_name("speed_peers.py"))
    done = subprocess.run([sys.executable, script, *arguments], stdout=subprocess.PIPE, check=True)
    return float(json.loads(done.stdout)["seconds"])


def throughput(kinds: Sequence[str], data: Path, folder: Path | None, rounds: int) -> bool:
    """Verdicts a second on HumanEval's references, and the ratio to the official harness."""
    tasks = problems(data, TIMES)
    jobs, programs = [job_of(task) for task in tasks], [script_of(task) for task in tasks]
    runs: dict[str, Callable[[], float]] = {}
    if folder:
        runs["official, not isolated"] = lambda: peer("official", str(data), str(folder))
    runs["process and shared values, not isolated"] = lambda: peer("shared", str(data))
    for kind in kinds:
        for assurance in Assurance:
            runs[f"{kind} {assurance.value}"] = functools.partial(_verdicts, kind, jobs, assurance)
        for size, name in SIZES.items():
            runs[f"{kind} {name}"] = functools.partial(_scripts, kind, programs, size)
    times: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds):
        for name, run in runs.items():
            times[name].append(len(jobs) / run())
    rates = {name: statistics.median(row) for name, row in times.items()}
    base = rates.get("official, not isolated", 0.0)
    for name, rate in rates.items():
        goal = RATIOS.get(name)
        ratio = f"{rate / base:6.2f} x official{f' (goal {goal})' if goal else ''}" if base else ""
        print(f"{name:<40} {rate:7.1f} verdicts/s {ratio}")
    return not base or all(rates.get(name, goal * base) >= goal * base for name, goal in RATIOS.items())


def containers(rounds: int) -> None:
    """A container for every verdict, and a process in a running one: what others do under gVisor."""
    docker = ["docker", "-H", choose_host(HOST)]
    options = ["-i", "--runtime=runsc", "--network=none", image_name()]
    fed = SOLUTION + b"\0" + TESTS
    run = [*docker, "run", "--rm", *options, "/usr/bin/python3", "-c", INSIDE]
    up = subprocess.run(
        [*docker, "run", "--rm", "-d", *options, "/usr/bin/sleep", "600"], stdout=subprocess.PIPE, check=True
    )
    name = up.stdout.decode().strip()
    inside = [*docker, "exec", "-i", name, "/usr/bin/python3", "-c", INSIDE]
    times: dict[str, list[float]] = {"cold docker run": [], "warm docker exec": []}
    try:
        for _ in range(rounds):
            for label, command in (("cold docker run", run), ("warm docker exec", inside)):
                began = time.perf_counter()
                subprocess.run(command, input=fed, stdout=subprocess.DEVNULL, check=True)
                times[label].append((time.perf_counter() - began) * 1000)
    finally:
        subprocess.run([*docker, "kill", name], stdout=subprocess.DEVNULL, check=False)
    for label, row in times.items():
        print(f"gvisor     {label} + pytest p50 {statistics.median(row):7.0f} ms")


def cached() -> None:
    """A verdict out of the cache."""
    with tempfile.TemporaryDirectory() as folder:
        cache = ExecutionCache(Path(folder) / "cache")
        cache.put("key", Execution(Verdict.PASSED, Assurance.SEALED, Isolation.GVISOR))
        times = []
        for _ in range(200):
            began = time.perf_counter()
            if cache.get("key") is None:
                raise RuntimeError("the cache forgot")
            times.append((time.perf_counter() - began) * 1000)
        cache.close()
    print(f"cached verdict in process p50 {statistics.median(times):.3f} ms (goal 2)")


def megabytes(kind: str) -> float:
    """What the processes of this program's sandboxes hold, shared pages divided."""
    if kind == "namespace":
        roots = {os.getpid()}
    else:
        client = connect(choose_host(HOST))
        label = f"{os.getpid()}:"
        rows = [row for row in client.containers() if row["Labels"].get(LABEL, "").startswith(label)]
        client.close()
        roots = {pid for row in rows for pid in _serving(row["Id"])}
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = set(roots)
    while grown := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= grown
    return sum(map(_proportional, found - {os.getpid()})) / 1024


def _serving(container: str) -> list[int]:
    """The runtime's processes of a container: the daemon may count pids in another namespace."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes()
        except OSError:
            continue
        if words.startswith(b"runsc-") and container.encode() in words:
            found.append(int(path.parent.name))
    return found


def _proportional(pid: int) -> int:
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0)


async def growth(kind: str, executions: int) -> None:
    """Memory of a warm sandbox and how it grows."""
    sandbox = make(kind, uses=10 * executions)
    await sandbox.start()
    try:
        for _ in range(20):
            await passes(sandbox, TEN, Assurance.SEALED)
        before = megabytes(kind)
        for _ in range(executions):
            await passes(sandbox, TEN, Assurance.SEALED)
        after = megabytes(kind)
    finally:
        await sandbox.close()
    print(f"{kind:<10} warm {before:6.1f} MB, after {executions} more executions {after:6.1f} MB")


def main() -> int:
    """Measure and print; 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--humaneval", type=Path)
    parser.add_argument("--official", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--growth", type=int, default=0)
    options = parser.parse_args()
    kinds = ["namespace", *(["gvisor"] if HOST else [])]
    print(f"{platform.platform()}, {os.cpu_count()} cores, Python {platform.python_version()}, load", end=" ")
    print(*(f"{load:.1f}" for load in os.getloadavg()))
    for tool in ("bwrap", "runsc", "docker"):
        said = subprocess.run([tool, "--version"], stdout=subprocess.PIPE, check=False, text=True)
        print(said.stdout.partition("\n")[0])
    print(f"large pages for shared memory: {current() or 'none'}")
    met = asyncio.run(latencies(kinds, options.rounds))
    cached()
    if HOST:
        containers(COLD_RUNS)
    if options.growth:
        for kind in kinds:
            asyncio.run(growth(kind, options.growth))
    if options.humaneval:
        met &= throughput(kinds, options.humaneval, options.official, options.rounds)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
