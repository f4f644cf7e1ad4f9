"""`coder-tui fix`: repair a file until its tests pass."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.config import Config
from engine.model import Task
from engine.task_files import load_task
from tui.interrupt import run_interruptible
from tui.options import configuration, described, needs_tests, wants_menu, wants_screen, with_requirements


def run(options: argparse.Namespace) -> int:
    """Fix on the screen where there is a terminal, line by line where there is none."""
    config = configuration(options)
    task = load_task(
        Path(options.file),
        needs_tests(options),
        function=options.function,
        description=described(options.describe),
        limits=config.limits.to_limits(),
    )
    return work_on(with_requirements(task, options), options, config)


def work_on(task: Task, options: argparse.Namespace, config: Config) -> int:
    """Run a task with the provider, model and recording that the options name."""
    if options.pull:
        from tui.commands.pulling import pull_missing

        if status := run_interruptible(pull_missing(config, options)):
            return status
    if wants_screen(options) and not options.write:
        from tui.commands.screen import show_task

        return show_task(task, options, config)
    return run_interruptible(_headless(task, options, config))


async def _headless(task: Task, options: argparse.Namespace, config: Config) -> int:
    from engine.session import Session
    from tui.headless import start_and_follow

    async with Session(config) as session:
        return await start_and_follow(
            session,
            task,
            provider=options.provider,
            model=options.model,
            recording=options.recording,
            as_json=options.json,
            write=options.write,
            menu=wants_menu(options),
        )
