"""`coder-tui` and `coder-tui tui`: the screen; without a terminal the same run, line by line."""

from __future__ import annotations

import argparse
from contextlib import suppress
from pathlib import Path

from engine.config import Config
from engine.errors import CoderTuiError, UsageError
from engine.examples import FIRST, example_task
from engine.journal import Journal
from engine.model import Task
from engine.places import Places
from tui.interrupt import run_interruptible
from tui.open_screens import cut_off, note_left, note_open
from tui.options import configuration, configuration_with_origins, wants_menu, wants_screen


def run(options: argparse.Namespace) -> int:
    """Open the named run, one whose screen was cut off, the last that is not over, or the shipped example."""
    if wants_screen(options):
        return open_screen(options)
    config = configuration(options)
    places = Places.of(config)
    if wants_menu(options) and (run_id := "" if options.example else _run_to_open(options.run_id, places)):
        return run_interruptible(_menu(run_id, config))
    if options.run_id:
        _run_to_open(options.run_id, places)
        raise UsageError("there is no terminal to open a screen on", f"coder-tui show {options.run_id}")
    task = _example(options.example, config, places)
    return run_interruptible(_headless(task, config, options))


def open_screen(options: argparse.Namespace) -> int:
    """Open what `coder-tui tui` would, on whatever draws it: this terminal, or a browser."""
    config = configuration(options)
    places = Places.of(config)
    run_id = "" if options.example else _run_to_open(options.run_id, places)
    if run_id:
        return show_run(run_id, options, config, autostart=False)
    return show_task(_example(options.example, config, places), options, config, autostart=False)


def show_task(task: Task, options: argparse.Namespace, config: Config, autostart: bool = True) -> int:
    """Open the screen on a new run of `task`."""
    return run_screen(config, task=task, options=options, run_id="", autostart=autostart)


def show_run(run_id: str, options: argparse.Namespace, config: Config, autostart: bool) -> int:
    """Open the screen on a run of the journal. Raises UsageError when there is none of that id."""
    return run_screen(config, task=None, options=options, run_id=run_id, autostart=autostart)


def run_screen(
    config: Config,
    *,
    task: Task | None,
    options: argparse.Namespace,
    run_id: str,
    autostart: bool,
) -> int:
    """Run the screen to its end; 0, or the run's status when it was started by a command."""
    return run_interruptible(_screen(config, task, options, run_id, autostart))


async def _screen(
    config: Config, task: Task | None, options: argparse.Namespace, run_id: str, autostart: bool
) -> int:
    from engine.config_watch import files_of
    from engine.session import Session
    from tui.app import CoderTui
    from tui.configured import Source
    from tui.headless import status_of

    named_file = Path(options.config) if options.config else None
    source = Source(lambda: configuration_with_origins(options), files_of(named_file))

    async with Session(config) as session:
        if task is not None:
            named = {name: getattr(options, name, "") for name in ("provider", "model", "recording")}
            run_id = await session.prepare(task, **named)
        else:
            run_id = session.journal.resolve(run_id)
        following: str | None = run_id
        while following is not None:
            run_id = following
            folder = session.places.state / run_id
            app = CoderTui(
                session,
                run_id,
                autostart=autostart,
                folder=folder,
                source=source,
            )
            note_open(folder)
            following = await app.run_async()
            if app.return_code == 0:  # left by the reader; anything else has cut it off
                note_left(folder)
            autostart = autostart and following is None  # it was the command's run that was to begin
        history = session.history(run_id)
        return status_of(history) if autostart and history.ended else 0


async def _headless(task: Task, config: Config, options: argparse.Namespace) -> int:
    from engine.session import Session
    from tui.headless import start_and_follow

    async with Session(config) as session:
        return await start_and_follow(session, task, as_json=options.json, menu=wants_menu(options))


async def _menu(run_id: str, config: Config) -> int:
    from engine.session import Session
    from tui.commands.show import told
    from tui.headless import say, steer

    async with Session(config) as session:
        for line in told(session.events_of(run_id)):
            say(line)
        return await steer(session, run_id)


def _run_to_open(named: str, places: Places) -> str:
    journal = Journal(places.journal)
    try:
        if named:
            return journal.resolve(named)
        with suppress(CoderTuiError):
            if last_read := cut_off(places.state):
                return journal.resolve(last_read)
        last = next(iter(journal.runs(1)), None)
        return last.id if last and last.verdict is None else ""
    finally:
        journal.close()


def _example(name: str, config: Config, places: Places) -> Task:
    return example_task(name or FIRST, places.state / "examples", config.limits.to_limits())
