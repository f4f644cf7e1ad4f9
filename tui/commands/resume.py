"""`coder-tui resume RUN`: go on with a run that was stopped or cut off."""

from __future__ import annotations

import argparse

from engine.config import Config
from tui.interrupt import run_interruptible
from tui.options import configuration, wants_menu, wants_screen


def run(options: argparse.Namespace) -> int:
    """Go on where the journal ends; raises UsageError for an unknown run."""
    config = configuration(options)
    if wants_screen(options):
        from tui.commands.screen import show_run

        return show_run(options.run_id, options, config, autostart=True)
    return run_interruptible(_headless(options, config))


async def _headless(options: argparse.Namespace, config: Config) -> int:
    from engine.session import Session
    from tui.headless import follow

    async with Session(config) as session:
        run_id = session.journal.resolve(options.run_id)
        return await follow(session, run_id, as_json=options.json, menu=wants_menu(options))
