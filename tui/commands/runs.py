"""`coder-tui runs`: the journal's runs, newest first."""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import asdict

from engine.journal import Journal
from engine.places import Places
from tui.headless import say
from tui.neutral import neutral
from tui.options import configuration


def run(options: argparse.Namespace) -> int:
    """List runs as a table, or one JSON object a line."""
    journal = Journal(Places.of(configuration(options)).journal)
    try:
        summaries = journal.runs(options.limit)
    finally:
        journal.close()
    for summary in summaries:
        if options.json:
            say(json.dumps(asdict(summary), default=str))
            continue
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(summary.started))
        verdict = summary.verdict or "not over"
        maker = " ".join(filter(None, (summary.provider, summary.model)))
        attempts = f"{summary.attempts:>3} attempt{'s' if summary.attempts != 1 else ' '}"
        columns = (summary.id, when, f"{verdict:<14}", attempts, f"{maker:<24}")
        say(neutral("  ".join((*columns, summary.file))))
    if not summaries and not options.json:
        say("no runs yet: start one with `coder-tui fix FILE --tests TESTS`")
    return 0
