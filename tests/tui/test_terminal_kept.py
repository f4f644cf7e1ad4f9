"""What the terminal was, it is again; what the reader had, they have: hostile logs, ctrl+z, lost lines."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine import events as ev
from engine.journal import Journal
from sandbox.contract import Verdict
from tests.tui import recording as rec
from tests.tui.feed import RUN
from tests.tui.journalled import COMMAND, home, record
from tests.tui.pty_screen import on_pty
from tests.tui.tmux_terminal import Terminal

pytestmark = pytest.mark.tmux

CONTROLS = [chr(code) for code in (*range(0x20), 0x7F, *range(0x80, 0xA0))]
STEERING = (
    "\x1b]0;owned\x07", "\x1b]2;owned\x1b\\", "\x9d2;owned\x9c", "\x1bkowned\x1b\\",
    "\x1b]52;c;b3duZWQ=\x07", "\x1b]52;p;b3duZWQ=\x1b\\", "\x9d52;c;b3duZWQ=\x9c", "\x1b]4;1;#ff0000\x07",
    "\x1bPtmux;\x1b\x1b]52;c;b3duZWQ=\x07\x1b\\", "\x1bP$q\"p\x1b\\", "\x1b_owned\x1b\\", "\x1b^owned\x1b\\",
    "\x1bc", "\x1b[!p", "\x1b[?1049l", "\x1b[?25h", "\x1b[4h", "\x1b[?6h", "\x1b[?7l", "\x1b[5;10r",
    "\x1b[2J", "\x1b[6n", "\x1b[c", "\x1b[21t", "\x1b[8;10;20t", "\x1b(0", "\x0e", "\x1b[?1000l",
    "\x1b[?2004l", "\x1b[5 q", "\x1b#8", "\x1b[1;1Howned", "\x1b]1337;SetMark\x07", "\x1b]8;;http://owned\x07x\x1b]8;;\x07",
)  # fmt: skip
PROJECT_TESTS = """import time
from broken import add


def test_add():
    time.sleep(3)
    assert add(2, 3) == 5
