"""One warm sandbox of each isolation a module, so that whole corpora stay quick."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Isolation, Sandbox
from sandbox.docker import DockerSandbox

EACH_ISOLATION = [
    pytest.param(Isolation.NAMESPACE, marks=pytest.mark.bubblewrap),
    pytest.param(Isolation.GVISOR, marks=pytest.mark.gvisor),
]


@pytest_asyncio.fixture(loop_scope="module", scope="module", params=EACH_ISOLATION, ids=str)
async def sandbox(request: pytest.FixtureRequest) -> AsyncIterator[Sandbox]:
    """A started sandbox; the test runs once in each isolation that is to be had."""
    made: Sandbox
    if request.param is Isolation.NAMESPACE:
        made = BubblewrapSandbox()
    else:
        made = DockerSandbox(request.param, request.getfixturevalue("docker_host"))
    try:
        await made.start()
        yield made
    finally:
        await made.close()
