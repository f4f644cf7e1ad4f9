"""A text that grows at its end while it is read: only what is new is cleaned and folded again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tui.panes.line import Line, wrapped_rows

Make = Callable[[str], list[Line]]


class GrowingText:
    """The lines of a text; of one that begins with the last text asked for, its end alone is made anew."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._text = ""
        self._lines: list[Line] = []

    def lines(self, text: str) -> list[Line]:
        """The text's lines, those of whole lines that were there before being the same objects."""
        # A return may be half of a line's end, so a line that was whole begins after a newline.
        whole = self._text.rfind("\n") + 1
        if not whole or not text.startswith(self._text):
            self._lines = self._make(text)
        elif text != self._text:
            kept = self._lines if self._text.endswith("\n") else self._lines[:-1]
            self._lines = [*kept, *self._make(text[whole:])]
        self._text = text
        return self._lines


class Folding:
    """Lines folded at a width; those that begin as the last ones did are folded from there on."""

    def __init__(self) -> None:
        self._width = 0
        self._lines: Sequence[Line] = ()
        self._rows: list[Line] = []
        self._counts: list[int] = []  # rows up to and with each line

    def rows(self, lines: Sequence[Line], width: int) -> list[Line]:
        """The rows of all lines; a list of its own each time."""
        same = 0
        if width == self._width:
            pairs = enumerate(zip(self._lines, lines, strict=False))
            least = min(len(self._lines), len(lines))
            same = next((at for at, (old, new) in pairs if old is not new and old != new), least)
        counts = self._counts[:same]
        rows = self._rows[: counts[-1]] if counts else []  # a copy: who has the old ones compares with them
        for line in lines[same:]:
            rows.extend(wrapped_rows((line,), width))
            counts.append(len(rows))
        self._width, self._lines, self._rows, self._counts = width, lines, rows, counts
        return rows
