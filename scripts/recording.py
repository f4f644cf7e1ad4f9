"""Makes docs/recording.svg from a real run of the shipped example: `python -m scripts.recording`.

The installed command runs in a tmux of its own, is steered by real keys, and what the terminal shows
is taken down ten times a second. Needs tmux and bubblewrap; takes about 20 seconds.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from scripts.terminal_svg import Frame, animated
from tests.tui.tmux_terminal import COMMAND, Terminal

PICTURE = Path(__file__).parent.parent / "docs" / "recording.svg"
WIDTH, HEIGHT = 110, 32
PERIOD = 0.1
# Keys, what is said about them, what is then on the screen, seconds to look at it.
STORY = (
    ((), "coder-tui: broken code and its tests, ready to run", ("Press Enter",), 2.5),
    (
        ("Enter",),
        "Enter: run. The tests fail; a fix is searched for and tried in the sandbox",
        (" best",),
        3.0,
    ),
    (("4",), "4: the test log of the fix, passed and sealed", ("PASSED",), 2.0),
    (("K",), "K: the attempt before, the code as it was given", ("FAILED",), 2.5),
    (("J", "3"), "J, 3: back to the fix, and its diff", ("Diff 0 → 1",), 2.0),
    (("z",), "z: this pane alone", ("+1 -1",), 2.0),
    (("z",), "z: all of them again", ("1 Attempts",), 1.0),
    (("a",), "a: accept. The file is written; u would undo it", ("accepted 1",), 3.0),
)


def main() -> None:
    """Play the story, and write the picture."""
    with tempfile.TemporaryDirectory(prefix="demo-") as folder:
        terminal = Terminal(Path(folder), WIDTH, HEIGHT)
        frames: list[Frame] = []
        try:
            terminal.open(
                f"COLORTERM=truecolor {terminal.environment} {COMMAND} tui --example merge_intervals;"
                " echo ended with $?; exec sleep 60"
            )
            terminal.tmux("set-option", "-g", "status", "off")
            terminal.wait("Press Enter")
            began = time.monotonic()
            for keys, caption, texts, seconds in STORY:
                terminal.press(*keys) if keys else None
                _take_down(terminal, frames, began, caption, texts, seconds)
            ended = time.monotonic() - began
            terminal.press("q")
            terminal.wait("ended with 0")
        finally:
            terminal.tmux("kill-server")
        picture = animated(frames, ended, WIDTH, HEIGHT, "coder-tui repairs the shipped example")
        PICTURE.write_text(picture, encoding="utf-8")
    print(f"{PICTURE}: {ended:.1f} s, {len(frames)} frames, {PICTURE.stat().st_size / 1000:.0f} KB")


def _take_down(
    terminal: Terminal,
    frames: list[Frame],
    began: float,
    caption: str,
    texts: tuple[str, ...],
    seconds: float,
) -> None:
    """Every picture that is new, until the texts are there and were looked at long enough."""
    limit, there = time.monotonic() + 60, None
    while there is None or time.monotonic() < there + seconds:
        lines = terminal.tmux("capture-pane", "-e", "-p", "-t", "t").splitlines()
        lines = [*lines, *[""] * (HEIGHT - len(lines))][:HEIGHT]
        if not frames or (list(frames[-1].lines), frames[-1].caption) != (lines, caption):
            frames.append(Frame(time.monotonic() - began if frames else 0.0, lines, caption))
        if there is None and all(text in terminal.screen for text in texts):
            there = time.monotonic()
        assert time.monotonic() < limit, f"{texts} did not appear"
        time.sleep(PERIOD)


if __name__ == "__main__":
    main()
