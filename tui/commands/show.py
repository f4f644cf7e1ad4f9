"""`coder-tui show RUN`: what happened, line by line, and the best diff."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator

from engine.events import Event, to_json
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
    for line in map(to_json, events) if options.json else told(events):
        say(line)
    return 0


def told(events: Iterable[Event]) -> Iterator[str]:
    """A run as plain lines: what happened, then the best diff."""
    plain, history = PlainLines(), History()
    for event in events:
        history = advance(history, event)
        yield from plain.lines(event, history)
    yield from best_diff(history)
