"""A text that grows on the screen is the same as one that is shown at once."""

from __future__ import annotations

from random import Random

import pytest

from tui.neutral import neutral_lines
from tui.panes.growing import Folding, GrowingText
from tui.panes.line import Line, wrapped_rows

PIECES = (
    "a",
    "word ",
    "\n",
    "\r",
    "\r\n",
    "\x1b[31m",
    "\ttab",
    "x" * 70,
    "    indented text that is folded ",
)


def make(text: str) -> list[Line]:
    return [Line(line) for line in neutral_lines(text)]


@pytest.mark.parametrize("seed", range(20))
def test_what_grew_piece_by_piece_is_shown_otherwise(seed: int) -> None:
    pick, growing, folding, text = Random(seed), GrowingText(make), Folding(), ""
    for _ in range(120):
        text = "" if pick.random() < 0.02 else text + pick.choice(PIECES)
        width = 40 if pick.random() < 0.9 else 30
        lines = [Line("head"), *growing.lines(text)]
        assert lines == [Line("head"), *make(text)]
        assert folding.rows(lines, width) == wrapped_rows(lines, width)


def test_whole_lines_are_made_again() -> None:
    growing = GrowingText(make)
    before = growing.lines("one\ntwo\nthr")
    after = growing.lines("one\ntwo\nthree\n")
    assert after[0] is before[0] and after[1] is before[1] and after[2].text == "three"
