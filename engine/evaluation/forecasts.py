"""What diagnoses foretold, and whether it came true: the fixability of an evaluation's failed attempts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from engine.evaluation.calibration import Calibration, calibrate
from engine.evaluation.unit import UnitResult
from sandbox.contract import Verdict

BINS = 5
COUNTED = ("given", "loop")  # what a search makes on its way says little of a model


def calibration_of(rows: Iterable[UnitResult]) -> Calibration | None:
    """The calibration of fixability over these samples; None where nothing failed that was gone on from."""
    pairs = list(forecasts(rows))
    return calibrate(pairs, BINS) if pairs else None


def forecasts(rows: Iterable[UnitResult]) -> Iterator[tuple[float, bool]]:
    """For each failed program, once a run: the fixability that was told, and whether a later attempt passed.

    Passed are the tests that the loop saw, which is what the forecast is about.
    """
    for row in rows:
        passed = [shot.verdict == Verdict.PASSED for shot in row.shots]
        for number, shot in enumerate(row.shots):
            if shot.fixability is not None and not shot.duplicate_of and shot.origin in COUNTED:
                yield shot.fixability, any(passed[number + 1 :])
