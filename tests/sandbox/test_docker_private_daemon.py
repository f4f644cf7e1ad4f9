"""A daemon of our own: up when asked, gone with its last user however that one ends."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.contract import Assurance, Isolation
from sandbox.cores import Cores
from sandbox.docker_host import connect
from sandbox.docker_probe import probe
from sandbox.docker_warm import Plan, WarmContainer
from sandbox.errors import IsolationUnavailable, SandboxError, SandboxLost
from sandbox.image.build import build_image, image_name
from sandbox.private_daemon import DaemonPlaces, answers, private_daemon
from tests.sandbox.docker_fixtures import RIGHT, eventually, job, python

pytestmark = pytest.mark.gvisor

OWNER = """
import signal, sys
from pathlib import Path
from sandbox.private_daemon import DaemonPlaces, private_daemon

with private_daemon(DaemonPlaces(Path(sys.argv[1]), Path(sys.argv[2]))) as host:
    print(host, flush=True)
    signal.pause()
"""


@pytest.fixture
def places(tmp_path: Path) -> Iterator[DaemonPlaces]:
    """Places of its own for one daemon; the folder is short because a socket's path must be."""
    run = Path(tempfile.mkdtemp(prefix="ct-", dir="/tmp"))
    yield DaemonPlaces(run, tmp_path / "data")
    shutil.rmtree(run)


def traces(places: DaemonPlaces) -> list[str]:
    """What of a daemon is still to be seen: processes, mounts, files."""
    found = [str(path) for path in (places.socket, places.run / "exec") if path.exists()]
    found += [line for line in Path("/proc/self/mounts").read_text().splitlines() if str(places.run) in line]
    for entry in Path("/proc").iterdir():
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if str(places.run) in line and int(entry.name) != os.getpid():
            found.append(line)
    return found


async def test_it_has_gvisor_and_leaves_nothing(places: DaemonPlaces) -> None:
    with private_daemon(places) as host:
        facts = await probe(host, seconds=10)
        assert facts.fault is None
        assert {"runsc", "runc"} <= facts.runtimes
        assert traces(places)
    assert traces(places) == []


def test_it_stays_for_a_second_user_and_ends_with_the_last(places: DaemonPlaces) -> None:
    with private_daemon(places) as host:
        with private_daemon(places) as again:
            assert again == host
        assert answers(host)
    assert not answers(host)
    assert traces(places) == []


def test_it_ends_when_its_owner_is_killed(places: DaemonPlaces) -> None:
    with python(OWNER, str(places.run), str(places.data)) as host:
        assert host.stdout
        assert host.stdout.readline().strip() == places.host
        host.kill()
    assert eventually(lambda: not traces(places), seconds=20)


def test_it_ends_when_its_keeper_is_killed(places: DaemonPlaces) -> None:
    with private_daemon(places) as host:
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                line = (entry / "cmdline").read_bytes() if entry.exists() else b""
                if b"\0outer\0" in line and str(places.run).encode() in line:
                    os.kill(int(entry.name), signal.SIGKILL)
        assert eventually(lambda: not answers(host), seconds=20)
    assert eventually(lambda: not [line for line in traces(places) if "dockerd" in line], seconds=20)


async def test_a_daemon_that_dies_is_our_loss_and_not_the_candidates(places: DaemonPlaces) -> None:
    with python(OWNER, str(places.run), str(places.data)) as owner:
        assert owner.stdout
        host = owner.stdout.readline().strip()
        client = connect(host, seconds=120)
        build_image(client)
        client.close()
        warm = await WarmContainer.start(Plan(host, image_name(), Isolation.GVISOR, 512), Cores([]))
        owner.kill()
        assert eventually(lambda: not traces(places), seconds=20)
        with pytest.raises(SandboxLost):
            await warm.client.execute(job(RIGHT), Assurance.SEALED)
        with pytest.raises(SandboxLost, match="went away"):
            await warm.cause_of_death()
        await warm.close()
        with pytest.raises(SandboxError, match="does not exist"):
            await WarmContainer.start(Plan(host, image_name(), Isolation.GVISOR, 512), Cores([]))


def test_a_user_who_is_not_root_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(IsolationUnavailable, match="needs root"), private_daemon():
        pass
