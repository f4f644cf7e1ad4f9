"""`coder-tui eval`: a benchmark through the loop, judged by its own tests."""

from __future__ import annotations

import argparse
from pathlib import Path

from engine.errors import UsageError
from engine.evaluation.evaluate import Evaluation, evaluate
from engine.evaluation.folders import choose_folder
from engine.evaluation.local import LocalCrew
from engine.evaluation.plan import Plan, units_of
from engine.evaluation.selection import Selection
from engine.evaluation.setup import Wanted, prepare
from engine.evaluation.unit import Crew
from engine.places import Places
from tui.eval_lines import EvalLines
from tui.interrupt import run_interruptible
from tui.options import configuration


def run(options: argparse.Namespace) -> int:
    """Evaluate, and print what came of it."""
    config = configuration(options)
    prepared = prepare(wanted_of(options), config)
    folder = choose_folder(options.out, prepared.plan, Places.of(config).state, resume=options.resume)
    lines = EvalLines(options)
    lines.begin(prepared, folder)

    def crew(plan: Plan) -> Crew:
        return LocalCrew(plan.brief, config, jobs=options.jobs, calls=options.calls)

    async def main() -> int:
        units = lambda plan: units_of(plan, prepared.problems, prepared.recording)  # noqa: E731
        done = await evaluate(prepared.plan, units, crew, folder, lines.step, resume=options.resume)
        lines.end(done)
        return status_of(done)

    return run_interruptible(main())


def status_of(done: Evaluation) -> int:
    """0 when every unit has a verdict, whatever it is; 3 when a fault of ours kept one from it."""
    return 3 if done.metrics.infrastructure else 0


def wanted_of(options: argparse.Namespace) -> Wanted:
    """What the options ask for. Raises UsageError."""
    _check(options)
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
    )


def selection_of(options: argparse.Namespace) -> Selection:
    """Which problems. Raises UsageError."""
    for name in ("limit", "sample"):
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


def _check(options: argparse.Namespace) -> None:
    if options.jobs < 0:
        raise UsageError("--jobs must not be negative", "0 takes as many sandboxes as there is room for")
    if options.calls < 1:
        raise UsageError("--calls must be at least 1")
