"""The hunks between two texts as lines: one below the other, or side by side."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from engine.hunks import Hunk, hunks, lines_of
from engine.workspace import Workspace
from tui.neutral import neutral_line
from tui.panes.code import Code, CodeLine, split_line
from tui.panes.line import Kind, Line

GAP = Line("   ·    · |", Kind.DIM)


class FileDiff:
    """One file on both sides."""

    def __init__(self, path: str, before: str, after: str) -> None:
        self.path = path
        self._before = Code.of(lines_of(before))
        self._after = Code.of(lines_of(after))
        self.hunks = hunks(list(self._before.lines), list(self._after.lines))

    def unified(self) -> Iterator[Line]:
        """Old lines, then new ones; `at` is the line of the new text that is there, or would be."""
        for number, hunk in enumerate(self.hunks):
            if number:
                yield GAP
            fresh = True  # the first changed line of a hunk is where `[` and `]` stop
            for tag, i, i_end, j, j_end in hunk:
                if tag == "equal":
                    for offset in range(i_end - i):
                        yield self._line(self._after, i + offset, j + offset, " ", Kind.TEXT)
                    continue
                for y in range(i, i_end):
                    yield self._line(self._before, y, j, "-", Kind.DELETE, fresh)
                    fresh = False
                for y in range(j, j_end):
                    yield self._line(self._after, i, y, "+", Kind.ADD, fresh)
                    fresh = False

    def split(self) -> Iterator[Line]:
        """Old lines to the left, new ones to the right."""
        for number, hunk in enumerate(self.hunks):
            if number:
                yield GAP
            yield from self._split(hunk)

    def _split(self, hunk: Hunk) -> Iterator[Line]:
        fresh = True
        for tag, i, i_end, j, j_end in hunk:
            for old, new in zip_longest(range(i, i_end), range(j, j_end)):
                same = tag == "equal"
                left = right = None
                if old is not None:
                    left = self._half(self._before, old, j, " " if same else "-")
                if new is not None:
                    right = self._half(self._after, new, new, " " if same else "+")
                yield split_line(left, right, part=fresh and not same)
                fresh = fresh and same

    def _line(self, code: Code, i: int, j: int, sign: str, kind: Kind, part: bool = False) -> CodeLine:
        old = "-" if sign == "+" else i + 1
        new = "-" if sign == "-" else j + 1
        y = i if sign == "-" else j
        return code.line(y, f"{old:>4} {new:>4} |{sign}", kind, part, (self.path, j + 1))

    def _half(self, code: Code, y: int, j: int, sign: str) -> CodeLine:
        kind = {"-": Kind.DELETE, "+": Kind.ADD}.get(sign, Kind.TEXT)
        return code.line(y, f"{y + 1:>4} |{sign}", kind, False, (self.path, j + 1))


def file_diffs(base: Workspace, candidate: Workspace) -> list[FileDiff]:
    """Every file that differs."""
    paths = sorted({*base.files, *candidate.files})
    return [
        FileDiff(path, _text(base, path), _text(candidate, path))
        for path in paths
        if base.files.get(path) != candidate.files.get(path)
    ]


def diff_lines(diffs: list[FileDiff], *, split: bool) -> list[Line]:
    """The hunks of every file, each file under its name where there are several."""
    lines: list[Line] = []
    for diff in diffs:
        if len(diffs) > 1:
            lines.append(Line(neutral_line(diff.path), Kind.HEAD))
        lines += diff.split() if split else diff.unified()
    return lines


def whole(workspace: Workspace, path: str) -> list[Line]:
    """One file alone, numbered."""
    code = Code.of(lines_of(_text(workspace, path)))
    return [code.line(y, f"{y + 1:>4} | ", Kind.TEXT, False, (path, y + 1)) for y in range(len(code.lines))]


def _text(workspace: Workspace, path: str) -> str:
    return workspace.text(path) if path in workspace.files else ""
