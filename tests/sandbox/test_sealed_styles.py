"""Honest code in every style of test we could think of passes sealed as it does in plain pytest."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.sandbox.sealed_run import in_process, passed, sealed, split

STYLES = sorted((Path(__file__).parent / "styles").glob("*.txt"))


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.stem)
def test_honest_style_breaks_when_sealed(style: Path) -> None:
    files, tests = split(style.read_text())
    reports = sealed(files, tests)
    assert passed(reports), [r for r in reports if r.get("outcome") != "passed" and r["kind"] != "warning"]


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.stem)
def test_honest_style_breaks_in_process(style: Path) -> None:
    files, tests = split(style.read_text())
    reports = in_process(files, tests)
    assert passed(reports), [r for r in reports if r.get("outcome") != "passed" and r["kind"] != "warning"]
