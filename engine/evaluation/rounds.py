"""Round by round: whether a sample would have been solved, had the loop stopped there."""

from __future__ import annotations

from collections.abc import Sequence

from engine.between import SEARCH
from engine.evaluation.unit import Shot, UnitResult
from engine.strategy import GIVEN
from sandbox.contract import Verdict


def solved_by_round(row: UnitResult, pick: str) -> tuple[bool, ...]:
    """For 0, 1, 2 … repairs: whether the answer that would then have been picked is right.

    Picked is what the loop would have kept by the tests that it saw, or with `last` the last one made:
    never the one that the judge likes best. Empty where no attempt was made.
    """
    by_name = {shot.attempt: shot for shot in row.shots}
    course = []
    for shot in own_shots(row.shots) if pick == "last" else row.shots:
        if shot.attempt == GIVEN:
            continue
        chosen: Shot | None = shot if pick == "last" else by_name.get(shot.best)
        course.append(chosen is not None and chosen.judged == Verdict.PASSED)
    if not course and GIVEN in by_name:  # the code as given was enough for the loop
        course.append(row.solved)
    return tuple(course)


def own_shots(shots: Sequence[Shot]) -> list[Shot]:
    """The provider's own attempts; those of a search that helped it only where there are no others."""
    made = [shot for shot in shots if shot.attempt != GIVEN]
    return [shot for shot in made if shot.origin != SEARCH] or made
