"""Whether verdicts stay right while candidates misbehave, sandboxes are killed and the daemon restarts.

    python tests/bench/chaos.py [--executions 2000] [--seed 1] [--isolation gvisor|namespace] [--workers 2]

Under gVisor a daemon of its own is started, and restarted at one third and two thirds of the way. Every 50
executions a sandbox is killed at work. Exit status 1 when anything is wrong, lost or left behind.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import dataclasses
import json
import os
import platform
import random
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.executor import Executor
from sandbox import owner
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Isolation, Sandbox, Verdict
from sandbox.docker import DockerSandbox
from sandbox.docker_host import connect
from sandbox.errors import SandboxError
from sandbox.image.build import build_image, image_id, image_name
from sandbox.private_daemon import DaemonPlaces, private_daemon
from tests.bench.chaos_jobs import draw

KILL_EVERY = 50
TRIES = 8  # an execution that ends as `infrastructure` is asked for again, as a user would


@dataclasses.dataclass
class Tally:
    """What happened."""

    executions: int = 0
    seconds: float = 0.0
    verdicts: Counter[str] = dataclasses.field(default_factory=Counter)
    infrastructure: int = 0
    given_up: list[str] = dataclasses.field(default_factory=list)
    wrong: list[str] = dataclasses.field(default_factory=list)
    sandboxes_killed: int = 0
    restarts: int = 0
    left: list[str] = dataclasses.field(default_factory=list)
    memory_mb: list[float] = dataclasses.field(default_factory=list)
    descriptors: list[int] = dataclasses.field(default_factory=list)

    @property
    def sound(self) -> bool:
        """Whether nothing was wrong, lost or left."""
        return not (self.wrong or self.given_up or self.left)


class Daemon:
    """A private Docker daemon of this run's own, which can be restarted under its users."""

    def __init__(self, data: Path) -> None:
        self.places = DaemonPlaces(Path(tempfile.mkdtemp(prefix="ct-", dir="/tmp")), data)
        self._up = contextlib.ExitStack()

    def start(self) -> None:
        """Have it up, with the image. Blocking."""
        host = self._up.enter_context(private_daemon(self.places))
        client = connect(host, seconds=300)
        if not image_id(client, image_name()):
            build_image(client)
        client.close()

    def stop(self) -> None:
        """End it, and every container with it. Blocking."""
        self._up.close()

    def restart(self) -> None:
        """Down and up again. Blocking."""
        self.stop()
        self.start()

    def kill_one(self, chance: random.Random) -> bool:
        """Kill a container, whatever it is doing. Blocking."""
        with contextlib.suppress(Exception):  # the daemon may be down just now
            client = connect(self.places.host)
            with contextlib.closing(client):
                found = client.containers(filters={"label": owner.LABEL})
                if found:
                    client.kill(chance.choice(found)["Id"])
                    return True
        return False

    def left(self) -> list[str]:
        """Containers, processes and mounts that are still there."""
        run = str(self.places.run)
        with contextlib.suppress(SandboxError):
            client = connect(self.places.host)
            with contextlib.closing(client):
                rows = client.containers(all=True, filters={"label": owner.LABEL})
                return [f"container {row['Id'][:12]} {row['Status']}" for row in rows]
        found = [
            f"mount {line}" for line in Path("/proc/self/mounts").read_text().splitlines() if run in line
        ]
        return found + [f"process {line}" for pid, line in command_lines() if run in line]


def kill_bubble(chance: random.Random) -> bool:
    """Kill a bwrap of ours, whatever it is doing."""
    mine = [pid for pid, line in command_lines() if "supervisor.py" in line and descends(pid)]
    if mine:
        with contextlib.suppress(ProcessLookupError):
            os.kill(chance.choice(mine), signal.SIGKILL)
    return bool(mine)


