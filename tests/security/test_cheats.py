"""No cheat of ours is reported as passed when sealed, or not without a warning; nothing honest is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.contract import Assurance, Sandbox, Verdict
from tests.sandbox.sealed_run import passed, sealed, warnings
from tests.security.corpora import own_case, own_cheats, own_styles


@pytest.mark.parametrize("cheat", own_cheats(), ids=lambda path: path.stem)
def test_cheat_passes_sealed(cheat: Path) -> None:
    case = own_case(cheat)
    reports = sealed(case.files, case.tests, seconds=3)
    assert not any(report["kind"] == "unsealable" for report in reports), "a candidate chose to be unsealed"
    assert case.judged_rightly(passed(reports), bool(warnings(reports))), reports
    assert reports and reports[-1]["kind"] == "done", reports


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("cheat", own_cheats(), ids=lambda path: path.stem)
async def test_cheat_passes_in_a_sandbox(sandbox: Sandbox, cheat: Path) -> None:
    case = own_case(cheat)
    execution = await sandbox.execute(case.job(cheat.stem), Assurance.SEALED)
    has_passed = execution.verdict is Verdict.PASSED
    assert case.judged_rightly(has_passed, bool(execution.warnings)), execution
    assert execution.assurance is Assurance.SEALED, "a candidate chose to be unsealed"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("style", own_styles(), ids=lambda path: path.stem)
async def test_an_honest_style_breaks_in_a_sandbox(sandbox: Sandbox, style: Path) -> None:
    case = own_case(style)
    execution = await sandbox.execute(case.job(style.stem, seconds=10), Assurance.SEALED)
    assert execution.verdict is Verdict.PASSED, execution
