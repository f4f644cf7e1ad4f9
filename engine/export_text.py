"""Text from outside made harmless and short enough for a document."""

from __future__ import annotations

import unicodedata

LONGEST = 100_000
"""Characters of one piece of text; of more, the middle is left out."""


class _Visible(dict[int, int | str]):
    """For `str.translate`: control and format characters as something that can be seen."""

    def __missing__(self, code: int) -> int | str:
        shown: int | str = code
        if chr(code) not in "\n\t" and unicodedata.category(chr(code)) in ("Cc", "Cf", "Cs"):
            shown = 0x2400 + code if code < 0x20 else f"\\u{code:04x}"
        self[code] = shown
        return shown


class Clean:
    """Makes text harmless: no control characters, no direction marks, nothing that cannot be encoded."""

    def __init__(self) -> None:
        self._table = _Visible()

    def __call__(self, text: str) -> str:
        """The text, without its middle when it is very long."""
        if len(text) > LONGEST:
            half = LONGEST // 2
            text = f"{text[:half]}\n… {len(text) - 2 * half:,} characters left out …\n{text[-half:]}"
        return text.replace("\r\n", "\n").translate(self._table)
