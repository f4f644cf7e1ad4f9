"""Evaluations as lines: one a row, and for what was measured more than once how it went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.evaluation.trends import Trend

BARS = "▁▂▃▄▅▆▇█"


def trend_line(row: Trend) -> str:
    """One evaluation: when, what, how many solved and how surely, by whom."""
    when = row.made[:16].replace("T", " ")
    solved = f"{row.solved}/{row.judged}"
    share = f"{100 * row.share:5.1f} % ({100 * row.low:.0f}-{100 * row.high:.0f})"
    marks = (" ORACLE" if row.oracle else "") + (" last" if row.pick == "last" else "")
    return f"{when} {row.benchmark:<12} {solved:>7} {share:<17} {row.answers}{marks}"


def trend_lines(rows: Sequence[Trend]) -> Iterator[str]:
    """Every row, then a line for each combination that was measured several times."""
    yield from map(trend_line, rows)
    series: dict[tuple[str, str, str, bool, str], list[Trend]] = {}
    for row in rows:
        series.setdefault((row.benchmark, row.answers, row.pick, row.oracle, row.data), []).append(row)
    several = {name: some for name, some in series.items() if len(some) > 1}
    if several:
        yield ""
    for (benchmark, answers, pick, oracle, _), some in several.items():
        first, last = 100 * some[0].share, 100 * some[-1].share
        told = f"{first:.1f} → {last:.1f} %, {len(some)} times"
        prompts = len({row.prompts for row in some})
        versions = f", {prompts} versions of the prompts" if prompts > 1 else ""
        name = f"{benchmark}, {answers}, {pick}{', ORACLE' if oracle else ''}"
        yield f"{spark([row.share for row in some])}  {name}: {told}{versions}"


def spark(shares: Sequence[float]) -> str:
    """Shares from 0 to 1 as a line of bars; the scale is always the whole one."""
    return "".join(BARS[min(len(BARS) - 1, int(share * len(BARS)))] for share in shares)
