"""Programs that try to get out of the sandbox, run as candidates where they belong: inside gVisor."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from sandbox.contract import Assurance, Execution, Isolation, Job, Limits, Verdict
from sandbox.docker import DockerSandbox

pytestmark = [pytest.mark.gvisor, pytest.mark.shared]
TESTS = b"import solution\n\ndef test_it():\n    solution\n"
FLOOD = "stdout_flood"  # leaves without a word of that kind: that it was cut is the point
AT_ONCE = 2
ENDED = {Verdict.TIMEOUT, Verdict.KILLED, Verdict.OUT_OF_MEMORY}
# An attack says what it achieved and leaves its process at once, and words may be lost with it. Told as
# an exception that nothing of it catches, they arrive.
SAYS = re.compile(r"^def done\(.*$", re.MULTILINE)
TELLS = """\
class Told(BaseException): pass
def done(escaped): raise Told("ESCAPED" if escaped else "CONTAINED")"""


@pytest.fixture
async def sandbox(docker_host: str) -> AsyncIterator[DockerSandbox]:
    """Real gVisor, two containers warm."""
    made = DockerSandbox(Isolation.GVISOR, docker_host, warm=AT_ONCE)
    await made.start()
    yield made
    await made.close()


def told(execution: Execution) -> str:
    """Everything that came back."""
    error = execution.error
    return execution.output + (f"{error.message}{error.traceback}" if error else "")


@pytest.mark.parametrize("assurance", list(Assurance), ids=str)
@pytest.mark.timeout(600)
async def test_no_attack_escapes(sandbox: DockerSandbox, shared: Path, assurance: Assurance) -> None:
    attacks = sorted((shared / "corpora" / "attacks").glob("*.py"))
    free = asyncio.Semaphore(AT_ONCE)
    silent: list[str] = []
    escaped: list[str] = []

    async def attack(script: Path) -> None:
        source = SAYS.sub(TELLS, script.read_text())
        job = Job(
            script.stem,
            {"solution.py": source.encode()},
            {"test_solution.py": TESTS},
            limits=Limits(seconds=5),
        )
        async with free:
            execution = await sandbox.execute(job, assurance)
        said = told(execution)
        assert len(said) < 1 << 20, f"{script.stem} was not cut"
        if "ESCAPED" in said:
            escaped.append(script.stem)
        elif "CONTAINED" not in said and execution.verdict not in ENDED and script.stem != FLOOD:
            silent.append(f"{script.stem}: {execution.verdict}, {execution.ended}")

    await asyncio.gather(*map(attack, attacks))
    assert len(attacks) > 30
    assert escaped == []
    assert silent == []
