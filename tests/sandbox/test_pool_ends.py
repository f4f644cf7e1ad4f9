"""How soon nothing runs any more: after a cancelled execution, after SIGKILL of the command itself."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from sandbox import docker_container, owner
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Isolation, Limits, Sandbox, Verdict
from sandbox.docker import DockerSandbox
from sandbox.docker_host import connect
from sandbox.image.build import image_name
from tests.sandbox.docker_fixtures import RIGHT, eventually, job
from tests.sandbox.processes import below, naming, parents_and_ticks, share

STATED = 5.0  # seconds after SIGKILL of coder-tui until nothing of it runs: docs/security.md
ENDLESS = b"def double(x):\n    while True: pass\n"
NAMESPACE = pytest.param(Isolation.NAMESPACE, marks=pytest.mark.bubblewrap)
GVISOR = pytest.param(Isolation.GVISOR, marks=pytest.mark.gvisor)
EACH = pytest.mark.parametrize("isolation", [NAMESPACE, GVISOR], ids=str)


def containers(host: str, pid: int) -> list[str]:
    """The containers of process `pid`."""
    client = connect(host)
    rows = client.containers(all=True, filters={"label": owner.LABEL})
    client.close()
    return [row["Id"] for row in rows if row["Labels"][owner.LABEL].startswith(f"{pid}:")]


@pytest.fixture
def host(isolation: Isolation, request: pytest.FixtureRequest) -> str:
    """The daemon's address; "" where none is needed."""
    return request.getfixturevalue("docker_host") if isolation is Isolation.GVISOR else ""


@pytest.fixture
def roots(isolation: Isolation, host: str) -> Callable[[int], list[int]]:
    """Finds the processes that hold everything that process `pid` runs in sandboxes."""

    def find(pid: int) -> list[int]:
        if isolation is Isolation.GVISOR:
            return [each for container in containers(host, pid) for each in naming(container)]
        every = parents_and_ticks()
        return [each for each in below(pid, every) if every[each][0] == pid]

    return find


@pytest.fixture
async def sandbox(isolation: Isolation, host: str) -> AsyncIterator[Sandbox]:
    """A started sandbox."""
    made: Sandbox = DockerSandbox(isolation, host) if host else BubblewrapSandbox()
    try:
        await made.start()
        yield made
    finally:
        await made.close()


@EACH
@pytest.mark.parametrize("assurance", list(Assurance), ids=str)
async def test_a_cancelled_candidate_is_gone_within_a_second(
    sandbox: Sandbox, roots: Callable[[int], list[int]], assurance: Assurance
) -> None:
    endless = asyncio.create_task(sandbox.execute(job(ENDLESS), assurance))
    async with asyncio.timeout(20):
        while await asyncio.to_thread(share, roots(os.getpid())) < 0.3:
            assert not endless.done()
    began = time.monotonic()
    endless.cancel()
    while await asyncio.to_thread(share, roots(os.getpid())) > 0.2:
        pass
    assert time.monotonic() - began < 1 + 0.4  # it took a moment to look
    with pytest.raises(asyncio.CancelledError):
        await endless
    assert (await sandbox.execute(job(RIGHT), assurance)).verdict is Verdict.PASSED


@pytest.fixture
def checking(isolation: Isolation, host: str, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`coder-tui check` of an endless candidate, in a process of its own."""
    (tmp_path / "solution.py").write_bytes(ENDLESS)
    (tmp_path / "test_solution.py").write_text(
        "from solution import double\n\ndef test():\n    assert double(1)\n"
    )
    places = {f"CODER_TUI_PATHS__{name}": str(tmp_path / name.lower()) for name in ("STATE", "CACHE")}
    with subprocess.Popen(
        [
            *(sys.executable, "-m", "tui.cli", "check", str(tmp_path / "solution.py")),
            *("--tests", str(tmp_path / "test_solution.py"), "--isolation", str(isolation)),
            *("--no-guardrails", "--seconds", "120"),
        ],
        cwd=Path(__file__).parents[2],
        env={**os.environ, **places, "CODER_TUI_SANDBOX__DOCKER_HOST": host},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.kill()


@EACH
def test_sigkill_of_the_command_leaves_nothing_running_for_longer_than_stated(
    checking: subprocess.Popen[str],
    roots: Callable[[int], list[int]],
    host: str,
) -> None:
    assert eventually(lambda: share(roots(checking.pid)) > 0.3, seconds=30), "the candidate never ran"
    every = parents_and_ticks()
    running = set(roots(checking.pid)).union(*(below(root, every) for root in roots(checking.pid)))
    assert running
    began = time.monotonic()
    os.kill(checking.pid, signal.SIGKILL)
    checking.wait()
    gone = eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in running), seconds=STATED)
    print(f"nothing left {time.monotonic() - began:.2f} s after SIGKILL")
    assert gone
    # What the daemon has still to do, to take it off its list, waits behind its other work.
    assert not host or eventually(lambda: not containers(host, checking.pid), seconds=4 * STATED)


@pytest.mark.gvisor
async def test_the_next_start_removes_what_a_dead_process_left(
    docker_host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    pid, boot, started, namespace = owner.own_label().split(":")
    dead = f"{pid}:{boot}:{int(started) - 1}:{namespace}"
    client = connect(docker_host)
    with monkeypatch.context() as patched:
        patched.setattr(owner, "own_label", lambda: dead)
        left = docker_container.create(client, image_name(), Isolation.GVISOR, 512)
    assert left in [row["Id"] for row in client.containers(all=True)]
    made = DockerSandbox(Isolation.GVISOR, docker_host)
    try:
        await made.start()
        assert left not in [row["Id"] for row in client.containers(all=True)]
        short = job(RIGHT, limits=Limits(seconds=30))
        assert (await made.execute(short, Assurance.SEALED)).verdict is Verdict.PASSED
    finally:
        await made.close()
        docker_container.remove(client, left)
        client.close()
