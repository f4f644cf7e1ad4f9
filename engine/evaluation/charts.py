"""Charts as SVG text: bars, intervals, a grid of problems. Every value stands beside its mark in words."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

LABEL, WIDTH, ROW = 190, 420, 24
SIDE = 16
ACROSS = 40
BLUE, GREY, RED = "#2f6fab", "#b7c1cc", "#b5483a"


def bars(rows: Sequence[tuple[str, int]], whole: int) -> str:
    """A horizontal bar for each row; `whole` is the length of the longest there could be (0: the longest)."""
    if not rows:
        return ""
    most = whole or max(value for _, value in rows) or 1
    parts = []
    for number, (name, value) in enumerate(rows):
        y = number * ROW
        parts.append(_label(name, y))
        parts.append(_rect(LABEL, y + 5, WIDTH * value / most, ROW - 10, BLUE))
        parts.append(f'<text x="{LABEL + WIDTH * value / most + 6:.1f}" y="{y + 16}">{value}</text>')
    return _svg(LABEL + WIDTH + 70, len(rows) * ROW, "".join(parts))


def interval(rows: Sequence[tuple[str, float, float, float]]) -> str:
    """Shares from 0 to 1 as points with the line from the low to the high end of each one's interval."""
    if not rows:
        return ""
    parts = []
    for number, (name, value, low, high) in enumerate(rows):
        y = number * ROW
        middle = y + ROW / 2
        parts.append(_label(name, y))
        parts.append(_rect(LABEL, middle - 0.5, WIDTH, 1, GREY))
        parts.append(_rect(LABEL + WIDTH * low, middle - 2, max(1.0, WIDTH * (high - low)), 4, BLUE))
        parts.append(f'<circle cx="{LABEL + WIDTH * value:.1f}" cy="{middle}" r="5" fill="{BLUE}"/>')
        parts.append(f'<text x="{LABEL + WIDTH + 8}" y="{y + 16}">{100 * value:.1f} %</text>')
    return _svg(LABEL + WIDTH + 70, len(rows) * ROW, "".join(parts))


def grid(rows: Sequence[tuple[str, int, int]]) -> str:
    """A square a problem, filled by the share solved, crossed out for none, named under the pointer."""
    if not rows:
        return ""
    parts = []
    for number, (name, solved, samples) in enumerate(rows):
        x, y = number % ACROSS * SIDE, number // ACROSS * SIDE
        share = solved / samples if samples else 0.0
        parts.append(f"<g><title>{escape(name)}: {solved} of {samples}</title>")
        parts.append(_rect(x, y, SIDE - 2, SIDE - 2, GREY))
        height = (SIDE - 2) * share
        parts.append(_rect(x, y + SIDE - 2 - height, SIDE - 2, height, BLUE) if share else _cross(x, y))
        parts.append("</g>")
    return _svg(ACROSS * SIDE, (len(rows) + ACROSS - 1) // ACROSS * SIDE, "".join(parts))


def _label(name: str, y: float) -> str:
    short = name if len(name) <= 26 else f"{name[:25]}…"
    return f'<text x="{LABEL - 8}" y="{y + 16}" text-anchor="end">{escape(short)}</text>'


def _rect(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" fill="{colour}"/>'


def _cross(x: float, y: float) -> str:
    a, b = 3, SIDE - 5
    path = f"M{x + a} {y + a}L{x + b} {y + b}M{x + a} {y + b}L{x + b} {y + a}"
    return f'<path d="{path}" stroke="{RED}" stroke-width="2.5"/>'


def _svg(width: float, height: float, inner: str) -> str:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{inner}</svg>'
