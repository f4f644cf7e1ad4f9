"""In which order kinds of candidates are tried: singles, pairs, expressions, and last what wants time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import IntEnum
from heapq import merge
from itertools import islice

from engine.providers.search.finds import Finds
from engine.providers.search.space import Candidate, Space

_EARLY = 1500  # expressions that compete with singles
_NEAR, _PARTNERS, _MORE_PARTNERS, _MOST_SLOW = 12, 300, 1500, 24


class Phase(IntEnum):
    """What is tried, in this order."""

    SINGLES = 0
    PAIRS = 1
    EXPRESSIONS = 2
    MORE_PAIRS = 3
    SLOW = 4  # singles that ran out of what they may take, on a clock of seconds


class Phases:
    """The stream of candidates of one search."""

    def __init__(self, space: Space, finds: Finds) -> None:
        self._space, self._finds = space, finds
        self._stream: Iterator[Candidate] = space.singles()
        self._made: Iterator[Candidate] = iter(())
        self._slow: dict[str, Candidate] = {}
        self.now = Phase.SINGLES

    def focus(self, lines: Mapping[int, float]) -> None:
        """Order what is yet to come by suspicion; likely expressions come before unlikely singles."""
        self._space.focus(lines)
        self._made = self._space.synthesised(lines)
        early = islice(self._made, _EARLY)
        self._stream = merge(self._space.singles(), early, key=lambda candidate: -candidate.likelihood)

    def take(self, count: int) -> list[Candidate]:
        """The next candidates of this phase."""
        return list(islice(self._stream, count))

    def note(self, candidate: Candidate, ended: str) -> None:
        """Remember a single that ran out, until a second look at it says more."""
        if self.now is not Phase.SINGLES:
            return
        if ended in {"endless", "unfinished"}:
            self._slow[candidate.text] = candidate
        else:
            self._slow.pop(candidate.text, None)

    def advance(self) -> bool:
        """To the next phase; False at the end."""
        if self.now is Phase.SLOW:
            return False
        self.now = Phase(self.now + 1)
        near = [find.candidate.mutation for find in self._finds.partial()[:_NEAR]]
        match self.now:
            case Phase.PAIRS:
                self._stream = self._space.pairs(near, _PARTNERS)
            case Phase.EXPRESSIONS:
                self._stream = self._made
            case Phase.MORE_PAIRS:
                self._stream = self._space.pairs(near, _MORE_PARTNERS)
            case Phase.SLOW:
                slow = sorted(self._slow.values(), key=lambda candidate: -candidate.likelihood)
                self._stream = iter(slow[:_MOST_SLOW])
        return True
