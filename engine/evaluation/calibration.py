"""How far a forecast between 0 and 1 can be believed: Brier score, skill, reliability by bins.

Sources: G. W. Brier, Verification of forecasts expressed in terms of probability (1950); A. H. Murphy, A new
vector partition of the probability score (1973); E. B. Wilson's interval for a share (1927).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Z = 1.96  # 95 %
WIDTH = 40


@dataclass(frozen=True, slots=True)
class Bin:
    """Forecasts from `low` up to `high`: their mean, how many came true, and its 95 % interval."""

    low: float
    high: float
    count: int
    forecast: float
    share: float
    share_low: float
    share_high: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What forecasts were worth.

    `brier` is the mean squared error: 0 is perfect; `reference` is that of always saying `rate`, the share
    that came true, and `skill` is 1 - brier / reference (0: no better, below 0: worse than that).
    `error` is the mean distance of forecast and share over the bins, weighted (expected calibration error).
    """

    count: int
    rate: float
    brier: float
    reference: float
    skill: float
    error: float
    bins: tuple[Bin, ...]


def calibrate(pairs: Iterable[tuple[float, bool]], bins: int = 10) -> Calibration:
    """The calibration of (forecast, came true) pairs; bins without any are left out.

    Raises ValueError for no pairs, or a forecast outside 0..1.
    """
    known = list(pairs)
    if not known:
        raise ValueError("there are no forecasts")
    if any(not 0.0 <= forecast <= 1.0 for forecast, _ in known):
        raise ValueError("a forecast is not between 0 and 1")
    count = len(known)
    rate = sum(true for _, true in known) / count
    brier = sum((forecast - true) ** 2 for forecast, true in known) / count
    reference = rate * (1 - rate)
    groups: dict[int, list[tuple[float, bool]]] = {}
    for forecast, true in known:
        groups.setdefault(min(int(forecast * bins), bins - 1), []).append((forecast, true))
    made = tuple(_bin(groups[number], number / bins, (number + 1) / bins) for number in sorted(groups))
    return Calibration(
        count=count,
        rate=rate,
        brier=brier,
        reference=reference,
        skill=1 - brier / reference if reference else 0.0,
        error=sum(b.count * abs(b.forecast - b.share) for b in made) / count,
        bins=made,
    )


def _bin(pairs: Sequence[tuple[float, bool]], low: float, high: float) -> Bin:
    count, came = len(pairs), sum(true for _, true in pairs)
    least, most = interval(came, count)
    return Bin(low, high, count, sum(f for f, _ in pairs) / count, came / count, least, most)


def interval(came: int, count: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share of `came` in `count`."""
    share, square = came / count, Z * Z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = Z / (1 + square / count) * (share * (1 - share) / count + square / (4 * count * count)) ** 0.5
    return max(0.0, middle - half), min(1.0, middle + half)


def plot(calibration: Calibration) -> str:
    """A reliability plot in text: a row a bin, `|` the forecast, `o` what came true, `-` its interval."""
    rows = ["forecast    n  said  true  0" + " " * (WIDTH - 2) + "1"]
    for found in calibration.bins:
        line = [" "] * WIDTH
        for place in range(_place(found.share_low), _place(found.share_high) + 1):
            line[place] = "-"
        line[_place(found.forecast)] = "|"
        line[_place(found.share)] = "o"
        head = f"{found.low:.1f}-{found.high:.1f} {found.count:6} {found.forecast:5.2f} {found.share:5.2f}"
        rows.append(f"{head}  {''.join(line)}".rstrip())
    return "\n".join(rows)


def _place(value: float) -> int:
    return round(value * (WIDTH - 1))
