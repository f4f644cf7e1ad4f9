"""The candidates in the order in which they are worth trying, each once."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from engine.providers.search.code import Code
from engine.providers.search.crossing import crossed
from engine.providers.search.localise import factor
from engine.providers.search.mutation import Mutation
from engine.providers.search.synthesis import synthesised
from engine.providers.search.templates import mutations

_FILE = "<candidate>"
warnings.filterwarnings(
    "ignore", category=SyntaxWarning, module=_FILE
)  # `1if x` and the like: not for the user


@dataclass(frozen=True, slots=True)
class Candidate:
    """A whole new text of the file, the mutation that made it and how likely it was thought (0..1)."""

    text: str
    mutation: Mutation
    likelihood: float


class Space:
    """Every single mutation of a file, pairs of them, and what `others` (other texts for the task) donate."""

    def __init__(self, code: Code, others: Sequence[str] = ()) -> None:
        self.code = code
        found = (*mutations(code), *crossed(code, others))
        self._mutations = sorted(found, key=lambda m: -m.prior)
        self._seen = {code.text}
        self._likelihood: dict[Mutation, float] = {m: m.prior for m in self._mutations}

    def __len__(self) -> int:
        return len(self._mutations)

    def singles(self) -> Iterator[Candidate]:
        """One mutation each, likeliest first, no text twice."""
        yield from self._fresh(self._mutations)

    def focus(self, lines: Mapping[int, float]) -> None:
        """Order what is yet to come by what coverage says."""
        self._likelihood = {m: m.prior * factor(m, self.code, lines) for m in self._mutations}
        self._mutations.sort(key=lambda m: -self._likelihood[m])

    def synthesised(self, lines: Mapping[int, float]) -> Iterator[Candidate]:
        """Expressions made of the names in scope, in every place, likeliest first."""
        for likelihood, mutation in synthesised(self.code, lines):
            self._likelihood[mutation] = likelihood
            yield from self._fresh((mutation,))

    def pairs(self, firsts: list[Mutation], most: int) -> Iterator[Candidate]:
        """Mutations that helped, each joined with the likeliest others; all of them in turn."""
        others = self._mutations[:most]
        joined = (one.joined(two) for two in others for one in firsts if one is not two)
        yield from self._fresh(pair for pair in joined if pair is not None)

    def likelihood(self, mutation: Mutation) -> float:
        """What the mutation was thought of, coverage included."""
        return self._likelihood.get(mutation, mutation.prior)

    def _fresh(self, found: Iterable[Mutation]) -> Iterator[Candidate]:
        for mutation in found:
            text = mutation.apply(self.code.text)
            if text not in self._seen:
                self._seen.add(text)
                yield Candidate(text, mutation, self.likelihood(mutation))
