"""An evaluation as one HTML page: no script, no request to anywhere, charts as SVG in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from engine.evaluation import tables
from engine.evaluation.charts import bars, grid, interval
from engine.evaluation.metrics import Metrics
from engine.evaluation.plan import Plan
from engine.evaluation.report_rows import ProblemRow


def html_report(plan: Plan, metrics: Metrics, rows: Sequence[ProblemRow]) -> str:
    """The whole page."""

    def heading(title: str) -> str:
        return f"<h2>{tables.titled(plan, title)}</h2>"

    title = tables.titled(plan, f"{plan.benchmark} by {tables.who(plan)}")
    rounds = [
        (f"{n} repair{'' if n == 1 else 's'}", count)
        for n, count in enumerate(tables.telling(metrics.within))
    ]
    estimates = [("solved", metrics.solve_rate)]
    estimates += [(f"pass@{k}", value) for k, value in metrics.pass_at.items()]
    parts = [
        _table(tables.headline(plan, metrics)),
        interval([(name, e.value, e.low, e.high) for name, e in estimates if e is not None]),
        heading("Round by round"),
        bars(rounds, metrics.samples),
        _table(tables.rounds(metrics)),
        heading("What it took"),
        _table(tables.spent(metrics)),
    ]
    if metrics.errors:
        parts += [heading("Why answers are not right"), bars(list(metrics.errors.items()), 0)]
    if metrics.calibration:
        came = [
            (f"told {b.forecast:.2f}", b.share, b.share_low, b.share_high) for b in metrics.calibration.bins
        ]
        parts += [heading("Fixability foretold"), interval(came), _table(tables.forecasts(metrics))]
    parts += [
        heading("Problem by problem"),
        "<p>Filled by the share that is solved, crossed out for none; the pointer shows the name.</p>",
        grid([(row.task, row.solved, row.samples) for row in rows]),
        _problems(rows),
        "<h2>Settings</h2>",
        _table(tables.settings(plan)),
        "<h2>Times, cache and machine</h2>",
        _table([*tables.times(metrics), *tables.machine(plan)]),
    ]
    return _PAGE.format(title=escape(title), style=_STYLE, body="\n".join(part for part in parts if part))


def _table(rows: Iterable[tables.Row]) -> str:
    body = "".join(f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows)
    return f"<table>{body}</table>"


def _problems(rows: Sequence[ProblemRow]) -> str:
    head = "".join(
        f"<th>{name}</th>" for name in ("problem", "solved", "first", "attempts", "answer", "why not")
    )
    body = "".join(
        f"<tr><td>{escape(row.task)}</td><td>{row.solved} of {row.samples}</td><td>{row.first}</td>"
        f"<td>{row.attempts}</td><td>{escape(row.answers)}</td><td>{escape(row.errors)}</td></tr>"
        for row in rows
    )
    return f"<details><summary>{len(rows)} problems</summary><table><tr>{head}</tr>{body}</table></details>"


_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1c2530}
table{border-collapse:collapse;margin:.5rem 0}th,td{text-align:left;padding:.15rem .8rem .15rem 0;
border-bottom:1px solid #dde3ea;vertical-align:top}th{font-weight:600}td{overflow-wrap:anywhere}
h2{margin-top:2rem}
svg{display:block;margin:1rem 0;max-width:100%}text{font:13px system-ui,sans-serif;fill:#1c2530}
@media(prefers-color-scheme:dark){body{background:#12171d;color:#dde3ea}text{fill:#dde3ea}
th,td{border-color:#2b3642}}
"""
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>{style}</style></head>
<body><h1>{title}</h1>
{body}
</body></html>
"""
