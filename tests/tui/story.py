"""The whole story of the shipped example, as keys and what they bring onto the screen."""

from __future__ import annotations

from pathlib import Path

from tests.tui.tmux_terminal import Terminal


def example_file(home: Path) -> Path:
    """The example as it was laid out for this home."""
    (found,) = (home / "state").rglob("merge_intervals.py")
    return found


def _take_back(terminal: Terminal, broken: str) -> None:
    """Something was written to the file, and is undone."""
    assert example_file(terminal.home).read_text() != broken
    terminal.press("u")
    terminal.wait("took back 1")
    assert example_file(terminal.home).read_text() == broken


def play(terminal: Terminal, isolation: str = "namespace") -> None:
    """Run, walk, edit and re-run, accept, undo, the same for one hunk; then quit, reading the log of 0."""
    terminal.wait("merge_intervals", "(local)", "Press Enter")
    broken = example_file(terminal.home).read_text()

    terminal.press("Enter")
    terminal.wait(" PASS ", isolation, "best")

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
    terminal.wait_without("Edit prompt of 1")
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

    terminal.press("3", "A")
    terminal.wait("accept only hunk 1 of", "it was not tested alone")
    terminal.press("y")
    terminal.wait("accepted hunk 1 of")
    _take_back(terminal, broken)

    terminal.press("4", "K")
    terminal.wait("4 Test log of 0")
    terminal.press("q")
