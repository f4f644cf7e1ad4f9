"""A daemon of our own: up when asked, gone with its last user however that one ends."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import shutil
import signal
import subprocess
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
from sandbox.large_pages import KNOB, OFF, WANTED, can_be_turned_on, current
from sandbox.private_daemon import DaemonPlaces, answers, private_daemon
from tests.sandbox.docker_fixtures import RIGHT, eventually, job, python

pytestmark = pytest.mark.gvisor

OWNER = """
import signal, sys
from pathlib import Path
from sandbox.private_daemon import DaemonPlaces, private_daemon

with private_daemon(DaemonPlaces(*map(Path, sys.argv[1:]))) as host:
    print(host, flush=True)
    signal.pause()
"""


@pytest.fixture
def places(tmp_path: Path) -> Iterator[DaemonPlaces]:
    """Places of its own for one daemon; the folder is short because a socket's path must be."""
    run = Path(tempfile.mkdtemp(prefix="ct-", dir="/tmp"))
    yield DaemonPlaces(run, tmp_path / "data", knob(tmp_path), tmp_path / "old-value")
    shutil.rmtree(run)


def knob(folder: Path) -> Path:
    """A file in the place of the kernel's setting for large pages."""
    path = folder / "shmem_enabled"
    path.write_text("always within_size advise [never] deny force\n")
    return path


def owner(places: DaemonPlaces) -> subprocess.Popen[str]:
    """A process of its own that has the daemon up."""
    return python(OWNER, *map(str, dataclasses.astuple(places)))


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


def test_large_pages_are_on_until_the_last_daemon_has_ended(places: DaemonPlaces) -> None:
    run = Path(tempfile.mkdtemp(prefix="ct-", dir="/tmp"))
    other = dataclasses.replace(places, run=run, data=places.data.with_name("other"))
    first, second = private_daemon(places), private_daemon(other)
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, run)
        stack.enter_context(second)
        with first:
            assert eventually(lambda: current(places.large_pages) == "within_size")
        assert current(places.large_pages) == "within_size"
        stack.pop_all().close()
    assert current(places.large_pages) == "never"
    assert places.old_value.read_text() == ""


@pytest.mark.slow
def test_the_machines_own_large_pages_are_as_they_were(places: DaemonPlaces) -> None:
    if current() not in (*OFF, WANTED):
        pytest.skip(f"large pages stand at {current() or 'nothing'} here")
    before = current()
    meanwhile = WANTED if can_be_turned_on() else before
    with private_daemon(dataclasses.replace(places, large_pages=KNOB)):
        assert eventually(lambda: current() == meanwhile)
    assert current() == before


def test_it_ends_when_its_owner_is_killed(places: DaemonPlaces) -> None:
    with owner(places) as host:
        assert host.stdout
        assert host.stdout.readline().strip() == places.host
        assert current(places.large_pages) == "within_size"
        host.kill()
    assert eventually(lambda: not traces(places), seconds=20)
    assert eventually(lambda: current(places.large_pages) == "never")


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
    with owner(places) as process:
        assert process.stdout
        host = process.stdout.readline().strip()
        client = connect(host, seconds=120)
        build_image(client)
        client.close()
        warm = await WarmContainer.start(Plan(host, image_name(), Isolation.GVISOR, 512), Cores([]))
        process.kill()
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
