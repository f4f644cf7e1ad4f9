"""Evaluations as lines: one a row, and for what was measured more than once how it went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.evaluation.trends import Trend

BARS = "▁▂▃▄▅▆▇█"
WIDTH = 8  # bars in a line


def trend_line(row: Trend, so_far: str = "") -> str:
    """One evaluation: when, what, how many solved and how surely, by whom; `so_far` how its like went."""
    when = row.made[:16].replace("T", " ")
    solved = f"{row.solved}/{row.judged}"
    share = f"{100 * row.share:5.1f} % ({100 * row.low:.0f}-{100 * row.high:.0f})"
    marks = ("ORACLE " if row.oracle else "") + ("last " if row.pick == "last" else "")
    prompts = f" prompts {row.prompts}" if row.prompts else ""
    bars = f"{so_far} " if so_far else ""
    return f"{when} {row.benchmark:<14} {solved:>7} {share:<16} {bars}{marks}{row.answers}{prompts}"


def trend_lines(rows: Sequence[Trend]) -> Iterator[str]:
    """Every row, then a line for each combination that was measured several times."""
    yield from map(trend_line, rows)
    several = [some for some in _series(rows) if len(some) > 1]
    if several:
        yield ""
    for some in several:
        row, first, last = some[0], 100 * some[0].share, 100 * some[-1].share
        name = f"{row.benchmark}, {row.answers}, {row.pick}{', ORACLE' if row.oracle else ''}"
        yield f"{spark([r.share for r in some])}  {name}: {first:.1f} → {last:.1f} %, {len(some)} times"
        yield from _by_prompts(some)


def _by_prompts(rows: Sequence[Trend]) -> Iterator[str]:
    """What each version of the prompts solved, where there were several."""
    versions = dict.fromkeys(row.prompts for row in rows)
    for version in versions if len(versions) > 1 else ():
        with_it = [row for row in rows if row.prompts == version]
        solved, judged = sum(row.solved for row in with_it), sum(row.judged for row in with_it)
        share = f"{100 * solved / judged:.1f} %" if judged else "nothing judged"
        yield f"    prompts {version or '-'}: {share}, {solved} of {judged}"


def so_far(rows: Sequence[Trend]) -> str:
    """How evaluations of one kind went up to the last of them, as bars; "" for a single one."""
    return spark([row.share for row in rows[-WIDTH:]]) if len(rows) > 1 else ""


def alike(row: Trend) -> tuple[str, str, str, str, bool]:
    """What two evaluations have in common that can be put in one line."""
    return row.benchmark, row.data, row.answers, row.pick, row.oracle


def _series(rows: Sequence[Trend]) -> list[list[Trend]]:
    found: dict[tuple[str, str, str, str, bool], list[Trend]] = {}
    for row in rows:
        found.setdefault(alike(row), []).append(row)
    return list(found.values())


def spark(shares: Sequence[float]) -> str:
    """Shares from 0 to 1 as a line of bars; the scale is always the whole one."""
    return "".join(BARS[min(len(BARS) - 1, int(share * len(BARS)))] for share in shares)
