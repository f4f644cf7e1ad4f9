"""A real terminal: a tmux server of its own, with one window."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

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

    @property
    def environment(self) -> str:
        """How a shell sets the variables that keep everything under `home`."""
        folders = " ".join(f"XDG_{n.upper()}_HOME={self.home}/{n}" for n in ("config", "state", "cache"))
        isolation = "CODER_TUI_SANDBOX__ISOLATION=namespace"
        return f"env -u COLUMNS -u LINES HOME={self.home} {folders} {isolation}"

    def start(self, arguments: str = "tui --isolation namespace") -> None:
        """Open the window with coder-tui alone in it."""
        self.open(f"{self.environment} {COMMAND} {arguments}; echo ended with $?; exec sleep 600")

    def open(self, command: str) -> None:
        """Open the window with a shell's command line."""
        size = ("-x", str(self.width), "-y", str(self.height))
        self.tmux("new-session", "-d", "-s", "t", *size, command)

    def shell(self) -> None:
        """Open the window with a shell that controls jobs, and tell it where things are."""
        self.open("bash --norc --noprofile -i")
        self.type(f"PS1='ready$ '; alias ct='{self.environment} {COMMAND}'; clear")
        self.press("Enter")
        self.wait("ready$")

    def run(self, line: str) -> None:
        """Type a line into the shell."""
        self.type(line)
        self.press("Enter")

    @property
    def settings(self) -> str:
        """What a program could have left changed: title, cursor, modes, buffers."""
        names = (
            "pane_title",
            "cursor_flag",
            "cursor_shape",
            "alternate_on",
            "insert_flag",
            "keypad_cursor_flag",
            "keypad_flag",
            "mouse_any_flag",
            "origin_flag",
            "wrap_flag",
            "scroll_region_upper",
            "scroll_region_lower",
            "bracket_paste_flag",
            "pane_in_mode",
            "window_name",
            "window_bell_flag",
        )
        modes = self.tmux("display", "-p", "-t", "t", " ".join(f"{n}=#{{{n}}}" for n in names))
        return modes + self.tmux("list-buffers")

    def processes(self) -> list[int]:
        """Living processes that were started with `home` in their environment."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    if f"HOME={self.home}\0".encode() in (entry / "environ").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    continue
        return found

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

    def wait_without(self, text: str, seconds: float = 60) -> str:
        """Wait until this is on the screen no more, and give the screen."""
        end = time.monotonic() + seconds
        while text in (screen := self.screen):
            if time.monotonic() > end:
                pytest.fail(f"{text!r} stayed on:\n{screen}")
            time.sleep(0.1)
        return screen
