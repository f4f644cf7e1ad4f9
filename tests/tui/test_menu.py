"""`--plain` on a terminal: everything that the screen can do with a run, by number."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from tests.tui.journalled import COMMAND, home
from tests.tui.pty_screen import PtyScreen, on_pty

pytestmark = pytest.mark.bubblewrap
GIVEN = "def add(a, b):\n    return a - b\n" + "\n" * 8 + "\ndef double(a):\n    return a\n"
RIGHT = GIVEN.replace("a - b", "a + b").replace("return a\n", "return 2 * a\n")
TESTS = """from broken import add, double


def test_both():
    assert (add(2, 3), double(4)) == (5, 8)
"""


def answer(screen: PtyScreen, *lines: str) -> str:
    """Give lines, all at once, and read to the menu's next question."""
    screen.press("".join(f"{line}\r" for line in lines))
    return screen.until("(? lists them): ").decode()


def test_a_run_is_steered_by_numbers_alone(tmp_path: Path) -> None:
    broken, editor = tmp_path / "broken.py", tmp_path / "editor"
    broken.write_text(GIVEN)
    (tmp_path / "test_broken.py").write_text(TESTS)
    (tmp_path / "answers.jsonl").write_text(
        json.dumps({"task_id": "broken", "completions": [f"```python\n{RIGHT}```"] * 2}) + "\n"
    )
    editor.write_text('#!/bin/sh\nprintf "Mind the sign. " | cat - "$1" > "$1.new"; mv "$1.new" "$1"\n')
    editor.chmod(0o755)
    command = [COMMAND, "fix", str(broken), "--tests", str(tmp_path / "test_broken.py"), "--plain"]
    command += ["--provider", "replay", "--recording", str(tmp_path / "answers.jsonl")]
    command += ["--isolation", "namespace"]
    with on_pty(command, home(tmp_path) | {"EDITOR": str(editor), "TERM": "dumb"}) as screen:
        first = screen.until("(? lists them): ").decode()
        assert "PASSED after 1 attempt" in first
        assert "\x1b" not in first
        assert f"wrote {broken}" in answer(screen, "2", "1", "2", "y")  # the second hunk alone
        assert broken.read_text() == GIVEN.replace("return a\n", "return 2 * a\n")
        assert "as before" in answer(screen, "7")
        assert broken.read_text() == GIVEN
        assert f"accepted 1: wrote {broken}" in answer(screen, "1", "")
        assert broken.read_text() == RIGHT
        assert "is no pass (FAIL 0/1): accept it?" in answer(screen, "1", "0", "n")
        assert "replay reads no prompt" in (edited := answer(screen, "4", "1"))
        assert "attempt 1.1: " in edited
        assert "rejected 1.1" in answer(screen, "5", "1.1", "too clever")
        assert "none of them" in answer(screen, "99")
        assert "+    return 2 * a" in answer(screen, "6", "1")
        assert "exported to" in answer(screen, "8", str(tmp_path / "run.md"))
        assert "1.1" in (tmp_path / "run.md").read_text()
        screen.press("0\r")
        end = time.monotonic() + 10
        while os.waitid(os.P_PID, screen.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            assert time.monotonic() < end
            time.sleep(0.05)
