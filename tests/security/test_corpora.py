"""The corpora of honest and cheating solutions, sealed: alone, and in each real sandbox."""

from __future__ import annotations

import pytest

from sandbox.contract import Assurance, Sandbox, Verdict
from tests.sandbox.sealed_run import passed, sealed, warnings
from tests.security.corpora import shared_case, shared_names

pytestmark = [pytest.mark.shared]
CASES = shared_names()


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_judged_wrongly_by_tester_and_worker(name: str) -> None:
    case = shared_case(name)
    reports = sealed(case.files, case.tests, seconds=3)
    assert case.judged_rightly(passed(reports), bool(warnings(reports))), reports
    assert not any(report["kind"] == "unsealable" for report in reports)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", CASES)
async def test_a_case_is_judged_wrongly_in_a_sandbox(sandbox: Sandbox, name: str) -> None:
    case = shared_case(name)
    execution = await sandbox.execute(case.job(name), Assurance.SEALED)
    has_passed = execution.verdict is Verdict.PASSED
    assert case.judged_rightly(has_passed, bool(execution.warnings)), execution
    assert execution.assurance is Assurance.SEALED
