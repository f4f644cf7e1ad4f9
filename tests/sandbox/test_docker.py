"""Verdicts from real containers, and what becomes of the containers."""

from __future__ import annotations

import asyncio
import functools
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox import docker_container, owner
from sandbox.contract import Assurance, Isolation, Limits, Sandbox, Script, Verdict
from sandbox.cores import Cores
from sandbox.docker import DockerSandbox
from sandbox.docker_host import connect
from sandbox.docker_warm import Plan, WarmContainer
from sandbox.errors import IsolationUnavailable, SandboxLost
from sandbox.image.build import image_name
from tests.sandbox.docker_fixtures import RIGHT, WRONG, eventually, job, python

pytestmark = pytest.mark.gvisor
BOTH = [Isolation.GVISOR, Isolation.CONTAINER]


@pytest.fixture(params=BOTH, ids=str)
async def sandbox(request: pytest.FixtureRequest, docker_host: str) -> AsyncIterator[DockerSandbox]:
    """A started sandbox of either isolation."""
    made = DockerSandbox(request.param, docker_host)
    await made.start()
    yield made
    await made.close()


def containers(docker_host: str) -> dict[str, str]:
    """Every container of ours: id and owner."""
    client = connect(docker_host)
    rows = client.containers(all=True, filters={"label": owner.LABEL})
    client.close()
    return {row["Id"]: row["Labels"][owner.LABEL] for row in rows}


async def test_a_right_solution_passes_sealed_and_a_wrong_one_does_not(sandbox: DockerSandbox) -> None:
    right = await sandbox.execute(job(RIGHT), Assurance.SEALED)
    wrong = await sandbox.execute(job(WRONG), Assurance.SEALED)
    assert (right.verdict, right.assurance, right.isolation) == (
        Verdict.PASSED,
        Assurance.SEALED,
        sandbox.isolation,
    )
    assert (right.passed, wrong.verdict, wrong.passed) == (10, Verdict.FAILED, 2)


async def test_the_protocol_and_the_cache_key_hold(sandbox: DockerSandbox) -> None:
    assert isinstance(sandbox, Sandbox)
    for part in ("sha256:", "harness=", "python=3.11", "pytest="):
        assert part in sandbox.fingerprint


async def test_an_endless_loop_is_ended_by_the_wall_clock_and_the_next_job_runs(
    sandbox: DockerSandbox,
) -> None:
    endless = await sandbox.execute(
        job(b"def double(x):\n    while True: pass\n", limits=Limits(seconds=2)), Assurance.SEALED
    )
    assert endless.verdict is Verdict.TIMEOUT
    assert (await sandbox.execute(job(RIGHT), Assurance.SEALED)).verdict is Verdict.PASSED


async def test_a_memory_hog_is_never_infrastructure_and_the_next_job_runs(sandbox: DockerSandbox) -> None:
    hog = b"def double(x):\n    return [bytearray(1 << 20) for _ in range(8192)]\n"
    ended = await sandbox.execute(job(hog), Assurance.IN_PROCESS)
    assert ended.verdict in (Verdict.OUT_OF_MEMORY, Verdict.KILLED, Verdict.FAILED)
    assert (await sandbox.execute(job(RIGHT), Assurance.SEALED)).verdict is Verdict.PASSED


async def test_large_pages_take_no_memory_from_the_candidate(sandbox: DockerSandbox) -> None:
    much = (
        b"def double(x):\n    kept = [bytes([n & 255]) * 4000 for n in range(380 * 256)]\n    return 2 * x\n"
    )
    once = b"from solution import double\n\n\ndef test_one():\n    assert double(1) == 2\n"
    ended = await sandbox.execute(job(much, once), Assurance.SEALED)
    assert ended.verdict is Verdict.PASSED


async def test_the_daemon_was_told_every_limit(sandbox: DockerSandbox, docker_host: str) -> None:
    mine = [found for found, whose in containers(docker_host).items() if whose == owner.own_label()]
    client = connect(docker_host)
    config = client.inspect_container(mine[0])["HostConfig"]
    client.close()
    assert config["NetworkMode"] == "none"
    assert config["ReadonlyRootfs"] is True
    assert config["Memory"] == config["MemorySwap"] == 544 << 20
    assert config["PidsLimit"] == 1024
    assert config["CapDrop"] == ["ALL"]
    assert "no-new-privileges" in config["SecurityOpt"]
    assert config["LogConfig"]["Type"] == "none"
    assert not config["Binds"]
    allowed = {"SETUID", "SETGID", "KILL", "CHOWN", "SETPCAP"}
    extra = {"SYS_ADMIN"} if sandbox.isolation is Isolation.GVISOR else set()
    assert set(config["CapAdd"]) == allowed | extra


async def test_closing_removes_the_container_and_may_be_done_twice(docker_host: str) -> None:
    before = containers(docker_host)
    made = DockerSandbox(Isolation.GVISOR, docker_host)
    await made.start()
    assert len(containers(docker_host)) == len(before) + 1
    await made.close()
    await made.close()
    assert containers(docker_host) == before


async def test_a_start_that_is_cancelled_leaves_no_container(docker_host: str) -> None:
    before = containers(docker_host)
    starting = asyncio.create_task(
        WarmContainer.start(Plan(docker_host, image_name(), Isolation.GVISOR, 512), Cores([]))
    )
    await asyncio.sleep(0.3)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert containers(docker_host) == before


async def test_a_cancelled_execution_ends_and_the_sandbox_serves_on(sandbox: DockerSandbox) -> None:
    endless = job(b"def double(x):\n    while True: pass\n")
    running = asyncio.create_task(sandbox.execute(endless, Assurance.SEALED))
    await asyncio.sleep(1)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert (await sandbox.execute(job(RIGHT), Assurance.SEALED)).verdict is Verdict.PASSED


