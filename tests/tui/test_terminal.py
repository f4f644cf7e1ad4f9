"""The whole story in a real terminal: tmux, the installed command, a real sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.tmux_terminal import Terminal

pytestmark = [
    pytest.mark.tmux,
    pytest.mark.bubblewrap,
    pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is missing: apt-get install tmux"),
    pytest.mark.skipif(not shutil.which("bwrap"), reason="bwrap is missing: apt-get install bubblewrap"),
]


@pytest.fixture(params=[(120, 40), (80, 24)], ids=["wide", "narrow"])
def terminal(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path, *request.param)
    opened.start()
    yield opened
    opened.tmux("kill-server")


def example_file(home: Path) -> Path:
    (found,) = (home / "state").rglob("merge_intervals.py")
    return found


def test_the_example_is_run_walked_edited_accepted_undone_and_left(terminal: Terminal) -> None:
    terminal.wait("merge_intervals", "(local)", "Press Enter")
    broken = example_file(terminal.home).read_text()

    terminal.press("Enter")
    terminal.wait(" PASS ", "namespace", "best")

    terminal.press("4")
    terminal.wait("4 Test log of 1", "sealed", "PASSED")
    terminal.press("K")
    terminal.wait("4 Test log of 0", "FAILED")
    terminal.press("J", "3")
    terminal.wait("3 Diff 0 → 1", "|+", "|-")

    terminal.press("e")
    terminal.wait("Edit prompt of 1", "F5 run")
    terminal.type("Mind the ends that touch. ")
    terminal.wait("Mind the ends that touch.")
    terminal.press("F5")
    terminal.press("1")
    terminal.wait("1.1")

    terminal.press("g", "j")
    terminal.wait(">1 ")
    terminal.press("a")
    terminal.wait("accepted 1")
    assert example_file(terminal.home).read_text() != broken

    terminal.press("u")
    terminal.wait("took back 1")
    assert example_file(terminal.home).read_text() == broken

    terminal.press("q")
    terminal.wait("ended with 0")
    assert "merge_intervals" not in terminal.screen  # the terminal is as it was before
