"""The arithmetic of evaluations against scipy, which has to be installed beside: `pip install scipy`.

    python tests/bench/evaluation_statistics.py

Prints the greatest difference for McNemar's test, the bootstrap and pass@k; ends with 1 if one is too great.
"""

from __future__ import annotations

import itertools
import random
import sys
from pathlib import Path

import numpy
from scipy import stats

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.evaluation.statistics import bootstrap, mcnemar, pass_at_k


def main() -> int:
    """Compare."""
    pairs = [(b, c) for b in range(60) for c in range(60) if b + c] + [(0, 1000), (480, 520)]
    test = max(abs(mcnemar(b, c) - stats.binomtest(b, b + c, 0.5).pvalue) for b, c in pairs)
    print(f"McNemar, {len(pairs)} tables against scipy.stats.binomtest: {test:.1e}")
    cases = [(n, c, k) for n in range(1, 13) for c in range(n + 1) for k in range(1, n + 1)]
    by_count = max(abs(pass_at_k(n, c, k) - counted(n, c, k)) for n, c, k in cases)
    by_law = max(abs(pass_at_k(n, c, k) - 1 + stats.hypergeom(n, c, k).pmf(0)) for n, c, k in cases)
    print(
        f"pass@k, {len(cases)} cases by counting: {by_count:.1e}, against scipy.stats.hypergeom: {by_law:.1e}"
    )
    ends = max(
        share_of_width(n, kind) for n in (20, 82, 164, 427, 974) for kind in ((0, 1), (0, 1 / 3, 2 / 3, 1))
    )
    print(f"bootstrap against scipy.stats.bootstrap (20,000 draws): {ends:.3f} of the interval's width")
    return test > 1e-12 or by_count > 1e-12 or by_law > 1e-12 or ends > 0.06


def counted(n: int, c: int, k: int) -> float:
    """The share of all draws of k from n, c of them right, that hold a right one."""
    draws = list(itertools.combinations([True] * c + [False] * (n - c), k))
    return sum(map(any, draws)) / len(draws)


def share_of_width(count: int, values: tuple[float, ...]) -> float:
    """How far the ends of our interval are from scipy's, as a share of its width."""
    sample = random.Random(count).choices(values, k=count)
    theirs = stats.bootstrap(
        (numpy.array(sample, float),), numpy.mean, method="percentile", n_resamples=20_000, rng=1
    ).confidence_interval
    low, high = bootstrap(sample)
    return max(abs(theirs.low - low), abs(theirs.high - high)) / (theirs.high - theirs.low)


if __name__ == "__main__":
    raise SystemExit(main())
