"""`coder-tui evals`: the evaluations made here, and how they went up and down."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from engine.errors import UsageError
from engine.evaluation.trends import Trend, recall
from engine.places import Places
from tui.headless import say
from tui.neutral import neutral_line
from tui.options import configuration
from tui.trend_lines import trend_lines


def run(options: argparse.Namespace) -> int:
    """List them, the newest last."""
    if options.limit < 1:
        raise UsageError("--limit must be at least 1")
    rows: list[Trend] = recall(Places.of(configuration(options)).state, options.benchmark, options.limit)
    if options.json:
        for row in rows:
            say(json.dumps(asdict(row)))
        return 0
    if not rows:
        say("no evaluation was made here; `coder-tui eval` makes one")
    for line in trend_lines(rows):
        say(neutral_line(line))
    return 0
