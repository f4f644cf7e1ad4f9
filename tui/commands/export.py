"""`coder-tui export RUN`: a run's events as JSON lines, to keep or to send."""

from __future__ import annotations

import argparse

from tui.commands import show


def run(options: argparse.Namespace) -> int:
    """Print every event as one JSON object a line."""
    options.json = True
    return show.run(options)
