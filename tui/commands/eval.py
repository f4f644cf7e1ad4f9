"""`coder-tui eval`: a benchmark through the loop, judged by its own tests."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.errors import UsageError
from engine.evaluation.plan import units_of
from engine.evaluation.selection import Selection
from engine.evaluation.setup import Wanted, prepare
from tui.cluster_options import cluster_of
from tui.evaluating import carry_out
from tui.options import configuration


def run(options: argparse.Namespace) -> int:
    """Evaluate, and print what came of it."""
    cluster_of(options)  # what is wrong with it is told before anything is read or fetched
    config = configuration(options)
    prepared = prepare(wanted_of(options), config)
    return carry_out(
        prepared, lambda plan: units_of(plan, prepared.problems, prepared.recording), options, config
    )


def wanted_of(options: argparse.Namespace) -> Wanted:
    """What the options ask for. Raises UsageError."""
    if options.calls < 1:
        raise UsageError("--calls must be at least 1")
    return Wanted(
        benchmark=options.benchmark,
        data=Path(options.data).expanduser() if options.data else None,
        selection=selection_of(options),
        provider=options.provider,
        model=options.model,
        recording=Path(options.recording) if options.recording else None,
        samples=options.samples,
        ks=ks_of(options.k),
        pick=options.pick,
        shown=options.shown,
        oracle=options.oracle,
        attempts=options.attempts is not None,
        seconds=options.seconds is not None,
    )


def selection_of(options: argparse.Namespace) -> Selection:
    """Which problems. Raises UsageError."""
    for name in ("limit", "sample", "jobs"):
        if getattr(options, name) < 0:
            raise UsageError(f"--{name} must not be negative", "0 is all")
    ids = tuple(part.strip() for part in options.ids.split(",") if part.strip())
    return Selection(ids, options.sample, options.sample_seed, options.limit)


def ks_of(text: str) -> tuple[int, ...]:
    """The k of -k in ascending order. Raises UsageError."""
    try:
        return tuple(sorted({int(part) for part in text.split(",") if part.strip()}))
    except ValueError:
        raise UsageError(f"-k {text}: not a list of numbers", "as in -k 1,3") from None