"""


def hostile_run() -> list[ev.Event]:
    lines = [f"{n:02x} {c}]0;owned\x07 {c}" for n, c in enumerate(CONTROLS)] + list(STEERING)
    long_line = "\x1b]0;owned\x07" + "x" * 5_000_000 + "\x1b[2J" + "漢" * 3_000_000 + "\x1bc"
    done = replace(rec.execution(7), output="\n".join([*lines, long_line, *lines, ""]))
    return [rec.started(), rec.READY, *rec.given()[:2], *rec.judged("0", 100.0, done, "0")]


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    opened = Terminal(tmp_path, 80, 24)
    yield opened
    opened.tmux("kill-server")


def test_a_hostile_log_leaves_the_terminal_as_it_was(terminal: Terminal) -> None:
    record(terminal.home, hostile_run())
    terminal.shell()
    terminal.tmux("set-option", "-g", "set-clipboard", "on")
    terminal.tmux("set-option", "-g", "allow-rename", "on")
    terminal.tmux("set-option", "-g", "automatic-rename", "off")  # tmux's own, after the program's name
    before = terminal.settings
    terminal.run(f"ct tui {RUN}")
    terminal.wait("1 Attempts")
    terminal.press("4", "]")
    for keys in (["Space"] * 8, ["G"], ["k"] * 5, ["l"] * 5, ["h"] * 5):
        terminal.press(*keys)
        terminal.wait("[4 Log]")
    terminal.press("/")
    terminal.wait("find:")
    terminal.type("owned")
    terminal.wait("find: owned")
    terminal.press("Enter")
    terminal.wait("owned")
    assert "pane_title=owned" not in terminal.settings
    terminal.press("q")
    terminal.wait("ready$")
    assert terminal.settings == before
    terminal.run("echo abcdefghijklmnopqrstuvwxyz")
    terminal.wait("\nabcdefghijklmnopqrstuvwxyz")


def test_nothing_of_a_hostile_log_reaches_the_wire(tmp_path: Path) -> None:
    record(tmp_path, hostile_run())
    with on_pty([COMMAND, "tui", RUN], home(tmp_path)) as screen:
        sent = screen.until("Guardrails") + screen.quiet(1.0)
        for keys in ("4z", *"          ", "G", "kkkkkk", "llll", "g", "]]]"):
            screen.press(keys)
            sent += screen.quiet(0.15)
    assert len(sent) > 10_000
    sent = sent.replace(b"\x1b]22;default\x07", b"")  # Textual's own: the shape of the pointer
    for bad in (
        b"\x1b]",
        b"\x1bP",
        b"\x1b_",
        b"\x1b^",
        b"\x1bc",
        b"\x1bk",
        b"\x1b(",
        b"\x07",
        b"\x0e",
        b"\x08",
    ):
        assert bad not in sent
    text = sent.decode()
    assert not [c for c in text if ord(c) < 0x20 and c not in "\r\n\x1b"]
    assert not [c for c in text if 0x7F <= ord(c) < 0xA0]
    assert "\x1b[2J" not in text[1000:]


def test_ctrl_z_gives_the_shell_and_fg_the_screen_as_it_was(terminal: Terminal) -> None:
    record(terminal.home, rec.passed())
    terminal.shell()
    terminal.run(f"ct tui {RUN}")
    terminal.wait("1 Attempts")
    terminal.press("4")
    terminal.wait("[4 Log]")
    terminal.press("C-z")
    terminal.wait("Stopped", "ready$")
    assert "[4 Log]" not in terminal.screen
    terminal.run("fg")
    terminal.wait("[4 Log]")
    terminal.press("q")
    terminal.wait("ready$")
    terminal.run("echo back with $?")
    terminal.wait("\nback with 0")


def test_ctrl_z_without_a_shell_is_refused_and_the_screen_goes_on(terminal: Terminal) -> None:
    record(terminal.home, rec.passed())
    terminal.start(f"tui {RUN}")
    terminal.wait("1 Attempts")
    terminal.press("C-z")
    terminal.wait("no shell to go back to")
    terminal.press("4")
    terminal.wait("[4 Log]")


def test_a_program_that_was_not_stopped_takes_the_terminal_again(tmp_path: Path) -> None:
    """A terminal that hangs up tells its programs to go on; a second reader of keys would never end."""
    record(tmp_path, rec.passed())
    with on_pty([COMMAND, "tui", RUN], home(tmp_path)) as screen:
        screen.until("Guardrails")
        screen.quiet()
        threads = screen.threads()
        os.kill(screen.pid, signal.SIGCONT)
        screen.quiet()
        assert screen.threads() == threads
        screen.press("q")
        end = time.monotonic() + 20
        while not screen.ended() and time.monotonic() < end:
            os.kill(screen.pid, signal.SIGCONT)
            screen.during(0.01)
        assert screen.ended()


@pytest.mark.bubblewrap
@pytest.mark.parametrize("how", ["hang-up", "kill"])
def test_a_run_whose_terminal_is_lost_is_whole_reopened_where_it_stood_and_goes_on_with_one_key(
    terminal: Terminal, how: str
) -> None:
    folder = terminal.home
    (folder / "broken.py").write_text("def add(a, b):\n    return a - b\n")
    (folder / "test_broken.py").write_text(PROJECT_TESTS)
    answers = {"task_id": "broken", "completions": ["```python\ndef add(a, b):\n    return a + b\n```"]}
    (folder / "answers.jsonl").write_text(json.dumps(answers) + "\n")
    names = f"{folder}/broken.py --tests {folder}/test_broken.py --recording {folder}/answers.jsonl"
    terminal.start(f"fix {names} --provider replay --isolation namespace")
    terminal.wait("RUN pytest")
    terminal.press("4")
    terminal.wait("[4 Log]")
    time.sleep(1.2)  # the place is kept within a second
    if how == "kill":
        for pid in terminal.processes():
            with contextlib.suppress(OSError):  # gone by itself meanwhile
                if Path(f"/proc/{pid}/comm").read_text().startswith("coder-tui"):
                    os.kill(pid, signal.SIGKILL)
    terminal.tmux("kill-server")

    end = time.monotonic() + 20
    while terminal.processes() and time.monotonic() < end:
        time.sleep(0.1)
    assert terminal.processes() == []
    journal = Journal(folder / "state" / "coder-tui" / "journal.db")
    (run,) = journal.runs()
    kinds = [event.event for _, event in journal.read(run.id)]
    journal.close()
    assert kinds[0] == "run_started"
    assert "notice" not in kinds
    assert run.verdict is None

    terminal.start("")
    terminal.wait("[4 Log]", "F5")
    terminal.press("F5")
    terminal.wait("PASS", "\n a accept")
    terminal.press("q")
    terminal.wait("ended with 0")
    journal = Journal(folder / "state" / "coder-tui" / "journal.db")
    assert journal.runs()[0].verdict == Verdict.PASSED
    journal.close()
