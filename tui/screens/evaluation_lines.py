"""Evaluations as lines of a pane; what came from files is made harmless here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from engine.errors import CoderTuiError
from engine.evaluation import tables
from engine.evaluation.pairs import read_evaluation
from engine.evaluation.report_rows import problem_rows
from engine.evaluation.trends import Trend
from tui.neutral import neutral_line
from tui.panes.line import Kind, Line
from tui.trend_lines import alike, so_far, trend_line

BAR = 30


def list_lines(rows: Sequence[Trend]) -> list[Line]:
    """A line for each, with how its like went so far as a row of bars."""
    if not rows:
        return [Line("no evaluation was made here; `coder-tui eval` makes one")]
    found = []
    for number, row in enumerate(rows):
        like = [r for r in reversed(rows[number:]) if alike(r) == alike(row)]
        found.append(Line(neutral_line(trend_line(row, so_far(like)))))
    return found


def page_lines(row: Trend) -> list[Line]:
    """All figures of one, and its problems. Blocking."""
    try:
        read = read_evaluation(Path(row.folder))
    except CoderTuiError as error:
        return [Line(neutral_line(str(error)), Kind.BAD)]
    metrics, plan = read.metrics, read.plan
    lines = [*_section(row.folder, tables.headline(plan, metrics))]
    lines.append(Line(tables.titled(plan, "Round by round"), Kind.HEAD, part=True))
    lines += _rounds(tables.telling(metrics.within), metrics.samples)
    lines += _section(tables.titled(plan, "What it took"), tables.spent(metrics))
    if metrics.errors:
        lines += _section(tables.titled(plan, "Why answers are not right"), tables.failures(metrics))
    if metrics.calibration:
        lines += _section(tables.titled(plan, "Fixability foretold"), tables.forecasts(metrics))
    lines += _section("Times, cache and machine", [*tables.times(metrics), *tables.machine(plan)])
    lines.append(Line(tables.titled(plan, "Problem by problem"), Kind.HEAD, part=True))
    for problem in problem_rows(plan, read.rows):
        solved = problem.solved == problem.samples
        word = "solved" if solved else f"{problem.solved} of {problem.samples}  {problem.errors}"
        text = f"  {problem.task:<24} {problem.attempts:>3} attempts  {word}"
        lines.append(Line(neutral_line(text), Kind.GOOD if solved else Kind.BAD))
    return lines


def _section(title: str, rows: Iterable[tables.Row]) -> Iterator[Line]:
    yield Line(neutral_line(title), Kind.HEAD, part=True)
    for name, value in rows:
        yield Line(neutral_line(f"  {name:<28} {value}"))


def _rounds(within: Sequence[int], samples: int) -> Iterator[Line]:
    for repairs, solved in enumerate(within):
        bar = "█" * round(BAR * solved / samples) if samples else ""
        name = f"{repairs} repair{'' if repairs == 1 else 's'}"
        yield Line(f"  {name:<12} {bar:<{BAR}} {solved} of {samples}")
