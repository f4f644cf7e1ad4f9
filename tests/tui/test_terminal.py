"""The whole story in a real terminal: tmux, the installed command, a real sandbox."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.journal import Journal
from tests.tui.story import play
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


def test_the_example_is_run_walked_edited_accepted_undone_left_and_reopened(terminal: Terminal) -> None:
    play(terminal)
    terminal.wait("ended with 0")
    assert "merge_intervals" not in terminal.screen  # the terminal is as it was before

    terminal.tmux("kill-server")
    journal = Journal(terminal.home / "state" / "coder-tui" / "journal.db")
    (run,) = journal.runs()
    journal.close()
    terminal.start(f"tui {run.id}")
    here = "[4 Log]" if terminal.width < 100 else "┏━ 4 Test log of 0"
    terminal.wait(here, "4 Test log of 0", "FAILED")
    terminal.press("q")
    terminal.wait("ended with 0")
