"""A recorded run as answers for units: which line belongs to which problem, and to which sample."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from engine.errors import UsageError
from engine.evaluation.matching import matcher
from engine.evaluation.problem import Problem
from engine.evaluation.shown import named_tests
from engine.providers.replay import Recorded, recorded_lines


@dataclass(frozen=True)
class Recording:
    """Lines by the problem that they answer, one for each sample, in the order of the file."""

    name: str
    model: str
    digest: str
    lines: Mapping[str, tuple[Recorded, ...]]


def read_for(path: Path, problems: Sequence[Problem]) -> Recording:
    """The recording's lines for these problems, by id or, where no id fits, by the number at its end.

    Raises UsageError when it cannot be read or answers none of them.
    """
    lines = list(recorded_lines(path))
    match = matcher([problem.id for problem in problems], [line.task_id for line in lines])
    found: dict[str, list[Recorded]] = {}
    for line in lines:
        name = match(line.task_id)
        if name is not None:
            found.setdefault(name, []).append(line)
    if not found:
        there = lines[0].task_id if lines else "nothing"
        raise UsageError(
            f"the recording {path} answers none of the problems",
            f"it has {there}, they are {problems[0].id}, …",
        )
    digest = sha256("".join(line.model_dump_json() for line in lines).encode()).hexdigest()
    model = next((line.model for line in lines if line.model), path.name)
    return Recording(path.name, model, digest, {name: tuple(some) for name, some in found.items()})


def with_given_tests(problem: Problem, line: Recorded) -> Problem:
    """The problem with the tests that the recorded model was shown, where they are on record."""
    if not line.given_tests:
        return problem
    shown = named_tests(line.given_tests, problem.function)
    return replace(problem, shown=shown, shown_from="recording")
