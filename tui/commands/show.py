"""`coder-tui show RUN`: what happened, line by line, and the best diff."""

from __future__ import annotations

import argparse

from engine.events import to_json
from engine.history import History, advance
from engine.journal import Journal
from engine.places import Places
from tui.headless import say
from tui.options import configuration
from tui.plain import PlainLines, best_diff


def run(options: argparse.Namespace) -> int:
    """Print a run from the journal; raises UsageError when there is none of that id."""
    journal = Journal(Places.of(configuration(options)).journal)
    try:
        events = [event for _, event in journal.read(journal.resolve(options.run_id))]
    finally:
        journal.close()
    plain, history = PlainLines(), History()
    for event in events:
        history = advance(history, event)
        if options.json:
            say(to_json(event))
            continue
        for line in plain.lines(event, history):
            say(line)
    if not options.json:
        for line in best_diff(history):
            say(line)
    return 0
