"""One line of a pane, and a text of them folded at a width."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from tui.panes.wrapping import wrap


class Kind(StrEnum):
    """What a line is; colour follows it, and the words never depend on colour."""

    TEXT = "text"
    HEAD = "head"
    DIM = "dim"
    ADD = "add"
    DELETE = "delete"
    GOOD = "good"
    BAD = "bad"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Line:
    """One line, already harmless (see `tui.neutral`). `part` starts a hunk, failure, section or finding.

    `at` is the line of code that it speaks of: the file and the number, from 1.
    """

    text: str
    kind: Kind = Kind.TEXT
    part: bool = False
    at: tuple[str, int] | None = None


def wrapped_rows(lines: Iterable[Line], width: int) -> list[Line]:
    """The lines folded at `width` cells; only the first row of a part starts it."""
    rows: list[Line] = []
    for line in lines:
        for number, text in enumerate(wrap(line.text, width)):
            rows.append(Line(text, line.kind, line.part and number == 0, line.at))
    return rows
