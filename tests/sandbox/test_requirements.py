"""Code under test that needs packages gets them: built once, kept, evicted, and no more than that."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from functools import cache
from pathlib import Path

import pytest

from sandbox import docker_layers
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Isolation, Job, Limits, Sandbox, Verdict
from sandbox.docker import DockerSandbox
from sandbox.docker_host import connect
from sandbox.requirements import RequirementsFailed, normalised
from sandbox.requirements_folder import DAY, FolderLayers

EACH = [
    pytest.param(Isolation.NAMESPACE, marks=pytest.mark.bubblewrap),
    pytest.param(Isolation.GVISOR, marks=pytest.mark.gvisor),
]
USES_SIX = {"solution.py": b"import six\n\ndef f():\n    return six.ensure_str(b'yes')\n"}
TESTS = {
    "test_solution.py": b"import six\nfrom solution import f\n\ndef test_f():\n    assert f() == 'yes'\n"
}
SIX = ("six==1.16.0",)


@cache
def no_index() -> str:
    """Why no package index is to be had; "" when one is."""
    with tempfile.TemporaryDirectory() as folder:
        asked = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--target", folder, *SIX]
        done = subprocess.run(asked, capture_output=True, text=True, check=False)
    return f"no package index is reached: {done.stderr.strip()[-200:]}" if done.returncode else ""


@pytest.fixture
def index() -> None:
    """Skip, loudly, where packages cannot be had."""
    if why := no_index():
        pytest.skip(why)


@pytest.fixture(params=EACH, ids=str)
async def sandbox(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Sandbox]:
    """A started sandbox that keeps layers in a place of this test's own."""
    made: Sandbox
    if request.param is Isolation.NAMESPACE:
        made = BubblewrapSandbox(layers=tmp_path / "layers")
    else:
        made = DockerSandbox(request.param, request.getfixturevalue("docker_host"))
    try:
        await made.start()
        yield made
    finally:
        await made.close()


@pytest.fixture
def no_layers(docker_host: str) -> Iterator[None]:
    """No layer in the daemon before and after."""
    client = connect(docker_host)
    docker_layers.clear(client)
    yield
    docker_layers.clear(client)
    client.close()


def job(requirements: tuple[str, ...] = SIX) -> Job:
    """Code that needs six, on both sides."""
    return Job("six", USES_SIX, TESTS, Limits(seconds=30), requirements=requirements)


@pytest.mark.parametrize("assurance", list(Assurance), ids=str)
async def test_a_package_is_there_for_those_who_ask_and_for_nobody_else(
    index: None, sandbox: Sandbox, assurance: Assurance
) -> None:
    with_it = await sandbox.execute(job(), assurance)
    without = await sandbox.execute(job(()), assurance)
    again = await sandbox.execute(job(), assurance)
    assert (with_it.verdict, with_it.assurance, again.verdict) == (Verdict.PASSED, assurance, Verdict.PASSED)
    assert without.verdict is Verdict.ERROR
    assert "six" in (without.error.message if without.error else "")


async def test_what_cannot_be_installed_says_so_in_pips_words(index: None, sandbox: Sandbox) -> None:
    with pytest.raises(RequirementsFailed, match=r"could not be installed: .*six==0\.0\.0\.1"):
        await sandbox.execute(job(("six==0.0.0.1",)), Assurance.SEALED)
    began = time.monotonic()
    with pytest.raises(RequirementsFailed):
        await sandbox.execute(job(("six==0.0.0.1",)), Assurance.SEALED)
    assert time.monotonic() - began < 0.5, "what failed a moment ago was tried again"


@pytest.mark.gvisor
async def test_an_image_is_built_once_and_cleared(index: None, docker_host: str, no_layers: None) -> None:
    layers = docker_layers.ImageLayers(docker_host, DockerSandbox(Isolation.GVISOR, docker_host)._plan.image)
    name = await layers.ensure(SIX, "3.11.2")
    began = time.monotonic()
    assert await layers.ensure(SIX, "3.11.2") == name
    assert time.monotonic() - began < 1
    client = connect(docker_host)
    try:
        (kept,) = docker_layers.layers(client)
        assert kept.name == name
        assert 10_000 < kept.size < 1_000_000
        docker_layers.evict(client)
        assert len(docker_layers.layers(client)) == 1, "one that was just used is kept"
        assert docker_layers.clear(client) == 1
        assert docker_layers.layers(client) == []
    finally:
        client.close()


async def test_a_folder_is_built_once_shared_and_evicted_when_old(index: None, tmp_path: Path) -> None:
    one, other = FolderLayers(tmp_path), FolderLayers(tmp_path)
    folder, same = await asyncio.gather(one.ensure(SIX), other.ensure(SIX))
    assert folder == same
    assert (folder / "six.py").is_file()
    assert [layer.name for layer in one.layers()] == [folder.name]
    long_ago = time.time() - 31 * DAY
    os.utime(folder, (long_ago, long_ago))
    assert await one.ensure(SIX) == folder  # being used, it is young again
    one.evict()
    assert folder.is_dir()
    os.utime(folder, (long_ago, long_ago))
    one.evict()
    assert not folder.exists()
    assert list(tmp_path.iterdir()) == []


def test_the_order_of_lines_makes_no_other_layer() -> None:
    assert normalised(["b>=1 ", "a==2"]) == normalised(["a==2", "b>=1", "b >= 1"])


@pytest.mark.parametrize(
    "line",
    ["-e .", "--index-url=http://x", "git+https://x/y", "./here", "a @ file:///etc", "a; rm -rf /", ""],
)
def test_only_names_and_versions_are_taken(line: str) -> None:
    with pytest.raises(RequirementsFailed):
        normalised([line])
