"""One line on stderr: what is wrong, and what mends it."""

from __future__ import annotations

import sys


def complain(message: str, remedy: str = "") -> None:
    """Say what is wrong and what mends it, on one line of stderr."""
    from tui.neutral import neutral

    line = f"coder-tui: {message}" + (f" — {remedy}" if remedy else "")
    print(neutral(" ".join(line.split())), file=sys.stderr)
