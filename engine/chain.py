"""Whose turn it is, where the user has named several providers: the next on failure or after n attempts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from engine.model import Attempt
from sandbox.contract import Verdict


def turn(chain: Sequence[str], attempts: Iterable[Attempt], after: int, out: Collection[str]) -> str:
    """The provider for the next attempt, "" when all are `out`.

    Each has `after` attempts (0: as many as there are); the last one that is left has all the others.
    """
    made = Counter(a.provider for a in attempts if a.verdict is not Verdict.INFRASTRUCTURE)
    usable = [name for name in chain if name not in out]
    for name in usable:
        if not after or made[name] < after:
            return name
    return usable[-1] if usable else ""
