"""Pane 3: the candidate against its parent, the original, the accepted or the marked one, or alone."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.strip import Strip

from tui.panes.base import Pane
from tui.panes.code import COLOURS, CodeLine, SplitLine, coloured, load_colours
from tui.panes.hunk_lines import FileDiff, diff_lines, file_diffs, whole
from tui.panes.line import Kind, Line
from tui.panes.lines import LinesPane
from tui.state import Base, State, base_of

COLOURS_AFTER = 0.15
"""Seconds after opening."""

SPLIT_FROM = 100
"""Columns of the pane from which on old and new stand side by side: a terminal of 160, or 105 when zoomed."""


class Diff(Pane):
    """The difference that an attempt makes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {*LinesPane.COMPONENT_CLASSES, *(f"code--{c}" for c in COLOURS)}
    number = 3
    name_ = "Diff"

    def __init__(self) -> None:
        super().__init__()
        self.diffs: list[FileDiff] = []
        self._split = False

    def on_mount(self) -> None:
        """The colours come when the first picture is there."""
        self.set_timer(COLOURS_AFTER, self._take_colours)

    async def _take_colours(self) -> None:
        await asyncio.to_thread(load_colours)
        if any(isinstance(row, CodeLine | SplitLine) for row in self.rows):
            self.refresh()

    def inputs(self, state: State) -> tuple[object, ...]:
        """The two sides."""
        candidate = state.attempt.candidate if state.attempt else None
        return (state.history.task, state.selected, base_of(state), state.base, candidate, self._split)

    def on_resize(self, event: events.Resize) -> None:
        """Side by side where there is room."""
        super().on_resize(event)
        split = self.size.width >= SPLIT_FROM
        if split != self._split:
            self._split = split
            self.update_state(self.state)

    def build(self, state: State) -> list[Line]:
        """The hunks, or the given code where there is nothing to compare."""
        task, attempt = state.history.task, state.attempt
        self.diffs = []
        if task is None:
            return []
        if attempt is None:
            return whole(task.workspace, task.target.file) or [Line("no code yet", Kind.DIM)]
        base, candidate = base_of(state), attempt.candidate
        if shown_alone(state):
            return whole(candidate or task.workspace, task.target.file)
        if candidate is None or base is None:
            return [Line("no code yet", Kind.DIM)]
        self.diffs = file_diffs(base, candidate)
        return diff_lines(self.diffs, split=self._split) or [Line("no difference", Kind.DIM)]

    @property
    def hunk_here(self) -> tuple[FileDiff, int] | None:
        """The hunk that the cursor is in, or the first: its file and its number there, from 0."""
        number = max(1, self.part_here()[0]) - 1
        for diff in self.diffs:
            if number < len(diff.hunks):
                return diff, number
            number -= len(diff.hunks)
        return None

    def go_to_code(self, at: tuple[str, int]) -> bool:
        """Put the cursor on a line of code; False when it is not shown."""
        for y, row in enumerate(self.rows):
            if row.at == at and row.kind is not Kind.DELETE:
                self._go(y)
                return True
        return False

    def retitle(self) -> None:
        """The two sides, how much differs, and which hunk the cursor is in."""
        state, attempt = self.state, self.state.attempt
        if attempt is None or shown_alone(state):
            task = state.history.task
            which = attempt.id if attempt else "as given"
            self.entitle(f"3 Code {which}  {task.target.file if task else ''}")
            return
        former = {
            Base.PARENT: attempt.parent,
            Base.ACCEPTED: state.history.accepted,
            Base.MARKED: state.marked,
        }.get(state.base, "")
        sides = f"3 Diff {former or 'given'} → {attempt.id}"
        if attempt.candidate is None:
            self.entitle(sides)
            return
        codes = [code for diff in self.diffs for hunk in diff.hunks for code in hunk if code[0] != "equal"]
        added, gone = sum(c[4] - c[3] for c in codes), sum(c[2] - c[1] for c in codes)
        hunk, hunks = self.part_here()
        place = f"  hunk {max(1, hunk)}/{hunks}" if hunks else ""
        self.entitle(f"{sides}  +{added} -{gone}  base: {state.base}{place}")

    def draw(self, row: Line, style: Style, x: int, width: int) -> Strip:
        """A line in the colours of its language, or two side by side."""
        if isinstance(row, SplitLine):
            half = (width - 1) // 2
            bar = Strip([Segment("│", self.get_component_rich_style("lines--dim"))])
            left, right = self._half(row, row.left, x, half), self._half(row, row.right, x, width - half - 1)
            return Strip.join([left, bar, right])
        if isinstance(row, CodeLine):
            return self.fitted(self._code(row, style), style, x, width)
        return super().draw(row, style, x, width)

    def _half(self, row: Line, side: CodeLine | None, x: int, width: int) -> Strip:
        style = self.get_component_rich_style(f"lines--{side.kind if side else Kind.TEXT}")
        if row is self._row(self.rows, self.cursor) and self.has_focus:
            style += self.get_component_rich_style("lines--cursor", partial=True)
        if side is None:
            return Strip.blank(width, style)
        return self.fitted(self._code(side, style), style, x, width)

    def _code(self, line: CodeLine, style: Style) -> Iterator[Segment]:
        yield Segment(line.text[: line.start], style)
        for text, colour in coloured(line.text[line.start :], line.quotes):
            named = self.get_component_rich_style(f"code--{colour}", partial=True) if colour else Style()
            yield Segment(text, style + named)


def shown_alone(state: State) -> bool:
    """Whether the code is shown and not a difference."""
    attempt = state.attempt
    return attempt is None or attempt.origin == "given" or state.base is Base.NONE
