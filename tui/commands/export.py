"""`coder-tui export RUN`: a run as JSON lines, as Markdown or as one HTML page, to keep or to send."""

from __future__ import annotations

import argparse

from engine.history import rebuild
from engine.journal import Journal
from engine.places import Places
from tui.commands import show
from tui.headless import say
from tui.options import configuration


def run(options: argparse.Namespace) -> int:
    """Print the run on standard output; raises UsageError when there is none of that id."""
    if options.format == "jsonl" or options.json:
        options.json = True
        return show.run(options)
    from engine.export_pages import to_html, to_markdown

    journal = Journal(Places.of(configuration(options)).journal)
    try:
        history = rebuild(event for _, event in journal.read(journal.resolve(options.run_id)))
    finally:
        journal.close()
    say((to_html if options.format == "html" else to_markdown)(history).rstrip())
    return 0
