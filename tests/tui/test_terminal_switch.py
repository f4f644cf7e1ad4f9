"""A task made inside the screen, run in a real sandbox, and left for another run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.tmux_terminal import Terminal

pytestmark = [pytest.mark.tmux, pytest.mark.bubblewrap]


def test_a_task_is_typed_in_solved_and_left_for_another_run(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("def add(a, b):\n    return a - b\n")
    (tmp_path / "test_broken.py").write_text(
        "from broken import add\n\n\ndef test_add():\n    assert add(2, 3) == 5\n"
    )
    terminal = Terminal(tmp_path, 120, 40)
    try:
        terminal.start()
        terminal.wait("merge_intervals", "Press Enter")
        terminal.press("t")
        terminal.wait("New task")
        terminal.type(str(tmp_path / "broken.py"))
        terminal.wait("broken.py")
        terminal.press("Tab")
        terminal.type(str(tmp_path / "test_broken.py"))
        terminal.wait("test_broken.py")
        terminal.press("F5")
        terminal.wait("task broken", "Press Enter")
        terminal.press("Enter")
        terminal.wait("PASS", "\n a accept")
        terminal.press("R")
        terminal.wait("Enter opens", "not over", "merge_intervals")
        terminal.press("j", "Enter")
        terminal.wait("task merge_intervals", "Press Enter")
        terminal.press("q")
        terminal.wait("ended with 0")
    finally:
        terminal.tmux("kill-server")
