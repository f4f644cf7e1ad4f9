"""The whole story in a real terminal: tmux, the installed command, a real sandbox."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.tmux,
    pytest.mark.bubblewrap,
    pytest.mark.skipif(not shutil.which("tmux"), reason="tmux is missing: apt-get install tmux"),
    pytest.mark.skipif(not shutil.which("bwrap"), reason="bwrap is missing: apt-get install bubblewrap"),
]
COMMAND = Path(sys.executable).with_name("coder-tui")


@dataclass
class Terminal:
    """A tmux server of its own, with one window."""

    home: Path
    width: int
    height: int
    socket: Path = field(init=False)

    def __post_init__(self) -> None:
        self.socket = self.home / "tmux"

    def tmux(self, *arguments: str) -> str:
        command = ["tmux", "-S", str(self.socket), "-f", "/dev/null", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout

    def start(self) -> None:
        settings = f"HOME={self.home} XDG_STATE_HOME={self.home}/state XDG_CACHE_HOME={self.home}/cache"
        size = ("-x", str(self.width), "-y", str(self.height))
        program = f"env -u COLUMNS -u LINES {settings} {COMMAND} tui --isolation namespace"
        command = f"{program}; echo ended with $?; exec sleep 600"
        self.tmux("new-session", "-d", "-s", "t", *size, command)

    @property
    def screen(self) -> str:
        return self.tmux("capture-pane", "-p", "-t", "t")

    def press(self, *keys: str) -> None:
        self.tmux("send-keys", "-t", "t", *keys)

    def type(self, text: str) -> None:
        self.tmux("send-keys", "-t", "t", "-l", text)

    def wait(self, *texts: str, seconds: float = 60) -> str:
        """Wait until all of these are on the screen, and give the screen."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            screen = self.screen
            if all(text in screen for text in texts):
                return screen
            time.sleep(0.1)
        pytest.fail(f"{texts} did not appear on:\n{self.screen}")


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
