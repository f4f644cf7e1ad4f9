"""Lines of a long text that are made harmless when they are looked at, and not before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from typing import overload

from rich.cells import cell_len

from tui.neutral import TAB, neutral_line, split_lines
from tui.panes.line import Kind, Line

SAMPLE = 50
"""How many of the longest raw lines are measured to know how far the text can be scrolled."""


class LongLines(Sequence[Line]):
    """Ready lines, then those of `text`; a hundred thousand cost a few milliseconds to open."""

    def __init__(self, head: Iterable[Line], text: str) -> None:
        self.head = list(head)
        self._text = text
        self._raw = split_lines(text)

    def __len__(self) -> int:
        return len(self.head) + len(self._raw)

    @overload
    def __getitem__(self, at: int) -> Line: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Line]: ...

    def __getitem__(self, at: int | slice) -> Line | Sequence[Line]:
        if isinstance(at, slice):
            return [self[y] for y in range(*at.indices(len(self)))]
        y = at + len(self) if at < 0 else at
        if y < len(self.head):
            return self.head[y]
        return Line(neutral_line(self._raw[y - len(self.head)]), Kind.TEXT)

    def __iter__(self) -> Iterator[Line]:
        yield from self.head
        for raw in self._raw:
            yield Line(neutral_line(raw), Kind.TEXT)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, LongLines) and self.head == other.head and self._text == other._text

    __hash__ = None  # type: ignore[assignment]  # compared by contents, and never a key

    @property
    def width(self) -> int:
        """Cells of the widest line, as far as the longest raw lines tell."""
        tabs = "\t" in self._text
        longest = nlargest(SAMPLE, self._raw, key=lambda raw: len(raw.expandtabs(TAB)) if tabs else len(raw))
        return max((cell_len(line.text) for line in self._measured(longest)), default=0)

    def _measured(self, longest: Iterable[str]) -> Iterator[Line]:
        yield from self.head
        yield from (Line(neutral_line(raw)) for raw in longest)


def parts_of(rows: Sequence[Line]) -> list[int]:
    """The places of the rows that start a part."""
    known = rows.head if isinstance(rows, LongLines) else rows
    return [y for y, row in enumerate(known) if row.part]


def width_of(rows: Sequence[Line]) -> int:
    """Cells of the widest row."""
    return rows.width if isinstance(rows, LongLines) else max((cell_len(r.text) for r in rows), default=0)
