"""Comments by which users allow a rule in their own code: `# coder-tui: allow G301`."""

from __future__ import annotations

import re

_COMMENT = re.compile(r"#\s*coder-tui:\s*allow\s+(G\d{3}(?:\s*,\s*G\d{3})*)", re.I)


def allowed_lines(source: str | bytes) -> frozenset[tuple[str, str]]:
    """Rules allowed and the text of the line that allows each, comment left out.

    By its text and not its number, for the line has moved in a candidate. Only ever ask this of code
    that the user gave: a candidate must gain nothing by such a comment.
    """
    text = source if isinstance(source, str) else source.decode(errors="replace")
    found: set[tuple[str, str]] = set()
    for line in split_lines(text) if "coder-tui:" in text else ():
        comment = _COMMENT.search(line)
        if comment:
            found.update((rule.strip().upper(), line_text(line)) for rule in comment[1].split(","))
    return frozenset(found)


def split_lines(text: str) -> list[str]:
    """The lines as Python counts them."""
    return re.split(r"\r\n|\r|\n", text)


def line_text(line: str) -> str:
    """What identifies a line: its text without the allowance and outer space."""
    comment = _COMMENT.search(line)
    return (line[: comment.start()] if comment else line).strip()
