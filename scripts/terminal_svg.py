"""Frames of a terminal as one animated SVG: every line is drawn once for each of the times it was shown."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from rich.color import Color
from rich.style import Style
from rich.terminal_theme import DIMMED_MONOKAI
from rich.text import Text

CELL, LINE, BASELINE, EDGE = 8.4, 18, 14, 10
FONT = "ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace"
GROUND, INK = "#121212", "#e0e0e0"


@dataclass(frozen=True, slots=True)
class Frame:
    """What a terminal showed from `at` (seconds) on; `caption` is what is said under it."""

    at: float
    lines: Sequence[str]
    caption: str


Window = tuple[float, float]


def animated(frames: Sequence[Frame], seconds: float, width: int, height: int, title: str) -> str:
    """The SVG of frames that are shown again and again, `seconds` each time; `lines` hold ANSI colours.

    Where less motion is wanted it stands still on the last frame.
    """
    shown: dict[Window, list[str]] = defaultdict(list)
    styles: dict[str, str] = {}
    for y, column in enumerate(zip(*(f.lines for f in frames), strict=True)):
        for window, text in _windows(column, frames, seconds):
            shown[window] += _drawn(text, y, styles)
    for window, text in _windows([f.caption for f in frames], frames, seconds):
        shown[window].append(_text(text, 0, height + 0.6, "c"))
    body, rules = [], []
    for number, ((start, end), parts) in enumerate(sorted(shown.items())):
        if (start, end) == (0.0, seconds):
            body.append(f"<g>{''.join(parts)}</g>")
            continue
        last = ' class="l"' if end == seconds else ""
        body.append(f'<g id="w{number}"{last}>{"".join(parts)}</g>')
        rules.append(_rule(number, start / seconds * 100, end / seconds * 100, seconds))
    wide, high = round(width * CELL + 2 * EDGE), round((height + 1.6) * LINE + 2 * EDGE)
    classes = "".join(f".{name}{{{style}}}" for style, name in styles.items())
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" role="img">'
        f"<title>{escape(title)}</title><style>"
        f"text{{font:14px {FONT};fill:{INK};white-space:pre}}"
        f".c{{fill:#ffb000;font-weight:bold}}{classes}g[id]{{visibility:hidden}}g.l{{visibility:visible}}"
        f"@media (prefers-reduced-motion:no-preference){{{''.join(rules)}}}</style>"
        f'<rect width="{wide}" height="{high}" rx="6" fill="{GROUND}"/>'
        f'<g transform="translate({EDGE} {EDGE})">{"".join(body)}</g></svg>\n'
    )


def _windows(column: Iterable[str], frames: Sequence[Frame], seconds: float) -> Iterable[tuple[Window, str]]:
    """The times for which a line stayed the same."""
    start, now = 0.0, None
    for text, frame in zip(column, frames, strict=True):
        if text != now:
            if now is not None and frame.at > start:
                yield (start, frame.at), now
            start, now = frame.at if now is not None else 0.0, text
    if now is not None:
        yield (start, seconds), now


def _rule(number: int, start: float, end: float, seconds: float) -> str:
    steps = [(0.0, start == 0), (start, True), (end, False)]
    keys = "".join(
        f"{percent:.2f}%{{visibility:{'visible' if on else 'hidden'}}}" for percent, on in dict(steps).items()
    )
    return f"@keyframes k{number}{{{keys}}}#w{number}{{animation:k{number} {seconds:.1f}s step-end infinite}}"


def _drawn(line: str, y: int, styles: dict[str, str]) -> list[str]:
    text = Text.from_ansi(line)
    text.expand_tabs(1)
    parts, x = [], 0
    for segment in text.render(_CONSOLE):
        if segment.text in ("", "\n"):
            continue
        ink, ground, more = _look(segment.style or Style.null())
        cells = segment.cell_length
        if ground:
            parts.append(
                f'<rect x="{x * CELL:.1f}" y="{y * LINE}" width="{cells * CELL:.1f}" height="{LINE}"'
                f' fill="{ground}"/>'
            )
        if segment.text.strip():
            look = (f"fill:{ink};" if ink != INK else "") + more
            name = styles.setdefault(look, f"s{len(styles)}") if look else ""
            left = len(segment.text) - len(segment.text.lstrip())
            parts.append(_text(segment.text.strip(), x + left, y, name))
        x += cells
    return parts


def _text(text: str, x: float, y: float, name: str) -> str:
    look = f' class="{name}"' if name else ""
    size = f' textLength="{Text(text).cell_len * CELL:.1f}" lengthAdjust="spacingAndGlyphs"'
    return f'<text x="{x * CELL:.1f}" y="{y * LINE + BASELINE:.0f}"{size}{look}>{escape(text)}</text>'


def _look(style: Style) -> tuple[str, str, str]:
    """Ink, ground ("" for the usual one), and what else CSS has to say."""
    ink, ground = _hex(style.color, INK), _hex(style.bgcolor, "")
    if style.reverse:
        ink, ground = ground or GROUND, ink
    more = "font-weight:bold;" if style.bold else ""
    return ink, "" if ground == GROUND else ground, more + ("opacity:.6;" if style.dim else "")


def _hex(color: Color | None, usual: str) -> str:
    if color is None or color.is_default:
        return usual
    return color.get_truecolor(DIMMED_MONOKAI).hex


def _console() -> object:
    from rich.console import Console

    return Console(force_terminal=True, color_system="truecolor", width=1000)


_CONSOLE = _console()