async def test_the_death_of_the_owner_ends_its_container(docker_host: str) -> None:
    before = containers(docker_host)
    host = python(
        """
        import asyncio, sys
        from sandbox.contract import Isolation
        from sandbox.docker import DockerSandbox

        async def main():
            await DockerSandbox(Isolation.GVISOR, sys.argv[1]).start()
            print("up", flush=True)
            await asyncio.sleep(600)

        asyncio.run(main())
        """,
        docker_host,
    )
    with host:
        assert host.stdout
        assert host.stdout.readline() == "up\n"
        assert len(containers(docker_host)) == len(before) + 1
        host.kill()
    assert eventually(lambda: containers(docker_host) == before)


async def test_what_a_dead_process_left_is_removed_at_the_next_start_and_nothing_else(
    docker_host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = connect(docker_host)
    pid, boot, started, namespace = owner.own_label().split(":")
    labels = {
        "dead": f"{pid}:{boot}:{int(started) - 1}:{namespace}",
        "alive": owner.own_label(),
        "elsewhere": f"{pid}:another-boot:1:{namespace}",
    }
    made = {}
    for name, label in labels.items():
        monkeypatch.setattr(owner, "own_label", lambda label=label: label)
        made[name] = docker_container.create(client, image_name(), Isolation.CONTAINER, 512)
    try:
        assert docker_container.remove_leftovers(client) == 1
        left = containers(docker_host)
        assert made["dead"] not in left
        assert {made["alive"], made["elsewhere"]} <= set(left)
    finally:
        for container in made.values():
            docker_container.remove(client, container)
        client.close()


async def test_what_one_leaves_in_shared_memory_the_next_never_sees(sandbox: DockerSandbox) -> None:
    leave = Script("leave", "open('/dev/shm/left', 'w').write('x')\n")
    look = Script("look", "import os\nassert os.listdir('/dev/shm') == [], os.listdir('/dev/shm')\n")
    for script in (look, leave, look, look, leave, look):
        (ended,) = await sandbox.run_scripts([script], Limits())
        assert ended.verdict is Verdict.PASSED, ended


async def test_as_many_sandboxes_as_processors_keep_to_one_each(docker_host: str) -> None:
    processors = os.sched_getaffinity(0)
    before = set(containers(docker_host))
    sandbox = DockerSandbox(Isolation.GVISOR, docker_host, warm=len(processors))
    try:
        await sandbox.start()
        all_up = functools.partial(
            eventually, lambda: len(set(containers(docker_host)) - before) == len(processors)
        )
        assert await asyncio.to_thread(all_up)
        client = connect(docker_host)
        kept = [
            client.inspect_container(name)["HostConfig"]["CpusetCpus"]
            for name in set(containers(docker_host)) - before
        ]
        client.close()
        assert sorted(kept) == sorted(map(str, processors))
        assert (await sandbox.execute(job(RIGHT), Assurance.SEALED)).verdict is Verdict.PASSED
    finally:
        await sandbox.close()


async def test_a_daemon_without_that_processor_chooses_itself(docker_host: str) -> None:
    plan = Plan(docker_host, image_name(), Isolation.GVISOR, 512)
    warm = await WarmContainer.start(plan, Cores([4000]))
    try:
        assert (await warm.client.execute(job(RIGHT), Assurance.SEALED)).verdict is Verdict.PASSED
    finally:
        await warm.close()


async def test_the_runtime_says_when_memory_ran_out(docker_host: str) -> None:
    warm = await WarmContainer.start(
        Plan(docker_host, image_name(), Isolation.GVISOR, memory_mb=160), Cores([])
    )
    try:
        hog = b"x = []\nwhile True:\n    x.append(b'1' * (1 << 20))\n"
        more_than_there_is = Limits(seconds=30, memory_mb=4096)
        with pytest.raises(SandboxLost):
            await warm.client.execute(job(hog, limits=more_than_there_is), Assurance.IN_PROCESS)
        assert await warm.cause_of_death() is Verdict.OUT_OF_MEMORY
    finally:
        await warm.close()


async def test_a_missing_image_names_setup(docker_host: str) -> None:
    made = DockerSandbox(Isolation.GVISOR, docker_host, image="coder-tui-sandbox:never-built")
    with pytest.raises(IsolationUnavailable, match=r"has no image .*never-built \(run `coder-tui setup`\)"):
        await made.start()
    await made.close()


async def test_a_missing_runtime_names_setup(docker_host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(docker_container.RUNTIMES, Isolation.GVISOR, "never-installed")
    made = DockerSandbox(Isolation.GVISOR, docker_host)
    with pytest.raises(IsolationUnavailable, match="has no runtime never-installed"):
        await made.start()
    await made.close()


async def test_no_daemon_and_no_permission_are_told_apart(docker_host: str, tmp_path: Path) -> None:
    made = DockerSandbox(Isolation.GVISOR, f"unix://{tmp_path}/none.sock")
    with pytest.raises(IsolationUnavailable, match="does not exist"):
        await made.start()
    stranger = python(
        """
        import os, sys
        from sandbox.docker_host import connect
        from sandbox.errors import IsolationUnavailable
        import docker
        os.setgroups([]); os.setgid(65534); os.setuid(65534)
        try:
            connect(sys.argv[1])
        except IsolationUnavailable as fault:
            print(fault)
        """,
        docker_host,
    )
    said, _ = stranger.communicate(timeout=30)
    assert "no permission to use the Docker daemon" in said
