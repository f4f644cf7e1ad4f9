"""A pane of lines with a cursor: draws only what is seen, finds, jumps between parts."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.strip import Strip

from tui.neutral import neutral_line
from tui.panes.growing import Folding
from tui.panes.line import Kind, Line
from tui.panes.long import parts_of, width_of
from tui.panes.scrolling import ScrollingPane

NEAR = 100
"""How many lines below the cursor are looked at for a place in the code."""


class LinesPane(ScrollingPane, can_focus=True, inherit_bindings=False):
    """Lines, drawn one by one as they come into view."""

    ALLOW_SELECT = False
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"lines--{kind}" for kind in (*Kind, "cursor", "match")}

    def __init__(self, title: str = "", *, wrapped: bool = False, id: str | None = None) -> None:
        super().__init__(id=id)
        self._title = ""
        self.entitle(title)
        self.cursor = 0
        self.term = ""
        self.header = ""
        self._wrapped = wrapped
        self._folding = Folding()
        self._source: Sequence[Line] = ()
        self.rows: Sequence[Line] = ()
        self._parts: list[int] = []

    # what is shown

    def show(self, lines: Sequence[Line], *, top: int | None = None, tail: bool = False) -> None:
        """Replace the lines and keep the place; or start at part `top` (0: the first line), or at the end."""
        at_end = self.cursor >= len(self.rows) - 1
        changed = lines != self._source
        if changed:
            self._source = lines
            self._layout_rows()
        if top is not None and not tail:
            self._go_to_top(self._parts[top] if 0 < top < len(self._parts) else 0)
        elif tail or (changed and at_end and len(self.rows) > self.size.height > 0 and self.cursor > 0):
            self._go(len(self.rows) - 1)
        else:
            self.cursor = max(0, min(self.cursor, len(self.rows) - 1))

    def _layout_rows(self) -> None:
        width = self.columns or 80
        old, self.rows = self.rows, self._folding.rows(self._source, width) if self._wrapped else self._source
        self._parts = parts_of(self.rows)
        wide = 0 if self._wrapped else width_of(self.rows) + 1  # the scrollbar hides one column
        size = Size(wide, len(self.rows) + self._lead)
        if size != self.virtual_size:
            self.virtual_size = size
        first = self.scroll_offset.y
        for y in range(first, first + self.size.height):  # only lines that changed travel over the wire
            if self._row(old, y) != self._row(self.rows, y):
                self._redraw(y)

    @property
    def _lead(self) -> int:
        return 1 if self.header else 0

    def _redraw(self, y: int) -> None:
        self.refresh_line(y + self._lead)

    @staticmethod
    def _row(rows: Sequence[Line], y: int) -> Line | None:
        return rows[y] if y < len(rows) else None

    def on_resize(self, event: events.Resize) -> None:
        """Wrapped text is wrapped anew for the new width."""
        if self._wrapped:
            self._layout_rows()
        self._reveal()

    def text(self) -> str:
        """What the pane holds, as plain text for copying."""
        return "\n".join(line.text for line in self._source)

    def entitle(self, title: str) -> None:
        """Set the border's title, as it is and not as markup."""
        if title != self._title:  # setting it draws the whole pane
            self._title = title
            self.border_title = Content(neutral_line(title))

    # the cursor

    def move(self, step: int) -> None:
        """Move the cursor by lines."""
        self._go(self.cursor + step)

    def page(self, direction: int) -> None:
        """Move the cursor by a page."""
        self._go(self.cursor + direction * max(1, self.size.height - 1))

    def end(self, direction: int) -> None:
        """Move the cursor to the first (-1) or last (1) line."""
        self._go(0 if direction < 0 else len(self.rows) - 1)

    def sideways(self, step: int) -> None:
        """Scroll by columns."""
        self.bring(x=max(0, self.scroll_offset.x + step))

    def part(self, step: int) -> None:
        """Move to the next or former part, so that it is at the top of the pane where there is room."""
        here = (
            bisect_right(self._parts, self.cursor) if step > 0 else bisect_left(self._parts, self.cursor) - 1
        )
        if 0 <= here < len(self._parts):
            self._go_to_top(self._parts[here])

    def part_here(self) -> tuple[int, int]:
        """Which part the cursor is in, counted from 1, and how many there are; 0 before the first."""
        return bisect_right(self._parts, self.cursor), len(self._parts)

    def speaks_of(self) -> tuple[str, int] | None:
        """The line of code that the cursor's line or its part speaks of."""
        part = bisect_right(self._parts, self.cursor)
        first = self._parts[part - 1] if part else 0
        last = self._parts[part] if part < len(self._parts) else len(self.rows)
        above = range(min(self.cursor, len(self.rows) - 1), first - 1, -1)
        below = range(self.cursor + 1, min(last, self.cursor + NEAR))
        return next((row.at for y in (*above, *below) if (row := self.rows[y]).at is not None), None)

    def find(self, term: str, step: int = 1, *, here: bool = False) -> bool:
        """Move to the next line that holds `term` (any case), round the end; False when none does."""
        if term != self.term:
            self.term = term
            self.refresh()
        wanted = term.casefold()
        count = len(self.rows)
        for distance in range(0 if here else 1, count + 1):
            y = (self.cursor + step * distance) % count
            if wanted in self.rows[y].text.casefold():
                self._go(y)
                return True
        return False

    def go_to(self, y: int) -> None:
        """Put the cursor on a line."""
        self._go(y)

    def _go_to_top(self, y: int) -> None:
        self.bring(y=y)
        self._go(y)

    def forget(self) -> None:
        """Nothing is sought any more."""
        self.term = ""
        self.refresh()

    def _go(self, y: int) -> None:
        y = max(0, min(y, len(self.rows) - 1))
        if y != self.cursor:
            self._redraw(self.cursor)
            self.cursor = y
            self._redraw(y)
            self.moved()
        self._reveal()

    def moved(self) -> None:
        """The cursor has moved: a pane whose title tells the place changes it here."""

    def _reveal(self) -> None:
        height = self.size.height - self._lead
        top = self.scroll_offset.y
        if height > 0 and self.cursor < top:
            self.bring(y=self.cursor)
        elif height > 0 and self.cursor >= top + height:
            self.bring(y=self.cursor - height + 1)

    def on_click(self, event: events.Click) -> None:
        """The line that is clicked on gets the cursor."""
        place = event.get_content_offset(self)
        if place is not None and not self.scrollbar_clicked(event):
            self._go(place.y - self._lead + self.scroll_offset.y)

    def on_focus(self) -> None:
        """The cursor line shows only in the pane that has the keys."""
        self._redraw(self.cursor)

    def on_blur(self) -> None:
        """See `on_focus`."""
        self._redraw(self.cursor)

    @property
    def spot(self) -> tuple[int, int, int]:
        """The cursor, the first row and the first column that are seen."""
        return self.cursor, self.scroll_offset.y, self.scroll_offset.x

    def go_to_spot(self, spot: tuple[int, int, int]) -> None:
        """Back to a spot, as far as the text and the size allow."""
        cursor, top, left = spot
        self.bring(x=left, y=top)
        self._go(cursor)

    # drawing

    def render_row(self, y: int) -> Strip:
        """Draw one visible line."""
        x, top = self.scroll_offset
        width = self.columns
        y -= self._lead
        if y < 0:  # the header stays while the rows scroll under it
            style = self.get_component_rich_style("lines--head")
            return Strip([Segment(self.header, style)]).crop_extend(x, x + width, style)
        row = self._row(self.rows, top + y)
        if row is None:
            return Strip.blank(width, self.rich_style)
        style = self.get_component_rich_style(f"lines--{row.kind}")
        if top + y == self.cursor and self.has_focus:
            style += self.get_component_rich_style("lines--cursor", partial=True)
        return self.draw(row, style, x, width)

    def draw(self, row: Line, style: Style, x: int, width: int) -> Strip:
        """One row in `width` cells from column `x`; a pane that knows more of its text does it better."""
        return self.fitted([Segment(row.text, style)], style, x, width)

    def fitted(self, segments: Iterable[Segment], style: Style, x: int, width: int) -> Strip:
        """Segments cut and filled to `width` cells from column `x`, with what is sought shown."""
        strip = Strip(self._with_matches(list(segments)))
        if strip.cell_length <= x + width:
            return strip.crop_extend(x, x + width, style)
        more = self.get_component_rich_style("lines--dim")  # as in `less -S`
        return Strip.join([strip.crop(x, x + width - 1), Strip([Segment("›", more)])])

    def _with_matches(self, segments: list[Segment]) -> list[Segment]:
        text = "".join(segment.text for segment in segments)
        wanted, lower = self.term.casefold(), text.casefold()
        if not wanted or len(lower) != len(text):  # folding changed the length: places would not fit
            return segments
        bounds, at = [], 0
        while (place := lower.find(wanted, at)) >= 0:
            at = place + len(wanted)
            bounds += [place, at]
        match = self.get_component_rich_style("lines--match", partial=True)
        cut, at = [], 0
        for segment in segments:
            inside = [b - at for b in bounds if at < b < at + len(segment.text)]
            for start, end in pairwise([0, *inside, len(segment.text)]):
                found = bisect_right(bounds, at + start) % 2
                style = (segment.style or Style()) + match if found else segment.style
                cut.append(Segment(segment.text[start:end], style))
            at += len(segment.text)
        return cut
