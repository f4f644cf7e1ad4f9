"""The same verdicts through the command: every case as a line of a batch, with guardrails off."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.security.conftest import EACH_ISOLATION
from tests.security.corpora import Case, own_case, own_cheats, own_styles, shared_case, shared_names

pytestmark = [pytest.mark.shared]


def cases() -> dict[str, Case]:
    """Every case by a name of its own."""
    own = {f"own/{path.stem}": own_case(path) for path in (*own_cheats(), *own_styles())}
    return own | {name: shared_case(name) for name in shared_names()}


def line(name: str, case: Case) -> str:
    """One case as a batch job."""
    files = {path: data.decode() for path, data in case.files.items()}
    tests = {path: data.decode() for path, data in case.tests.items()}
    return json.dumps({"id": name, "files": files, "tests": tests, "limits": {"seconds": 4}})


@pytest.mark.parametrize("isolation", EACH_ISOLATION, ids=str)
def test_the_command_judges_a_case_wrongly(isolation: str, tmp_path: Path) -> None:
    every = cases()
    places = {f"CODER_TUI_PATHS__{name}": str(tmp_path / name.lower()) for name in ("STATE", "CACHE")}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tui.cli", "check", "--batch", "-", "--no-guardrails", "--json"),
            *("--isolation", str(isolation), "--no-cache"),
        ],
        input="\n".join(line(name, case) for name, case in every.items()),
        env={**os.environ, **places, "CODER_TUI_SANDBOX__WARM": "2"},
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr[-2000:]
    checked = {found["id"]: found for found in map(json.loads, done.stdout.splitlines())}
    assert checked.keys() == every.keys()
    wrong = [
        found
        for name, found in checked.items()
        if not every[name].judged_rightly(found["verdict"] == "passed", bool(found["warnings"]))
    ]
    assert wrong == []
    assert {found["isolation"] for found in checked.values()} == {str(isolation)}
    assert "infrastructure" not in {found["verdict"] for found in checked.values()}
