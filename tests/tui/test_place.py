"""A run is opened again where its reader stood."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui import recording as rec
from tests.tui.conftest import Open
from tui.place import NAME, Place, load_place, save_place


async def test_pane_attempt_base_mark_and_scroll_are_restored(open_screen: Open, tmp_path: Path) -> None:
    kept = tmp_path / "run"
    async with open_screen(rec.passed(), size=(120, 24), kept=kept) as stage:
        await stage.press("g", "j", "m", "4", "]", "]", "]", "j")
        pane = stage.app.main.panes[3]
        stood = pane.spot
        assert stood[1] > 0
    async with open_screen(rec.passed(), size=(120, 24), kept=kept) as stage:
        state, pane = stage.app.main.state, stage.app.main.panes[3]
        assert (state.selected, state.marked, state.base, state.follow) == ("1", "1", "marked", False)
        assert stage.app.main.current == 4
        await stage.until(lambda: pane.spot == stood)


async def test_what_was_kept_of_an_attempt_that_is_gone_does_no_harm(
    open_screen: Open, tmp_path: Path
) -> None:
    save_place(tmp_path, Place(pane=3, attempt="99", marked="98", base="nonsense"))
    async with open_screen(rec.passed(), kept=tmp_path) as stage:
        assert stage.app.main.state.selected == "3"
        assert stage.app.main.current == 3


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"pane": "x"}', '{"spots": {"1": [1]}}', "\0"])
def test_a_torn_place_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / NAME).write_text(text)
    assert load_place(tmp_path) is None


def test_a_place_is_private_and_leaves_no_part_behind(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    save_place(folder, Place(spots={"1": (1, 2, 3)}))
    assert load_place(folder) == Place(spots={"1": (1, 2, 3)})
    assert [path.name for path in folder.iterdir()] == [NAME]
    assert folder.stat().st_mode & 0o777 == 0o700
