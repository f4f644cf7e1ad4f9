"""A run is exported from the screen, and a model that is missing fetched for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine import events as ev
from sandbox.contract import Verdict
from tests.tui import recording as rec
from tests.tui.conftest import Open
from tests.tui.feed import RUN


async def test_the_run_is_written_once_and_never_over_another_file(
    open_screen: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with open_screen(rec.passed()) as stage:
        await stage.press("X", "enter")
        await stage.until(lambda: "exported to" in stage.bottom)
        page = (tmp_path / "primes-run.html").read_text()
        assert page.startswith("<!doctype html>")
        await stage.press("X", "enter")
        await stage.until(lambda: "is there already" in stage.bottom)
        await stage.press("X", *".txt", "enter")
        await stage.until(lambda: "neither .html nor .md" in stage.bottom)


async def test_a_missing_model_is_pulled_on_a_key_and_the_run_goes_on(open_screen: Open) -> None:
    asked = ev.AttemptStarted(RUN, 104.0, "1", "0", "loop", "ollama", "tiny:1b")
    fault = ev.RunEnded(RUN, 105.0, Verdict.INFRASTRUCTURE, 0, "", "solution.py")
    async with open_screen([rec.started(), asked, fault]) as stage:
        await stage.press("P")
        await stage.until(lambda: "pulling tiny:1b: ab12 40 %; P stops it" in stage.bottom)
        await stage.press("P")
        assert "the pull is stopped" in stage.bottom
        stage.feed.pulled.set()
        await stage.press("P")
        await stage.until(lambda: ("begin",) in stage.feed.calls)
        assert stage.feed.calls[:2] == [("pull", "ollama", "tiny:1b")] * 2