async def storm(
    sandbox: Sandbox,
    executions: int,
    seed: int,
    workers: int,
    kill_one: Callable[[random.Random], bool],
    restart: Callable[[], None] | None = None,
) -> Tally:
    """Execute a seeded mixture with `workers` at once, killing and restarting on the way."""
    chance, tally = random.Random(seed), Tally()
    executor = Executor(sandbox, None)
    series = iter([(number, *draw(chance, number)) for number in range(1, executions + 1)])
    restarts = {executions // 3, 2 * executions // 3} if restart else set()
    troubles: set[asyncio.Task[None]] = set()

    async def trouble(number: int) -> None:
        if number in restarts and restart:
            tally.restarts += 1
            await asyncio.to_thread(restart)
        else:
            await asyncio.sleep(chance.uniform(0, 0.5))
            tally.sandboxes_killed += await asyncio.to_thread(kill_one, chance)

    async def work() -> None:
        for number, kind, job, assurance in series:
            if number in restarts or number % KILL_EVERY == 0:
                troubles.add(asyncio.create_task(trouble(number)))
            for attempt in range(TRIES):
                ended, _ = await executor.execute(job, assurance)
                if ended.verdict is not Verdict.INFRASTRUCTURE:
                    break
                tally.infrastructure += 1
                await asyncio.sleep(0.5 * 2**attempt)
            else:
                tally.given_up.append(f"{job.id}: {ended.ended}")
                continue
            tally.executions += 1
            tally.verdicts[f"{kind.name}: {ended.verdict}"] += 1
            if ended.verdict not in kind.right:
                tally.wrong.append(f"{job.id} {assurance}: {ended.verdict}, {ended.ended}, {ended.error}")
            if number % max(executions // 10, 1) == 0:
                tally.memory_mb.append(resident_mb())
                tally.descriptors.append(len(list(Path("/proc/self/fd").iterdir())))

    began = time.monotonic()
    await asyncio.gather(*(work() for _ in range(workers)))
    await asyncio.gather(*troubles)
    tally.seconds = time.monotonic() - began
    return tally


async def in_gvisor(executions: int, seed: int, workers: int, data: Path) -> Tally:
    """The storm in containers of a daemon that is restarted twice."""
    daemon = Daemon(data)
    try:
        await asyncio.to_thread(daemon.start)
        sandbox = DockerSandbox(Isolation.GVISOR, daemon.places.host, warm=workers)
        try:
            await sandbox.start()
            tally = await storm(sandbox, executions, seed, workers, daemon.kill_one, daemon.restart)
        finally:
            await sandbox.close()
        tally.left += await asyncio.to_thread(daemon.left)
    finally:
        await asyncio.to_thread(daemon.stop)
    tally.left += daemon.left()
    shutil.rmtree(daemon.places.run)
    return tally


async def in_namespaces(executions: int, seed: int, workers: int) -> Tally:
    """The storm in bubblewrap."""
    sandbox = BubblewrapSandbox(warm=workers)
    try:
        await sandbox.start()
        tally = await storm(sandbox, executions, seed, workers, kill_bubble)
    finally:
        await sandbox.close()
    tally.left += [f"process {line}" for pid, line in command_lines() if descends(pid)]
    return tally


@contextlib.contextmanager
def own_temporary_folder(tally_left: list[str]) -> Iterator[Path]:
    """A folder for every temporary file, in which nothing may be left at the end."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        tempfile.tempdir = name
        try:
            yield Path(name)
        finally:
            tempfile.tempdir = None
            tally_left += [f"file {path}" for path in Path(name).rglob("*")]


def run(isolation: Isolation, executions: int, seed: int, workers: int, data: Path) -> Tally:
    """One storm and what it left."""
    files: list[str] = []
    with own_temporary_folder(files):
        if isolation is Isolation.GVISOR:
            tally = asyncio.run(in_gvisor(executions, seed, workers, data))
        else:
            tally = asyncio.run(in_namespaces(executions, seed, workers))
    tally.left += files
    return tally


def command_lines() -> list[tuple[int, str]]:
    """Every process but this one with its command line."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            with contextlib.suppress(OSError):
                found.append((int(entry.name), (entry / "cmdline").read_bytes().decode(errors="replace")))
    return found


def descends(pid: int) -> bool:
    """Whether a process is below this one."""
    while pid > 1:
        try:
            pid = int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            return False
        if pid == os.getpid():
            return True
    return False


def resident_mb() -> float:
    """Resident memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def main() -> int:
    """Run one storm and print what happened; 1 when it was not sound."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--executions", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--isolation", default="gvisor", choices=("gvisor", "namespace"))
    options = parser.parse_args()
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, Linux {platform.release()}")
    with tempfile.TemporaryDirectory(prefix="chaos-data-") as data:
        isolation = Isolation(options.isolation)
        tally = run(isolation, options.executions, options.seed, options.workers, Path(data))
    print(json.dumps({**vars(tally), "sound": tally.sound}, indent=1))
    return 0 if tally.sound else 1


if __name__ == "__main__":
    sys.exit(main())
