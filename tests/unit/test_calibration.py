"""What a forecast is worth."""

from __future__ import annotations

import pytest

from engine.evaluation.calibration import calibrate, interval, plot


def test_a_forecaster_that_knows_is_perfect_and_one_that_guesses_the_rate_has_no_skill() -> None:
    known = calibrate([(1.0, True)] * 3 + [(0.0, False)])
    assert (known.brier, known.skill, known.error, known.rate) == (0.0, 1.0, 0.0, 0.75)
    rate = calibrate([(0.75, True)] * 3 + [(0.75, False)])
    assert (rate.brier, rate.skill, rate.error) == pytest.approx((0.1875, 0.0, 0.0))
    assert calibrate([(0.0, True)] * 3 + [(1.0, False)]).skill < -1


def test_bins_hold_what_was_said_and_what_came_true() -> None:
    found = calibrate([(0.05, False), (0.15, True), (0.19, False), (1.0, True)])
    assert [(b.low, b.count, b.share) for b in found.bins] == [(0.0, 1, 0.0), (0.1, 2, 0.5), (0.9, 1, 1.0)]
    assert found.error == pytest.approx((0.05 + 2 * 0.33) / 4)
    rows = plot(found).split("\n")
    assert len(rows) == 4 and rows[2].startswith("0.1-0.2      2  0.17  0.50") and "o" in rows[2]


def test_wilsons_interval_of_a_known_share() -> None:
    assert interval(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)
    assert interval(0, 5)[0] == 0.0 and interval(5, 5)[1] == 1.0


def test_what_is_no_forecast_is_refused() -> None:
    for pairs in ([], [(1.1, True)]):
        with pytest.raises(ValueError, match=r"forecast"):
            calibrate(pairs)
