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


class Chain:
    """The providers that a run may ask, in order, and what is known of those that are out."""

    def __init__(self, names: Sequence[str], after: int) -> None:
        self.names = tuple(names)
        self.exhausted: dict[str, str] = {}
        self.failed: dict[str, str] = {}
        self._after = after

    def turn(self, attempts: Iterable[Attempt]) -> str:
        """Whose turn it is, "" when all are out."""
        return turn(self.names, attempts, self._after, self.exhausted.keys() | self.failed.keys())

    @property
    def why_none(self) -> str:
        """Why the last one is out."""
        return next(reversed([*self.exhausted.values(), *self.failed.values()]), "")

    def goes_on(self, provider: str) -> bool:
        """Whether a fault of `provider` leaves another one that the user has named."""
        left = [name for name in self.names if name not in self.failed and name not in self.exhausted]
        return provider in self.failed and bool(left)

    def why_now(self, provider: str, attempts: Iterable[Attempt]) -> str:
        """Why it is now the turn of `provider`, "" where it had the last turn, or the first one, too."""
        asked = [attempt.provider for attempt in attempts if attempt.provider in self.names]
        if provider not in self.names or not asked or asked[-1] == provider:
            return ""
        before = asked[-1]
        if self.failed.get(before) or self.exhausted.get(before):
            return f"{before} failed"
        # a resumed run begins with the first one again
        return f"{before} had its {self._after} attempts" if self._after else ""
