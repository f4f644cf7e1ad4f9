"""Carries an evaluation out for a command and prints what comes of it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable

from engine.config import Config
from engine.evaluation.evaluate import Evaluation, evaluate
from engine.evaluation.folders import choose_folder
from engine.evaluation.local import LocalCrew
from engine.evaluation.plan import Plan
from engine.evaluation.reports import keep_trend
from engine.evaluation.setup import Prepared
from engine.evaluation.unit import Crew, Unit
from engine.places import Places
from tui.cluster_options import cluster_of, crew_at
from tui.eval_lines import EvalLines
from tui.interrupt import run_interruptible

Units = Callable[[Plan], Iterable[Unit]]


def carry_out(prepared: Prepared, units: Units, options: argparse.Namespace, config: Config) -> int:
    """Evaluate to the end, or until interrupted, and return the exit status."""
    cluster = cluster_of(options)
    folder = choose_folder(options.out, prepared.plan, Places.of(config).state, resume=options.resume)
    lines = EvalLines(options)
    lines.begin(prepared, folder)

    def crew(plan: Plan) -> Crew:
        if cluster is not None:
            return crew_at(cluster, plan.brief, config, options)
        return LocalCrew(plan.brief, config, jobs=options.jobs, calls=getattr(options, "calls", 1))

    async def main() -> int:
        done = await evaluate(prepared.plan, units, crew, folder, lines.step, resume=options.resume)
        keep_trend(done.plan, done.metrics, folder, Places.of(config).state)
        lines.end(done)
        return status_of(done)

    try:
        status = run_interruptible(main())
    finally:
        lines.leave()
    if status == 130:
        lines.interrupted(folder)
    return status


def status_of(done: Evaluation) -> int:
    """0 when every unit has a verdict, whatever it is; 3 when a fault of ours kept one from it."""
    return 3 if done.metrics.infrastructure else 0
