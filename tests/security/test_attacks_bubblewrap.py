"""The attack corpus as candidates in bubblewrap: none gets out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Job, Limits, Verdict
from tests.conftest import shared_folder

pytestmark = [pytest.mark.bubblewrap, pytest.mark.shared, pytest.mark.asyncio(loop_scope="module")]

ATTACKS = sorted(path.stem for path in (shared_folder() / "corpora" / "attacks").glob("*.py"))
IMPORTS_IT = "def test_it():\n    import solution\n\n    assert solution is not None\n"
# What bubblewrap honestly does not promise, with the reason.
KERNEL = "namespaces share the machine's kernel, so uname shows its version"
DIFFERS = {
    ("host_kernel_visible", Assurance.SEALED): KERNEL,
    ("host_kernel_visible", Assurance.IN_PROCESS): KERNEL,
}


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def bubblewrap() -> AsyncIterator[BubblewrapSandbox]:
    sandbox = BubblewrapSandbox()
    await sandbox.start()
    yield sandbox
    await sandbox.close()


@pytest.mark.parametrize("assurance", list(Assurance), ids=str)
@pytest.mark.parametrize("name", ATTACKS)
async def test_an_attack_is_contained(
    bubblewrap: BubblewrapSandbox, shared: Path, name: str, assurance: Assurance
) -> None:
    source = (shared / "corpora" / "attacks" / f"{name}.py").read_text()
    # Output is captured and dies with a process that leaves at once: an exception carries the word out.
    spoken = source.replace("_o._exit(0)", "raise RuntimeError('ESCAPED' if escaped else 'CONTAINED')")
    assert spoken != source
    seconds = 15.0 if name in ("long_sleep", "ignore_sigterm") else 8.0
    files, tests = {"solution.py": spoken.encode()}, {"test_it.py": IMPORTS_IT.encode()}
    execution = await bubblewrap.execute(Job(name, files, tests, Limits(seconds=seconds)), assurance)
    assert execution.verdict is not Verdict.PASSED
    words = f"{execution.error and execution.error.message} {[test.message for test in execution.tests]}"
    escaped = "RuntimeError: ESCAPED" in words or "\nESCAPED" in execution.output
    assert escaped == ((name, assurance) in DIFFERS), execution
