"""An evaluation as Markdown. What depends on machine and moment stands in its last section alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.evaluation import tables
from engine.evaluation.metrics import Metrics
from engine.evaluation.plan import Plan
from engine.evaluation.report_rows import ProblemRow


def markdown_report(plan: Plan, metrics: Metrics, rows: Sequence[ProblemRow]) -> str:
    """The whole report."""

    def heading(title: str) -> str:
        return f"## {tables.titled(plan, title)}"

    parts = [
        f"# {inline(tables.titled(plan, f'{plan.benchmark} by {tables.who(plan)}'))}",
        table(tables.headline(plan, metrics)),
        heading("Round by round"),
        table(tables.rounds(metrics)),
        heading("What it took"),
        table(tables.spent(metrics)),
    ]
    if metrics.errors:
        parts += [heading("Why answers are not right"), table(tables.failures(metrics))]
    if metrics.calibration:
        parts += [heading("Fixability foretold"), table(tables.forecasts(metrics))]
    parts += [heading("Problem by problem"), "\n".join(_problems(rows))]
    parts += ["## Settings", table(tables.settings(plan))]
    parts += ["## Times, cache and machine", table([*tables.times(metrics), *tables.machine(plan)])]
    return "\n\n".join(parts) + "\n"


def table(rows: Iterable[tables.Row]) -> str:
    """Names and values, two columns."""
    return "\n".join(["| | |", "|---|---|", *(f"| {inline(a)} | {inline(b)} |" for a, b in rows)])


def inline(text: str) -> str:
    """Text on one line that Markdown takes for text."""
    flat = " ".join(text.split())
    return "".join(f"\\{c}" if c in "\\`*_[]<>#|" else c for c in flat)


def _problems(rows: Sequence[ProblemRow]) -> Iterator[str]:
    yield "| problem | solved | first shots right | attempts | answer | why not |"
    yield "|---|---|---|---|---|---|"
    for row in rows:
        name, why = inline(row.task), inline(row.errors)
        yield (
            f"| {name} | {row.solved} of {row.samples} | {row.first} | {row.attempts} "
            f"| {inline(row.answers)} | {why} |"
        )
