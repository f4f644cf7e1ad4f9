"""Which problems of a benchmark: by id, by range, a sample with a seed, the first so many."""

from __future__ import annotations

import difflib
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import UsageError
from engine.evaluation.problem import Problem

_RANGE = re.compile(r"(\d+)-(\d+)")


@dataclass(frozen=True, slots=True)
class Selection:
    """`ids` are ids, numbers or ranges of numbers; `sample` problems drawn with `seed`; `limit` 0 is all."""

    ids: tuple[str, ...] = ()
    sample: int = 0
    seed: int = 0
    limit: int = 0


def select(problems: Sequence[Problem], selection: Selection) -> tuple[Problem, ...]:
    """The chosen problems in the benchmark's own order. Raises UsageError for an id that is not there."""
    chosen = list(problems)
    if selection.ids:
        wanted = {problem.id for part in selection.ids for problem in _named(problems, part)}
        chosen = [problem for problem in chosen if problem.id in wanted]
    if selection.sample:
        if selection.sample > len(chosen):
            raise UsageError(f"a sample of {selection.sample} cannot be drawn from {len(chosen)} problems")
        drawn = set(random.Random(selection.seed).sample(range(len(chosen)), selection.sample))
        chosen = [problem for index, problem in enumerate(chosen) if index in drawn]
    return tuple(chosen[: selection.limit or None])


def number_of(name: str) -> int | None:
    """The number at the end of an id: 12 for "HumanEval/12"."""
    found = re.search(r"(\d+)$", name)
    return int(found[1]) if found else None


def _named(problems: Sequence[Problem], part: str) -> list[Problem]:
    found = [problem for problem in problems if problem.id == part]
    span = _RANGE.fullmatch(part)
    if not found and (span or part.isdigit()):
        low, high = (int(span[1]), int(span[2])) if span else (int(part), int(part))
        found = [p for p in problems if (n := number_of(p.id)) is not None and low <= n <= high]
    if not found:
        near = difflib.get_close_matches(part, [problem.id for problem in problems], 3, 0.5)
        there = ", ".join(near or [problem.id for problem in problems[:3]])
        raise UsageError(f"the benchmark has no problem {part!r}", f"it has {there}, …")
    return found
