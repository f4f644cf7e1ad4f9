"""What can I do here: the tour of who is new, help for each pane, every command by name."""

from __future__ import annotations

from pathlib import Path

from textual.command import Command

from tests.tui import recording as rec
from tests.tui.conftest import Open
from tui.keys import TABLE
from tui.panes.lines import LinesPane
from tui.screens.help import HERE
from tui.screens.palette import Palette


async def test_the_tour_is_shown_until_something_was_run(open_screen: Open, tmp_path: Path) -> None:
    kept = tmp_path / "state" / "r1"
    kept.mkdir(parents=True)
    for toured in (False, True):
        async with open_screen([rec.started()], kept=kept, keys={"accept": "w"}) as stage:
            text = stage.shown(2)
            assert ("five lines to begin with" in text) is not toured
            assert toured or "\nw u " in text  # the keys that are in force
            await stage.press("enter")


async def test_every_pane_has_its_help_and_it_begins_with_that_pane(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        for pane, lines in HERE.items():
            await stage.press(str(pane), "?")
            shown = stage.app.screen.query_one("#help", LinesPane).text().splitlines()
            assert shown[0].startswith(f"{pane} ")
            assert shown[1].strip() == lines[0]
            await stage.press("escape")


async def test_the_palette_has_every_command_of_the_table(open_screen: Open) -> None:
    async with open_screen(rec.passed()) as stage:
        await stage.press(":")
        await stage.until(lambda: isinstance(stage.app.screen, Palette))
        listed = stage.app.screen.query_one("CommandList")
        wanted = [key for key in TABLE if key.id not in ("palette", "leave", "editor")]
        await stage.until(lambda: listed.option_count == len(wanted))  # type: ignore[attr-defined]
        titles = [option.prompt for option in listed.options if isinstance(option, Command)]  # type: ignore[attr-defined]
        for key in wanted:
            assert any(key.title in str(title) for title in titles), key.id
