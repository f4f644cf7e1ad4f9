"""Evaluations on the screen: the list, one of them, and what comes from files made harmless."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.evaluation.evaluate import Evaluation
from engine.evaluation.metrics import measure
from engine.evaluation.plan import Plan
from engine.evaluation.store import Store
from engine.evaluation.trends import remember, trend_of
from engine.evaluation.unit import Brief, Shot, UnitResult
from tests.tui import recording as rec
from tests.tui.conftest import Open
from tui.screens.evaluations import Evaluations


def result(task: str, right: bool) -> UnitResult:
    judged = "passed" if right else "failed"
    shot = Shot("1", "loop", "ollama", "seed", judged, judged, "1", judged_error="" if right else "TypeError")
    return UnitResult(task, 0, right, judged, right, right, "docstring", "1", "gvisor", shots=(shot,))


def evaluated(folder: Path, made: str, right: int) -> Evaluation:
    """Four problems, the first `right` of them solved; a name that would clear the terminal."""
    tasks = ("a\x1b[2Jb", "c", "d", "e")
    plan = replace(Plan("doubles", "digest", tasks, Brief("ollama", "tiny")), made=made)
    with Store(folder) as store:
        store.begin(plan, resume=False)
        for number, task in enumerate(tasks):
            store.add(result(task, number < right))
        return Evaluation(plan, measure(plan, store.results()), folder)


async def test_an_evaluation_cannot_be_found_or_read(
    open_screen: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    state = tmp_path / "coder-tui"
    state.mkdir(mode=0o700)
    for name, made, right in (
        ("one", "2026-11-25T10:00:00+00:00", 1),
        ("two", "2026-11-26T10:00:00+00:00", 3),
    ):
        done = evaluated(tmp_path / name, made, right)
        remember(state, trend_of(done.plan, done.metrics, done.folder))
    async with open_screen(rec.passed()) as stage:
        await stage.press("V")
        await stage.until(lambda: isinstance(stage.app.screen, Evaluations))
        screen = stage.app.screen
        assert isinstance(screen, Evaluations)
        await stage.until(lambda: len(screen.list.rows) == 2)
        newest, older = screen.list.text().splitlines()
        assert "3/4" in newest and "▃▇" in newest and "1/4" in older
        await stage.press("enter")
        await stage.until(
            lambda: "within" in screen.list.text() or "Problem by problem" in screen.list.text()
        )
        text = screen.list.text()
        assert "3 of 4 (95 % interval" in text and "TypeError" in text and "pass@1" in text
        assert "\x1b" not in text and "a␛[2Jb" in text
        await stage.press("escape")
        assert len(screen.list.rows) == 2
        (tmp_path / "one" / "evaluation.json").unlink()
        await stage.press("j", "enter")
        await stage.until(lambda: "holds no evaluation" in screen.list.text())
        await stage.press("escape", "escape")
        assert stage.app.screen is stage.app.main
