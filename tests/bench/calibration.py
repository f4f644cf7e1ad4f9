"""How well a diagnosis foretells that its code will be fixed, by a recorded run's real attempts.

    python tests/bench/calibration.py [--shared DIR] [--limit N] [--out FILE.jsonl | --from FILE.jsonl]

Two kinds of attempts, each executed for real. Answers of a recorded model (CodeLlama-34B on HumanEval) that
fail the tests that it was shown: fixed, when a later answer passes them; a program that was seen before
counts once. And code as it was given, with one bug in it (HumanEvalFix and QuixBugs, even halves): fixed,
when the run, without a model, ends in a sealed pass.
"""

from __future__ import annotations

import argparse
import asyncio
import gzip
import json
import math
import sys
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.config import load
from engine.evaluation.calibration import Calibration, calibrate, plot
from engine.fixability import MOST_TRIES
from engine.model import Attempt, Task
from engine.providers.replay import read_recording
from engine.session import Session
from sandbox.contract import Verdict
from tests.bench.repair import humanevalfix, quixbugs
from tests.bench.replay import RECORDING, make_task

PULL, RATE = 0.5, 0.01


@dataclass(frozen=True)
class Case:
    """One failed candidate: what its diagnosis said, and whether a later one passed (or the very next)."""

    task: str
    number: int
    kind: str
    verdict: str
    passed: int
    total: int
    located: bool
    given: bool
    fixability: float
    fixed: bool
    fixed_next: bool


def main() -> None:
    """Collect the cases, or read them, and print what the forecasts are worth."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[3] / "shared")
    parser.add_argument("--limit", type=int, default=0, help="only the first N problems")
    parser.add_argument("--out", type=Path, help="keep the cases in this file")
    parser.add_argument("--from", type=Path, dest="kept", help="read them from it instead")
    options = parser.parse_args()
    if options.kept:
        cases = [Case(**json.loads(line)) for line in options.kept.read_text().splitlines()]
    else:
        cases = asyncio.run(collect(options.shared, options.limit))
    if options.out:
        options.out.write_text("".join(json.dumps(asdict(case)) + "\n" for case in cases))
    known = dict(zip(sorted(cases, key=lambda case: case.task), left_out(cases), strict=True))
    made, given = ([c for c in cases if c.given is kind] for kind in (False, True))
    for what, chosen in (("all", cases), ("a model's answers", made), ("code as given", given)):
        if chosen:
            show(what, calibrate((case.fixability, case.fixed) for case in chosen))
            show(f"{what}, each problem left out of the fit", calibrate(known[case] for case in chosen))
    print("log-odds fitted to all:", *(f"{weight:.2f}" for weight in fit(cases)))


def left_out(cases: Sequence[Case]) -> list[tuple[float, bool]]:
    """Forecasts of the model of `engine.fixability`, each fitted without the cases of its own problem."""
    pairs = []
    for task in sorted({case.task for case in cases}):
        weights = fit([case for case in cases if case.task != task])
        pairs += [(forecast(weights, case), case.fixed) for case in cases if case.task == task]
    return pairs


def features(case: Case) -> tuple[float, float, float]:
    """One, whether the code was given, and how many attempts failed before."""
    return 1.0, float(case.given), 0.0 if case.given else float(min(case.number, MOST_TRIES))


def forecast(weights: Sequence[float], case: Case) -> float:
    """The share by log-odds."""
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, features(case), strict=True))))


def fit(cases: Sequence[Case]) -> list[float]:
    """Log-odds by gradient descent on the likelihood, all but the first drawn to 0 a little."""
    weights = [0.0, 0.0, 0.0]
    counted = Counter((features(case), case.fixed) for case in cases)
    for _ in range(4000):
        slope = [0.0, PULL * weights[1], PULL * weights[2]]
        for (x, fixed), count in counted.items():
            odds = sum(w * value for w, value in zip(weights, x, strict=True))
            wrong = 1 / (1 + math.exp(-odds)) - fixed
            slope = [s + count * wrong * value for s, value in zip(slope, x, strict=True)]
        weights = [w - RATE * s for w, s in zip(weights, slope, strict=True)]
    return weights


def show(what: str, found: Calibration) -> None:
    """One calibration."""
    print(f"{what}: {found.count} failed candidates, {found.rate:.3f} of them fixed later")
    print(f"  Brier {found.brier:.4f}; of always saying {found.rate:.3f}: {found.reference:.4f}")
    print(f"  skill {found.skill:+.3f}, mean distance of forecast and share {found.error:.3f}")
    print(plot(found))


async def collect(shared: Path, limit: int) -> list[Case]:
    """Every case of the recording and of the bugs."""
    recording = shared / "data" / RECORDING
    lines = sorted(read_recording(recording).values(), key=lambda line: int(line.task_id.split("/")[1]))
    with gzip.open(shared / "data/HumanEval.jsonl.gz", "rt") as stream:
        names = {row["task_id"]: row["entry_point"] for row in map(json.loads, stream)}
    bugs = [bug.task for found in (humanevalfix, quixbugs) for bug in found(shared)]
    cases: list[Case] = []
    with tempfile.TemporaryDirectory() as folder:
        settings: dict[str, object] = {
            "paths.state": f"{folder}/state", "paths.cache": f"{folder}/cache", "loop.attempts": 100,
            "loop.seconds": 60.0, "sandbox.isolation": "namespace", "guardrails.enabled": False,
        }  # fmt: skip
        config = load(config_file=None, overrides=settings, cwd=Path(folder), environ={})
        async with Session(config) as session:
            for line in lines[: limit or None]:
                name = names[line.task_id]
                checks = "\n".join(f"def test_{n}():\n    {c}\n" for n, c in enumerate(line.given_tests))
                task = make_task(line.task_id, name, f"from solution import {name}\n\n{checks}")
                cases += cases_of(line.task_id, await attempts_of(session, task, str(recording)))
            for bug in bugs[: limit or None]:
                cases += cases_of(bug.id, await attempts_of(session, bug))
    return cases


async def attempts_of(session: Session, task: Task, recording: str = "") -> list[Attempt]:
    """The attempts of one run, by the recording or by search."""
    run = await session.prepare(task, "replay" if recording else "search", "", recording)
    await session.begin(run)
    await session.wait(run)
    return list(session.history(run).attempts.values())


def cases_of(task: str, made: Sequence[Attempt]) -> list[Case]:
    """The failed candidates of one run that are new programs; of search its given code alone."""
    won = [attempt.verdict is Verdict.PASSED for attempt in made]
    return [
        Case(
            task=task,
            number=number,
            kind=attempt.diagnosis.error_type,
            verdict=str(attempt.verdict),
            passed=attempt.passed,
            total=attempt.total,
            located=attempt.diagnosis.line > 0,
            given=attempt.origin == "given",
            fixability=attempt.diagnosis.fixability,
            fixed=any(won[number + 1 :]),
            fixed_next=any(won[number + 1 : number + 2]),
        )
        for number, attempt in enumerate(made)
        if attempt.diagnosis is not None and not attempt.duplicate_of and attempt.origin in ("given", "loop")
    ]


if __name__ == "__main__":
    main()
