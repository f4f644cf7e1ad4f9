"""A defect of the program is told by its place; a key that is at hand there is not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.providers.scrub import _hidden, hide
from tests.tui import recording as rec
from tests.tui.conftest import make_app
from tui import cli
from tui.commands import runs

KEY = "Correct-Horse-Battery"


@pytest.fixture(autouse=True)
def _known() -> Iterator[None]:
    hide(KEY)
    yield
    _hidden.clear()


def broken() -> None:
    key = f"Bearer {KEY}"
    raise ZeroDivisionError(f"nobody expected {key}")


async def test_the_screens_report_has_no_key_and_no_values(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    feed, app = make_app([rec.started()], tmp_path)
    feed.begin = lambda run: broken()  # type: ignore[assignment, method-assign, return-value]
    with pytest.raises(ZeroDivisionError):
        async with app.run_test() as pilot:
            await pilot.pause(0.3)
            await pilot.press("f5")
            await pilot.pause(0.3)
    report = " ".join(capsys.readouterr().err.split())
    assert KEY not in report and "nobody expected [key]" in report and "defect" in report
    assert "in broken" in report and "╭" not in report  # a box is how local variables would come


def test_a_commands_report_has_no_key(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    monkeypatch.setattr(runs, "run", lambda options: broken())
    assert cli.main(["runs"]) == 3
    said = capsys.readouterr().err
    assert KEY not in said and "[key]" in said and "defect" in said
