"""Which runs have a screen open: one that was cut off, and not left, is where the reader wants back to."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from sandbox.owner import is_dead, own_label

NAME = "screen-open"


def note_open(folder: Path) -> None:
    """Write down that this process shows the run of `folder`; what cannot be written is no trouble."""
    with suppress(OSError):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _note(folder).write_text(own_label(), encoding="utf-8")


def note_left(folder: Path) -> None:
    """The reader has left it, here and wherever it was cut off before."""
    _note(folder).unlink(missing_ok=True)
    for note in _dead(folder):
        note.unlink(missing_ok=True)


def cut_off(state: Path) -> str:
    """The id of the run whose screen was cut off last, "" when each was left."""
    found = [(changed, note.parent.name) for note in _dead(state, "*/") if (changed := _changed(note))]
    return max(found, default=(0.0, ""))[1]


def _note(folder: Path) -> Path:
    return folder / f"{NAME}.{os.getpid()}"


def _dead(folder: Path, within: str = "") -> list[Path]:
    return [note for note in folder.glob(f"{within}{NAME}.*") if is_dead(_text(note))]


def _text(note: Path) -> str:
    try:
        return note.read_text(encoding="utf-8")
    except (OSError, ValueError):
        return ""


def _changed(note: Path) -> float:
    try:
        return note.stat().st_mtime
    except OSError:
        return 0.0
