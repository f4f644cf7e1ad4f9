"""`--pull`: fetch a missing model before the run, telling how far it is."""

from __future__ import annotations

import argparse
import sys
import time

from engine.config import Config
from engine.errors import ModelMissing
from engine.starting import chosen_chain
from engine.workshop import Workshop
from tui.neutral import neutral

PERIOD = 2.0  # seconds between two lines


async def pull_missing(config: Config, options: argparse.Namespace) -> int:
    """Pull the models that Ollama is asked for and does not have; 0. Raises UsageError, ProviderError."""
    workshop = Workshop.of(config)
    try:
        await _pull_all(workshop, config, options)
    finally:
        await workshop.close()
    return 0


async def _pull_all(workshop: Workshop, config: Config, options: argparse.Namespace) -> None:
    for number, name in enumerate(chosen_chain(config, options.provider)):
        model = options.model if number == 0 else ""
        if name != "ollama":
            continue
        try:
            await workshop.provider(name, model).check()
        except ModelMissing:
            await _pull(workshop, name, model)


async def _pull(workshop: Workshop, name: str, model: str) -> None:
    shown, last = 0.0, ""
    async for step in workshop.pull(name, model):
        percent = f" {100 * step.done // step.total} %" if step.total else ""
        if step.what != last or time.monotonic() - shown >= PERIOD:
            shown, last = time.monotonic(), step.what
            print(neutral(f"{step.what}{percent}"), file=sys.stderr, flush=True)
