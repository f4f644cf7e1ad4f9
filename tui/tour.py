"""The first-run tour: five lines, shown with the task until something has been run once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tui.keys import shown, split

NAME = "toured"
LINES = (
    ("open stop", "runs it until the tests pass; stops it"),
    ("next-pane down up", "walk: panes, then attempts, code, log"),
    ("edit go", "change a prompt, run it: a new attempt"),
    ("accept undo", "write the fix to your file; take it back"),
    ("help palette", "what can I do here; every command"),
)


def tour_lines(keymap: Mapping[str, str]) -> list[str]:
    """The five lines, with the keys that are in force."""
    keys = [" ".join(shown(split(keymap[name])[0]) for name in names.split()) for names, _ in LINES]
    return [f"{key:<8} {words}" for key, (_, words) in zip(keys, LINES, strict=True)]


def is_first(state: Path | None) -> bool:
    """Whether nothing has been run from a screen yet, as far as the state folder knows."""
    return state is not None and not (state / NAME).exists()


def end_tour(state: Path | None) -> None:
    """Not again; where that cannot be written it is shown once more."""
    if state is not None:
        with suppress(OSError):
            (state / NAME).touch(mode=0o600)
