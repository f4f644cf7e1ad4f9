"""What doctor says of machines with and without a daemon."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

import pytest
from requests.exceptions import ConnectionError, ReadTimeout

from sandbox import doctor, owner
from sandbox.contract import Isolation
from sandbox.docker_faults import start_fault
from sandbox.docker_host import MACHINE_SOCKET, PRIVATE_SOCKET, choose_host
from sandbox.docker_probe import DaemonFacts, available, probe
from sandbox.doctor import Check, examine
from sandbox.errors import IsolationUnavailable, SandboxLost
from sandbox.select import open_sandbox


def named(checks: tuple[Check, ...], name: str) -> Check:
    """The check of that name."""
    return next(check for check in checks if check.name == name)


@pytest.mark.slow
async def test_without_a_daemon_everything_missing_has_a_remedy(tmp_path: Path) -> None:
    checks = await examine(docker_host=f"unix://{tmp_path}/none.sock")
    for name in ("docker", "image"):
        assert not named(checks, name).ok
        assert "coder-tui setup" in named(checks, name).remedy
    assert named(checks, "python").ok
    assert checks[-1].name == "sandbox"


def test_a_daemon_without_gvisor_or_image_is_told_apart_from_none() -> None:
    facts = DaemonFacts("unix:///x", "image:1", "27.0", frozenset({"runc"}))
    assert doctor.daemon(facts).ok
    assert {check.name: check.ok for check in doctor.runtimes(facts)} == {
        "runtime runsc": False,
        "runtime runc": True,
    }
    assert doctor.built_image(facts).detail == "image:1 is not built"
    assert doctor.usable(facts) == [Isolation.NAMESPACE]
    refused = facts.missing(Isolation.CONTAINER)
    assert refused
    assert refused.message == "the Docker daemon at unix:///x has no image image:1"


@pytest.mark.parametrize(
    ("setting", "said", "remedy"),
    [
        ("always within_size advise [never] deny force", "off (never); gVisor is", "coder-tui setup"),
        ("always [within_size] advise never deny force", "on (within_size)", ""),
        ("always within_size advise never [deny] force", "off (deny), and not to be changed", ""),
        (None, "this kernel has none", ""),
    ],
)
def test_large_pages_are_told_and_are_no_fault(
    tmp_path: Path, setting: str | None, said: str, remedy: str
) -> None:
    knob = tmp_path / "shmem_enabled"
    if setting:
        knob.write_text(setting)
    (check,) = doctor.pages(DaemonFacts("unix:///x", "image:1"), knob)
    assert check.ok
    assert check.detail.startswith(said)
    assert (remedy in check.detail) and (remedy in check.remedy) and bool(check.remedy) == bool(remedy)
    assert doctor.pages(DaemonFacts("tcp://elsewhere:1", "image:1"), knob) == []


@pytest.mark.slow
async def test_a_daemon_that_never_answers_costs_less_than_a_second(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "docker.sock"))
        listening.listen()
        began = time.monotonic()
        facts = await probe(f"unix://{tmp_path}/docker.sock")
        assert time.monotonic() - began < 1.3  # the first import of the client included
    assert facts.fault
    assert "did not answer" in facts.fault.message


@pytest.mark.parametrize("host", ["unix:///nowhere/docker.sock", "ssh://host", "tcp://127.0.0.1:1", ""])
async def test_a_probe_never_raises(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    assert await available(host) == []


def test_the_daemon_that_was_named_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://two:2")
    assert choose_host("tcp://one:1") == "tcp://one:1"
    assert choose_host() == "tcp://two:2"
    monkeypatch.delenv("DOCKER_HOST")
    assert choose_host() in (f"unix://{PRIVATE_SOCKET}", f"unix://{MACHINE_SOCKET}")


@pytest.mark.parametrize("isolation", ["gvisor", "container"])
async def test_a_named_isolation_never_falls_back(isolation: str, tmp_path: Path) -> None:
    with pytest.raises(IsolationUnavailable, match="coder-tui setup"):
        await open_sandbox(isolation, docker_host=f"unix://{tmp_path}/none.sock")


async def test_less_than_the_minimum_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IsolationUnavailable, match=r"sandbox\.minimum is gvisor, and namespace is weaker"):
        await open_sandbox("namespace", minimum="gvisor")
    with pytest.raises(IsolationUnavailable, match="no isolation of at least container is to be had"):
        await open_sandbox("auto", minimum="container", docker_host=f"unix://{tmp_path}/none.sock")


async def test_an_unknown_isolation_names_the_known_ones() -> None:
    with pytest.raises(IsolationUnavailable, match="one of auto, gvisor, container, namespace"):
        await open_sandbox("chroot")


@pytest.mark.bubblewrap
async def test_auto_takes_what_there_is(tmp_path: Path) -> None:
    sandbox = await open_sandbox("auto", docker_host=f"unix://{tmp_path}/none.sock")
    await sandbox.close()
    assert sandbox.isolation is Isolation.NAMESPACE


@pytest.mark.gvisor
async def test_auto_takes_gvisor_where_it_is_and_without_an_image_the_next(docker_host: str) -> None:
    strongest = await open_sandbox("auto", docker_host=docker_host)
    await strongest.close()
    assert strongest.isolation is Isolation.GVISOR
    assert await available(docker_host) == [Isolation.GVISOR, Isolation.CONTAINER]
    without = await open_sandbox("auto", docker_host=docker_host, image="never:built")
    await without.close()
    assert without.isolation is Isolation.NAMESPACE


@pytest.mark.gvisor
async def test_doctor_sees_gvisor_come_up(docker_host: str) -> None:
    checks = await examine(docker_host=docker_host)
    assert named(checks, "isolation gvisor").ok
    assert named(checks, "sandbox").detail.startswith("gvisor")


def test_an_owner_is_dead_only_when_that_is_known() -> None:
    pid, boot, started, namespace = owner.own_label().split(":")
    assert not owner.is_dead(owner.own_label())
    assert owner.is_dead(f"{pid}:{boot}:{int(started) + 1}:{namespace}")
    child = os.fork()
    if child == 0:
        os._exit(0)
    assert os.waitpid(child, 0)
    assert owner.is_dead(f"{child}:{boot}:{started}:{namespace}")
    for unknown in ("", "1:2:3", f"{child}:another:1:{namespace}", f"{child}:{boot}:1:another"):
        assert not owner.is_dead(unknown)


@pytest.mark.parametrize(
    ("error", "word"),
    [
        (ReadTimeout("UnixHTTPConnectionPool: Read timed out. (read timeout=60)"), "did not answer in time"),
        (ConnectionError("UnixHTTPConnectionPool: Read timed out."), "did not answer in time"),
        (ConnectionError("Connection aborted."), "went away"),
        (BrokenPipeError("Broken pipe"), "went away"),
    ],
)
def test_a_slow_daemon_is_not_called_lost(error: Exception, word: str) -> None:
    fault = start_fault(error, "unix:///x", "image:1", "runsc")
    assert isinstance(fault, SandboxLost)  # tried again either way
    assert word in fault.message
