"""Lines of Python with their colours, worked out for the lines that are seen and no others."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module

from tui.neutral import neutral_line
from tui.panes.line import Kind, Line

KEYWORD, STRING, COMMENT, NUMBER, NAME = "keyword", "string", "comment", "number", "name"
COLOURS = (KEYWORD, STRING, COMMENT, NUMBER, NAME)

# What can hide three quotes, and the three quotes themselves.
_QUOTED = re.compile(r"\"\"\"|'''|#[^\n]*|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'")


@dataclass(frozen=True, slots=True)
class CodeLine(Line):
    """A line of which the text from `start` on is Python; `quotes` are those that an earlier line opened."""

    start: int = 0
    quotes: str = ""


@dataclass(frozen=True, slots=True)
class SplitLine(Line):
    """Two lines side by side, either of which may be missing; `text` holds both for finding and copying."""

    left: CodeLine | None = None
    right: CodeLine | None = None


def split_line(left: CodeLine | None, right: CodeLine | None, *, part: bool) -> SplitLine:
    """The old line beside the new one."""
    shown = right or left or Line("")
    sides = [side.text for side in (left, right) if side is not None]
    text = sides[0] if left is right else " │ ".join(sides)
    return SplitLine(text, shown.kind, part, shown.at, left, right)


@dataclass(frozen=True, slots=True)
class Code:
    """A text in lines: as they are, to be compared, and which quotes are open where each begins."""

    lines: Sequence[str]
    quotes: Sequence[str]

    @classmethod
    def of(cls, lines: Sequence[str]) -> Code:
        """Find the quotes in one pass over the text."""
        text = "\n".join(lines)
        quotes = [""] * len(lines)
        at = 0
        while (found := _QUOTED.search(text, at)) is not None:
            at = found.end()
            if found.group() in ('"""', "'''"):
                end = text.find(found.group(), at)
                end = len(text) if end < 0 else end
                first = text.count("\n", 0, at) + 1
                last = first + text.count("\n", at, end)
                quotes[first:last] = [found.group()] * (min(last, len(quotes)) - min(first, len(quotes)))
                at = end + 3
        return cls(lines, quotes)

    def line(self, y: int, lead: str, kind: Kind, part: bool, at: tuple[str, int] | None) -> CodeLine:
        """Line `y` behind `lead` (numbers and sign)."""
        return CodeLine(lead + neutral_line(self.lines[y]), kind, part, at, len(lead), self.quotes[y])


def coloured(code: str, quotes: str) -> tuple[tuple[str, str], ...]:
    """Pieces of one line, each with its colour's name ("" for none, as long as `load_colours` was not)."""
    if "pygments.lexers.python" not in sys.modules:
        return ((code, ""),)
    return _coloured(code, quotes)


def load_colours() -> None:
    """Import the lexer: 20 ms and more that the first picture does not wait for."""
    import_module("pygments.lexers.python")


@lru_cache(maxsize=2000)
def _coloured(code: str, quotes: str) -> tuple[tuple[str, str], ...]:
    if quotes:
        inside, end, code = code.partition(quotes)
        return ((inside + end, STRING), *(_coloured(code, "") if code else ()))
    return tuple(_pieces(code))


def _pieces(code: str) -> list[tuple[str, str]]:
    from pygments.lexers.python import PythonLexer
    from pygments.token import Comment, Keyword, Name, Number, Operator, String

    wanted = (
        (Keyword, KEYWORD), (Operator.Word, KEYWORD), (String, STRING), (Comment, COMMENT), (Number, NUMBER),
        (Name.Function, NAME), (Name.Class, NAME), (Name.Decorator, NAME),
    )  # fmt: skip
    pieces: list[tuple[str, str]] = []
    for token, text in PythonLexer(stripnl=False, ensurenl=False).get_tokens(code):
        colour = next((name for kind, name in wanted if token in kind), "")
        if pieces and pieces[-1][1] == colour:
            pieces[-1] = (pieces[-1][0] + text, colour)
        else:
            pieces.append((text, colour))
    return pieces
