"""Pane 3: the candidate against its parent, the original, the accepted one, or alone."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from engine.workspace import Workspace
from tui.neutral import neutral_line, neutral_lines
from tui.panes.base import Pane
from tui.panes.line import Kind, Line
from tui.state import Base, State, base_of

CONTEXT = 3


def _line(old: int, new: int, sign: str, text: str, kind: Kind = Kind.TEXT, part: bool = False) -> Line:
    numbers = f"{old or '-':>4} {new or '-':>4} |" if old or new else " " * 10 + "|"
    return Line(f"{numbers}{sign}{text}", kind, part)


def _hunk(before: list[str], after: list[str], codes: list[tuple[str, int, int, int, int]]) -> Iterator[Line]:
    fresh = True  # the first changed line of a hunk is where `[` and `]` stop
    for tag, i, i_end, j, j_end in codes:
        if tag == "equal":
            for offset in range(i_end - i):
                yield _line(i + offset + 1, j + offset + 1, " ", before[i + offset])
            continue
        for y in range(i, i_end):
            yield _line(y + 1, 0, "-", before[y], Kind.DELETE, part=fresh)
            fresh = False
        for y in range(j, j_end):
            yield _line(0, y + 1, "+", after[y], Kind.ADD, part=fresh)
            fresh = False


def file_diff(before: list[str], after: list[str]) -> list[Line]:
    """The hunks between two texts with line numbers of both, a dotted line between hunks."""
    lines: list[Line] = []
    for group in SequenceMatcher(None, before, after).get_grouped_opcodes(CONTEXT):
        if lines:
            lines.append(Line("   ·    · |", Kind.DIM))
        lines += _hunk(before, after, group)
    return lines


def workspace_diff(base: Workspace, candidate: Workspace) -> list[Line]:
    """The hunks of every file that differs, each file under its name where there are several."""
    changed = [
        p for p in sorted({*base.files, *candidate.files}) if base.files.get(p) != candidate.files.get(p)
    ]
    lines: list[Line] = []
    for path in changed:
        before = neutral_lines(base.text(path)) if path in base.files else []
        after = neutral_lines(candidate.text(path)) if path in candidate.files else []
        if len(changed) > 1:
            lines.append(Line(neutral_line(path), Kind.HEAD))
        lines += file_diff(before, after)
    return lines


def whole(workspace: Workspace, path: str) -> list[Line]:
    """One file alone, numbered."""
    if path not in workspace.files:
        return []
    text = neutral_lines(workspace.text(path))
    return [Line(f"{number:>4} | {line}") for number, line in enumerate(text, 1)]


class Diff(Pane):
    """The difference that an attempt makes."""

    number = 3
    name_ = "Diff"

    def inputs(self, state: State) -> tuple[object, ...]:
        """The two sides."""
        candidate = state.attempt.candidate if state.attempt else None
        return (state.history.task, state.selected, base_of(state), state.base, candidate)

    def build(self, state: State) -> list[Line]:
        """The hunks, or the given code where there is nothing to compare."""
        task, attempt = state.history.task, state.attempt
        if task is None:
            return []
        if attempt is None:
            return whole(task.workspace, task.target.file) or [Line("no code yet", Kind.DIM)]
        base, candidate = base_of(state), attempt.candidate
        if attempt.origin == "given" or (candidate is not None and base is None):
            return whole(candidate or task.workspace, task.target.file)
        if candidate is None or base is None:
            return [Line("no code yet", Kind.DIM)]
        return workspace_diff(base, candidate) or [Line("no difference", Kind.DIM)]

    def retitle(self) -> None:
        """The two sides, how much differs, and which hunk the cursor is in."""
        state, attempt = self.state, self.state.attempt
        if attempt is None or attempt.origin == "given" or state.base is Base.NONE:
            task = state.history.task
            self.entitle(
                f"3 Code {attempt.id if attempt else 'as given'}  {task.target.file if task else ''}"
            )
            return
        added = sum(row.kind is Kind.ADD for row in self.rows)
        gone = sum(row.kind is Kind.DELETE for row in self.rows)
        former = {
            Base.PARENT: attempt.parent or "given",
            Base.ORIGINAL: "given",
            Base.ACCEPTED: state.history.accepted or "given",
        }[state.base]
        if attempt.candidate is None:
            self.entitle(f"3 Diff {former} → {attempt.id}")
            return
        hunk, hunks = self.part_here()
        place = f"  hunk {max(1, hunk)}/{hunks}" if hunks else ""
        self.entitle(f"3 Diff {former} → {attempt.id}  +{added} -{gone}  base: {state.base}{place}")
