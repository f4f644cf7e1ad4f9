"""The arithmetic of evaluations, by counting every case."""

from __future__ import annotations

import itertools
import math

import pytest

from engine.evaluation.statistics import bootstrap, mcnemar, pass_at_k


@pytest.mark.parametrize("n", range(1, 8))
def test_pass_at_k_is_not_the_share_of_draws_that_hold_a_right_one(n: int) -> None:
    for c, k in itertools.product(range(n + 1), range(1, n + 1)):
        draws = list(itertools.combinations([True] * c + [False] * (n - c), k))
        assert pass_at_k(n, c, k) == pytest.approx(sum(map(any, draws)) / len(draws), abs=1e-12)


def test_pass_at_k_is_estimated_from_too_few() -> None:
    for n, c, k in ((1, 0, 2), (3, 4, 1), (0, 0, 0)):
        with pytest.raises(ValueError, match="cannot be estimated"):
            pass_at_k(n, c, k)


def test_mcnemar_is_not_the_share_of_coin_tosses_at_least_as_uneven() -> None:
    for first, second in itertools.product(range(7), repeat=2):
        total = first + second
        uneven = abs(first - second)
        tosses = [abs(2 * sum(toss) - total) >= uneven for toss in itertools.product((0, 1), repeat=total)]
        assert mcnemar(first, second) == pytest.approx(sum(tosses) / len(tosses), abs=1e-12)
    assert 0 < mcnemar(0, 1000) < 1e-300


def test_the_interval_does_not_cover_what_it_should() -> None:
    """For right or wrong the bootstrap's distribution is known: binomial."""
    right, count = 30, 100
    low, high = bootstrap([1.0] * right + [0.0] * (count - right))
    share = right / count
    below = [math.comb(count, i) * share**i * (1 - share) ** (count - i) for i in range(count + 1)]
    cumulative = list(itertools.accumulate(below))
    exact_low = next(i for i, p in enumerate(cumulative) if p >= 0.025) / count
    exact_high = next(i for i, p in enumerate(cumulative) if p >= 0.975) / count
    assert (low, high) == (pytest.approx(exact_low, abs=0.011), pytest.approx(exact_high, abs=0.011))
    assert bootstrap([1.0] * 20) == (1.0, 1.0)
    assert bootstrap([0.0, 1.0, 1.0]) == bootstrap([0.0, 1.0, 1.0])
