"""A run is exported from the screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui import recording as rec
from tests.tui.conftest import Open


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
