"""Text from outside made harmless: it can be read, and cannot steer the terminal.

Candidate code, its output and a model's answer may hold escape sequences that move the cursor,
change the title, write the clipboard or answer queries, and direction marks that make code read
differently from what it does. Colours are dropped, everything else is shown for what it is.
"""

from __future__ import annotations

import re

MAX_LINE = 4000
TAB = 8

_COLOUR = re.compile(r"\x1b\[[0-9;:]*m")
# C0 (but tab and newline), DEL and C1, format characters (direction marks, zero widths, tags), separators
# that some terminals and `splitlines` take for line ends, and surrogates, which cannot be encoded.
_HARMFUL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)


def _visible(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)  # the control picture: ESC reads ␛
    if code == 0x7F:
        return "␡"
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def neutral(text: str) -> str:
    """The text with every control, escape and format character made visible; newlines and tabs are kept."""
    return _HARMFUL.sub(_visible, _COLOUR.sub("", text.replace("\r\n", "\n")))


def neutral_line(text: str, limit: int = MAX_LINE) -> str:
    """One line of harmless text: newlines as ␊, tabs as spaces, at most `limit` characters and a note."""
    cut = text[: limit * 2]  # what is never shown need not be cleaned
    clean = neutral(cut).replace("\n", "␊").expandtabs(TAB)
    left_out = len(text) - len(cut) + max(0, len(clean) - limit)
    return f"{clean[:limit]} … {left_out:,} more characters" if left_out else clean


def split_lines(text: str) -> list[str]:
    """The lines of a text as they are; no text gives none."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[-1] == "":
        lines.pop()
    return lines


def neutral_lines(text: str) -> list[str]:
    """The lines of a text, each harmless and of bounded length; no text gives no lines."""
    return [neutral_line(line) for line in split_lines(text)]
