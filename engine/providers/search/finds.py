"""What a search has found: patches that pass more than the code as it is, the best first."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

from engine.providers.search.differ import Table
from engine.providers.search.rank import awkwardness
from engine.providers.search.space import Candidate, Space
from sandbox.contract import Screened

_LIKELY, _LIKELY_PER_CHECK, _MANY_CHECKS = 2.0, 0.7, 6


@dataclass(frozen=True, slots=True)
class Find:
    """A candidate that passes more than the base; `plausible` when it passes everything."""

    candidate: Candidate
    passed: int
    total: int

    @property
    def plausible(self) -> bool:
        """Whether every test passed in screening."""
        return self.passed == self.total


class Finds:
    """Every find of one search, each shape of code once; `base` is the result that they have to beat."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.all: list[Find] = []
        self.base: Screened | None = None
        self.space: Space | None = None
        self._shapes: set[str] = set()
        self._weights: dict[Candidate, float] = {}

    def add(self, candidate: Candidate, result: Screened) -> Find | None:
        """Keep a candidate that passes more than the base and differs from all finds in more than layout."""
        if result.ended != "exit" or self.base is None or result.passed <= self.base.passed:
            return None
        if (key := _shape(candidate.text)) in self._shapes:
            return None
        self._shapes.add(key)
        self.all.append(Find(candidate, result.passed, result.total))
        return self.all[-1]

    def plausible(self) -> list[Find]:
        """Finds that pass every test: those whose answers weigh most first, and of these the most natural."""
        found = (find for find in self.all if find.plausible)
        return sorted(found, key=lambda find: (-self._weights.get(find.candidate, 0.0), self.awkward(find)))

    def partial(self) -> list[Find]:
        """Finds that pass more than the base and not everything, best first."""
        near = (find for find in self.all if not find.plausible)
        return sorted(near, key=lambda find: (-find.passed, self.awkward(find)))

    def weigh(self, table: Table, finds: Sequence[Find]) -> None:
        """Let patches that answer alike stand together, by the most natural of them."""
        weights = table.weigh([exp(-self.awkward(find)) for find in finds])
        self._weights = {find.candidate: weight for find, weight in zip(finds, weights, strict=True)}

    def likely(self, find: Find) -> bool:
        """Whether a patch is natural for the evidence there is: how many failing checks it turned."""
        turned = find.passed - (self.base.passed if self.base else 0)
        return self.awkward(find) <= _LIKELY + _LIKELY_PER_CHECK * min(turned, _MANY_CHECKS)

    def awkward(self, find: Find) -> float:
        """0 is a natural patch; more for what is seldom meant."""
        assert self.space is not None
        mutation = find.candidate.mutation
        return awkwardness(mutation, self.space.likelihood(mutation), self._text)


def _shape(text: str) -> str:
    """The same for texts that differ in layout alone."""
    return ast.dump(ast.parse(text))
