"""Completions that others generated, as EvalPlus and the official harness write them down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.config_model import Config
from engine.errors import UsageError
from engine.evaluation.matching import matcher
from engine.evaluation.plan import Plan
from engine.evaluation.problem import Problem
from engine.evaluation.rows import Row, read_rows, text_of
from engine.evaluation.setup import Prepared, Wanted, plan_for, select_problems
from engine.evaluation.unit import SAMPLES, Brief, Unit


@dataclass(frozen=True)
class Samples:
    """Whole programs by problem, in the order of the file; each is an independent first shot."""

    name: str
    digest: str
    codes: Mapping[str, tuple[str, ...]]


def read_samples(path: Path, problems: Sequence[Problem]) -> Samples:
    """The samples for these problems. Raises UsageError with the line at fault.

    A line is `{"task_id", "solution": whole program}` or `{"task_id", "completion": what follows the
    benchmark's prompt}`. Nothing is mended: what does not parse is judged as it is.
    """
    rows = read_rows(path, "the samples")
    match = matcher([problem.id for problem in problems], [str(row.get("task_id")) for _, row in rows.rows])
    by_id = {problem.id: problem for problem in problems}
    found: dict[str, list[str]] = {}
    for number, row in rows.rows:
        try:
            name = match(text_of(row, "task_id"))
            if name is not None:
                found.setdefault(name, []).append(_code(row, by_id[name]))
        except UsageError as error:
            raise UsageError(f"line {number} of the samples {path} cannot be used: {error.message}") from None
    if not found:
        there = rows.rows[0][1].get("task_id")
        raise UsageError(
            f"the samples {path} answer none of the problems",
            f"they have {there}, … and not {problems[0].id}",
        )
    return Samples(path.name, rows.digest, {name: tuple(codes) for name, codes in found.items()})


def _code(row: Row, problem: Problem) -> str:
    if "solution" in row:
        return text_of(row, "solution")
    if "completion" in row:
        return problem.prefix + text_of(row, "completion")
    raise UsageError("it has neither 'solution' nor 'completion'")


def prepare_samples(wanted: Wanted, path: Path, config: Config) -> tuple[Prepared, Samples]:
    """The plan of judging a file of samples. Raises UsageError."""
    benchmark, problems = select_problems(wanted, config)
    samples = read_samples(path.expanduser(), problems)
    left_out = tuple(problem.id for problem in problems if problem.id not in samples.codes)
    problems = tuple(problem for problem in problems if problem.id in samples.codes)
    counts = {problem.id: len(samples.codes[problem.id]) for problem in problems}
    least = min(counts.values())
    if any(k < 1 for k in wanted.ks):
        raise UsageError("-k counts from 1", "as in -k 1,3")
    wanted = replace(wanted, samples=least)
    plan = plan_for(wanted, config, benchmark, problems, Brief(SAMPLES, wanted.model))
    plan = replace(plan, per_task=counts, recording=samples.name, answers=samples.digest)
    return Prepared(plan, problems, None, left_out), samples


def sample_units(plan: Plan, problems: Sequence[Problem], samples: Samples) -> Iterator[Unit]:
    """A unit for each sample."""
    for problem in problems:
        for number, code in enumerate(samples.codes[problem.id]):
            yield Unit(problem, number, code=code)
