"""Folding of one line of text at a width counted in terminal cells."""

from __future__ import annotations

from textwrap import TextWrapper

from rich.cells import cell_len, chop_cells


def wrap(text: str, width: int) -> list[str]:
    """The text in rows of at most `width` cells, at spaces where possible; indentation is kept."""
    if cell_len(text) <= width:
        return [text]
    margin = min(len(text) - len(text.lstrip(" ")), width // 2)
    folder = TextWrapper(
        width=width,
        subsequent_indent=" " * margin,
        replace_whitespace=False,
        break_on_hyphens=False,
        drop_whitespace=True,
    )
    rows = folder.wrap(text) if width > margin else [text]
    return [piece for row in rows for piece in (chop_cells(row, width) if cell_len(row) > width else [row])]
