"""What an evaluation prints: a line for each result, or one that moves; then the tables."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from engine.evaluation import tables
from engine.evaluation.evaluate import Evaluation
from engine.evaluation.metrics_json import metrics_json
from engine.evaluation.runner import Step
from engine.evaluation.setup import Prepared
from engine.evaluation.showing import EXISTENCE
from engine.evaluation.store import line_of
from engine.evaluation.unit import ALONE
from sandbox.contract import Verdict
from tui.headless import say
from tui.neutral import neutral_line
from tui.words import clock

WIDTH = 30
REMEDY = "name some with --shown FILE or in a folder shown/, or let it see the judge's with --oracle"


class EvalLines:
    """Prints in words, or with `--json` the result lines and at the end one object with all figures."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._json = options.json
        self._moving = sys.stderr.isatty() and not options.json and not options.plain

    def begin(self, prepared: Prepared, folder: Path) -> None:
        """What is to be done, and where it is kept."""
        if self._json:
            return
        plan = prepared.plan
        say(neutral_line(f"{plan.benchmark}: {len(plan.unit_keys())} samples by {tables.who(plan)}"))
        say(neutral_line(f"tests the loop sees: {tables.seen(plan)}"))
        bare = sum(problem.shown_from == EXISTENCE and bool(problem.files) for problem in prepared.problems)
        if bare and plan.brief.provider not in ALONE:
            say(f"warning: the loop sees no test that {bare} of the codes as given could fail: {REMEDY}")
        if prepared.left_out:
            some = ", ".join(prepared.left_out[:3]) + (", …" if len(prepared.left_out) > 3 else "")
            say(
                neutral_line(f"left out, for there is no answer on record: {len(prepared.left_out)} ({some})")
            )
        say(f"results in {folder}")

    def step(self, step: Step) -> None:
        """One more result."""
        if self._json:
            say(line_of(step.result).decode().rstrip("\n"))
            return
        result = step.result
        about = f"{step.done}/{step.total}, {step.solved} solved, {clock(step.left)} left"
        if self._moving:
            sys.stderr.write(f"\r\033[K{neutral_line(f'{about}: {result.task_id} {result.verdict}')}")
            sys.stderr.flush()
            return
        sample = f" sample {result.sample + 1}" if result.sample else ""
        word = "solved" if result.solved else result.verdict
        why = f": {result.message}" if result.verdict == Verdict.INFRASTRUCTURE else ""
        made = sum(shot.attempt != "0" for shot in result.shots)
        tried = f"{made} attempt" + ("" if made == 1 else "s")
        seconds = result.measured.seconds
        say(neutral_line(f"{result.task_id}{sample} {word}{why}, {tried}, {seconds:.2f} s ({about})"))

    def leave(self) -> None:
        """Take the moving line away."""
        if self._moving:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()

    def interrupted(self, folder: Path) -> None:
        """How to go on."""
        sys.stderr.write(f"interrupted; the same command with --out {folder} --resume goes on\n")

    def end(self, done: Evaluation) -> None:
        """The tables."""
        self.leave()
        if self._json:
            say(json.dumps({"event": "evaluation_ended", **metrics_json(done)}))
            return
        plan, metrics = done.plan, done.metrics
        _table(tables.headline(plan, metrics))
        for title, rows in (
            ("round by round", tables.rounds(metrics)),
            ("what it took", [*tables.spent(metrics), *tables.times(metrics)]),
            ("fixability foretold", tables.forecasts(metrics)),
            ("why answers are not right", tables.failures(metrics)),
        ):
            if some := list(rows):
                say(f"{tables.titled(plan, title)}:")
                _table(some)
        say(f"results in {done.folder}")


def _table(rows: Iterable[tables.Row]) -> None:
    for name, value in rows:
        say(neutral_line(f"  {name:{WIDTH}}  {value}"))
    say("")
