"""`coder-tui new`: write code from a description until its tests pass."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.task_files import new_task
from tui.commands.fix import work_on
from tui.options import configuration, described, needs_tests, wants_menu, wants_screen, with_requirements


def run(options: argparse.Namespace) -> int:
    """Write the file named by --out once the tests pass."""
    config = configuration(options)
    task = new_task(
        described(options.describe),
        needs_tests(options),
        Path(options.out),
        function=options.function,
        limits=config.limits.to_limits(),
    )
    options.write = not wants_screen(options) and not wants_menu(options)
    return work_on(with_requirements(task, options), options, config)
