"""A run whose screen was cut off is found again; one that was left, or is still open, is not."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tui.open_screens import cut_off, note_left, note_open


def cut(folder: Path) -> None:
    """A process that shows a run and dies."""
    code = (
        f"from pathlib import Path; from tui.open_screens import note_open; note_open(Path({str(folder)!r}))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_one_that_was_cut_off_last_is_found_until_it_is_left(tmp_path: Path) -> None:
    assert cut_off(tmp_path) == ""
    for name in ("b", "a"):
        cut(tmp_path / name)
    (older,) = (tmp_path / "b").iterdir()
    os.utime(older, (time.time() - 60,) * 2)
    assert cut_off(tmp_path) == "a"
    note_open(tmp_path / "a")
    note_left(tmp_path / "a")
    assert cut_off(tmp_path) == "b"


def test_a_screen_that_is_open_is_not_cut_off(tmp_path: Path) -> None:
    note_open(tmp_path / "a")
    assert cut_off(tmp_path) == ""
    note_left(tmp_path / "a")
    assert list((tmp_path / "a").iterdir()) == []


def test_what_cannot_be_read_or_written_is_no_trouble(tmp_path: Path) -> None:
    note_open(tmp_path / "file" / "a")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "screen-open.1").write_bytes(b"\xff")
    (tmp_path / "blocked").write_text("")
    note_open(tmp_path / "blocked")
    assert cut_off(tmp_path) == ""
