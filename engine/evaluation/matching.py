"""Ids of two files that mean the same problem: "MBPP/7", "Mbpp/7" and 7."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from engine.evaluation.selection import number_of


def matcher(known: Sequence[str], others: Sequence[str]) -> Callable[[str], str | None]:
    """From another file's id to the known one that it means, None for none.

    Ids that are the same count; only where not one is, the numbers at their ends do, if those are unique.
    """
    same = {name: name for name in known}
    if any(other in same for other in others):
        return same.get
    numbers = {number_of(name): name for name in known}
    if len(numbers) < len(known) or None in numbers:
        return same.get
    return lambda other: numbers.get(number_of(other))
