"""The arithmetic of an evaluation: pass@k, intervals, and whether two differ."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from fractions import Fraction

REPLICATES = 2000
DRAWS = 4_000_000  # at most, over all replicates: a long list needs fewer of them for the same width
LEAST_REPLICATES = 400


def pass_at_k(n: int, c: int, k: int) -> float:
    """The unbiased estimate that one of k samples is right, c of n independent ones being so.

    1 - C(n-c, k) / C(n, k) (Chen et al. 2021, "Evaluating Large Language Models Trained on Code").
    Raises ValueError unless 0 <= c <= n and 1 <= k <= n.
    """
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(f"pass@{k} cannot be estimated from {c} of {n}")
    return 1.0 - math.comb(n - c, k) / math.comb(n, k)


def bootstrap(values: Sequence[float], level: float = 0.95, seed: int = 0) -> tuple[float, float]:
    """The percentile interval of the mean over problems, by drawing problems with replacement.

    Where each value is 0 or 1 the means of all possible draws are known, and none has to be made. The same
    values give the same interval. Raises ValueError for no values.
    """
    if not values:
        raise ValueError("there is nothing to draw from")
    count = len(values)
    if {*values} <= {0, 1}:
        return _binomial(sum(map(int, values)), count, (1 - level) / 2)
    replicates = max(LEAST_REPLICATES, min(REPLICATES, DRAWS // count))
    draw = random.Random(seed).choices
    means = sorted(math.fsum(draw(values, k=count)) / count for _ in range(replicates))
    tail = (1 - level) / 2
    return _quantile(means, tail), _quantile(means, 1 - tail)


def _binomial(right: int, count: int, tail: float) -> tuple[float, float]:
    """The quantiles `tail` and 1 - `tail` of the share of right ones in `count` draws."""
    share, below = right / count, 0.0
    low = high = count
    for drawn in range(count + 1):
        below += _chance(drawn, count, share)
        if below >= tail:
            low = min(low, drawn)
        if below >= 1 - tail:
            high = drawn
            break
    return low / count, high / count


def _chance(drawn: int, count: int, share: float) -> float:
    if share in (0.0, 1.0):
        return float(drawn == count * share)
    ways = math.lgamma(count + 1) - math.lgamma(drawn + 1) - math.lgamma(count - drawn + 1)
    return math.exp(ways + drawn * math.log(share) + (count - drawn) * math.log1p(-share))


def mcnemar(only_first: int, only_second: int) -> float:
    """The exact two-sided p-value that two evaluations differ, from the problems that only one solved.

    McNemar's test by the binomial distribution; 1.0 where no problem tells them apart.
    """
    discordant = only_first + only_second
    if discordant == 0:
        return 1.0
    tail = sum(math.comb(discordant, i) for i in range(min(only_first, only_second) + 1))
    return min(1.0, float(Fraction(2 * tail, 2**discordant)))


def mean(values: Sequence[float]) -> float:
    """The mean, 0.0 of nothing."""
    return math.fsum(values) / len(values) if values else 0.0


def _quantile(ordered: Sequence[float], share: float) -> float:
    """By linear interpolation between the two nearest."""
    place = share * (len(ordered) - 1)
    low = math.floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)
