"""A mutation: textual edits of the smallest piece of source, so that comments and layout survive."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

_CHEAP_DELETION = 4


@dataclass(frozen=True, slots=True, order=True)
class Edit:
    """Replace characters `start` to `end` of the source by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Mutation:
    """One idea for a repair.

    `prior` (0..1) is how often such a change is the right one; `line` counts from 1; `note` tells the user;
    `literal` is true when a value seen only in the tests was written into the code.
    """

    edits: tuple[Edit, ...]
    template: str
    prior: float
    line: int
    note: str
    literal: bool = False

    def apply(self, source: str) -> str:
        """The source with the edits made."""
        for edit in sorted(self.edits, reverse=True):
            source = source[: edit.start] + edit.text + source[edit.end :]
        return source

    def size(self, source: str) -> int:
        """How many characters really differ: what an edit repeats is not counted, deletions a quarter."""
        return sum(
            _difference(source[edit.start : edit.end], edit.text)
            // (1 if edit.text.strip() else _CHEAP_DELETION)
            for edit in self.edits
        )

    def joined(self, other: Mutation) -> Mutation | None:
        """Both at once, or None where they touch each other."""
        edits = tuple(sorted({*self.edits, *other.edits}))
        if any(one.end > two.start or one.start == two.start for one, two in pairwise(edits)):
            return None
        return Mutation(
            edits,
            f"{self.template}+{other.template}",
            self.prior * other.prior,
            self.line,
            f"{self.note}; {other.note}",
            self.literal or other.literal,
        )


def _difference(old: str, new: str) -> int:
    room = min(len(old), len(new))
    head = next((i for i in range(room) if old[i] != new[i]), room)
    room -= head
    tail = next((i for i in range(room) if old[-1 - i] != new[-1 - i]), room)
    return max(len(old), len(new)) - head - tail
