"""`coder-tui import-samples`: judge completions that others generated."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.evaluation.samples import prepare_samples, sample_units
from engine.evaluation.setup import Wanted
from tui.cluster_options import cluster_of
from tui.commands.eval import ks_of, selection_of
from tui.evaluating import carry_out
from tui.options import configuration


def run(options: argparse.Namespace) -> int:
    """Judge every sample of the file by the benchmark's tests."""
    cluster_of(options)  # what is wrong with it is told before anything is read or fetched
    config = configuration(options)
    wanted = Wanted(
        benchmark=options.benchmark,
        data=Path(options.data).expanduser() if options.data else None,
        selection=selection_of(options),
        model=options.model,
        ks=ks_of(options.k),
    )
    prepared, samples = prepare_samples(wanted, Path(options.file), config)
    return carry_out(prepared, lambda plan: sample_units(plan, prepared.problems, samples), options, config)
