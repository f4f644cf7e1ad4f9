"""One warm sandbox a module, and jobs written in a line."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable

import pytest
import pytest_asyncio

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Job, Limits

INCREMENT = """
from solution import f


def test_one():
    assert f(1) == 2


def test_two():
    assert f(2) == 3
"""


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def bubblewrap() -> AsyncIterator[BubblewrapSandbox]:
    """A started bubblewrap sandbox; only for tests marked `bubblewrap`."""
    sandbox = BubblewrapSandbox()
    await sandbox.start()
    yield sandbox
    await sandbox.close()


@pytest.fixture(scope="session")
def job() -> Callable[..., Job]:
    """Makes a job of a candidate's source; the tests expect `f` to add one unless others are given."""

    def make(source: str, tests: str = INCREMENT, selection: tuple[str, ...] = (), **limits: float) -> Job:
        return Job(
            "job",
            {"solution.py": source.encode()},
            {"test_solution.py": tests.encode()},
            Limits(**({"seconds": 5.0} | limits)),  # type: ignore[arg-type]
            selection,
        )

    return make
