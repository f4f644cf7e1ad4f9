"""No cheat of ours is reported as passed when sealed, or not without a warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.sealed_run import passed, sealed, split, warnings

CHEATS = sorted((Path(__file__).parent / "cheats").glob("*.txt"))


@pytest.mark.parametrize("cheat", CHEATS, ids=lambda path: path.stem)
def test_cheat_passes_sealed(cheat: Path) -> None:
    files, tests = split(cheat.read_text())
    expect = files.pop("expect").decode().strip()
    reports = sealed(files, tests, seconds=3)
    assert not any(report["kind"] == "unsealable" for report in reports), "a candidate chose to be unsealed"
    if expect == "must-fail":
        assert not passed(reports), reports
    else:
        assert not passed(reports) or warnings(reports), reports
    assert reports and reports[-1]["kind"] == "done", reports
