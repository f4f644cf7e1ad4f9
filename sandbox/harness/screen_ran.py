"""How one test went on the code as it is: what the budgets of every variant are learnt from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ran:
    """One test's atoms in order, whether all of it passed, what its dearest atom spent, how many ran out of
    ticks or time (and which atoms), the ticks of all together and of each; `complete` when nothing cut it
    short, so that no variant has more atoms."""

    atoms: tuple[bool, ...]
    passed: bool
    ticks: int = 0
    seconds: float = 0.0
    endless: int = 0
    whole: int = 0
    slow: tuple[int, ...] = ()
    costs: tuple[int, ...] = ()
    complete: bool = False

    @property
    def total(self) -> int:
        """Atoms known; what cut a test short counts as one more."""
        return total_of(self.atoms, self.passed)

    @property
    def score(self) -> int:
        """Atoms passed."""
        return self.total if self.passed else sum(self.atoms)

    def outcomes(self, test: str) -> dict[str, bool]:
        """Atom id to whether it passed; a test of one atom is the test."""
        if self.total == 1:
            return {test: self.passed}
        ends = (*self.atoms, False) if self.total > len(self.atoms) else self.atoms
        return {f"{test}#{number}": passed for number, passed in enumerate(ends)}


def total_of(atoms: tuple[bool, ...] | list[bool], passed: bool) -> int:
    """How many atoms a test has that went so; what cut it short counts as one more."""
    return len(atoms) + (not passed and all(atoms)) or 1


def as_ran(fields: dict[str, Any]) -> Ran:
    """A `Ran` as JSON gives it back: its tuples have become lists."""
    known: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in fields.items()}
    return Ran(**known)
