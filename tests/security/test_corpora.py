"""The corpora of honest and cheating solutions, sealed: alone, and in a real sandbox."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Job, Limits, Verdict
from tests.conftest import shared_folder
from tests.sandbox.sealed_run import passed, sealed, warnings

pytestmark = [pytest.mark.shared]

CASES = sorted(
    f"{kind}/{path.parent.name}"
    for kind in ("honest", "cheats", "cheats_adaptive")
    for path in (shared_folder() / "corpora" / kind).glob("*/meta.json")
)


def read(case: str) -> tuple[dict[str, bytes], dict[str, bytes], str]:
    """Files, tests and what is expected of one case."""
    folder: Path = shared_folder() / "corpora" / case
    expect = json.loads((folder / "meta.json").read_text())["expect"]
    solution, tests = (folder / "solution.py").read_bytes(), (folder / "test_solution.py").read_bytes()
    return {"solution.py": solution}, {"test_solution.py": tests}, expect


def as_expected(expect: str, has_passed: bool, warned: bool) -> bool:
    """Whether an outcome is what the corpus wants."""
    if expect == "must-pass":
        return has_passed
    if expect == "must-fail-or-warn":
        return not has_passed or warned
    return expect == "pass-allowed" or not has_passed


@pytest.mark.parametrize("case", CASES)
def test_a_case_is_judged_wrongly_by_tester_and_worker(case: str) -> None:
    files, tests, expect = read(case)
    reports = sealed(files, tests, seconds=3)
    assert as_expected(expect, passed(reports), bool(warnings(reports))), reports
    assert not any(report["kind"] == "unsealable" for report in reports)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def bubblewrap() -> AsyncIterator[BubblewrapSandbox]:
    sandbox = BubblewrapSandbox()
    await sandbox.start()
    yield sandbox
    await sandbox.close()


@pytest.mark.bubblewrap
@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("case", CASES)
async def test_a_case_is_judged_wrongly_in_bubblewrap(bubblewrap: BubblewrapSandbox, case: str) -> None:
    files, tests, expect = read(case)
    execution = await bubblewrap.execute(Job(case, files, tests, Limits(seconds=4)), Assurance.SEALED)
    has_passed = execution.verdict is Verdict.PASSED
    assert as_expected(expect, has_passed, bool(execution.warnings)), execution
    assert execution.assurance is Assurance.SEALED
