"""`coder-tui setup`: bring this machine to Docker with gVisor; says what it will do and asks first."""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys

from rich.cells import set_cell_size

from engine.errors import UsageError
from sandbox.large_pages import KNOB
from sandbox.setup import perform, plan
from tui.headless import say
from tui.neutral import neutral_line
from tui.options import configuration

SELDOM = 10
"""Seconds between two lines where there is no terminal."""


def run(options: argparse.Namespace) -> int:
    """Do what is missing, step by step, after consent. Raises SandboxError when a step fails."""
    settings = configuration(options).sandbox
    pages = None if options.no_large_pages else KNOB
    steps = asyncio.run(plan(settings.docker_host, settings.image, pages))
    if not steps:
        say("nothing to do: Docker with gVisor and the image are there (see `coder-tui doctor`)")
        return 0
    for number, step in enumerate(steps, 1):
        say(f"{number}. {step.description}")
        say(f"   {step.line}")
    if options.dry_run:
        return 0
    if not options.yes and not _consent():
        say("nothing was done")
        return 1
    for number, step in enumerate(steps, 1):
        say(f"doing {number} of {len(steps)}: {step.description}")
        perform(step, _tell)
        if sys.stderr.isatty():
            print(
                f"\r{' ' * (shutil.get_terminal_size().columns - 1)}\r", end="", file=sys.stderr, flush=True
            )
    say("done; `coder-tui doctor` shows what holds")
    return 0


def _tell(seconds: float, said: str) -> None:
    """On a terminal one line that changes; elsewhere a line now and then, so that a log shows life."""
    line = neutral_line(f"  {int(seconds)} s  {said}")
    if sys.stderr.isatty():
        _on_one_line(line)
    elif int(seconds) % SELDOM == 0:
        print(line, file=sys.stderr, flush=True)


def _on_one_line(text: str) -> None:
    print(
        f"\r{set_cell_size(text, shutil.get_terminal_size().columns - 1)}",
        end="",
        file=sys.stderr,
        flush=True,
    )


def _consent() -> bool:
    if not sys.stdin.isatty():
        raise UsageError("setup changes this machine and there is no terminal to ask on", "add --yes")
    return input("Go on? [y/N] ").strip().lower() in ("y", "yes")
