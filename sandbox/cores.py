"""Which processor each sandbox keeps to, where there are as many sandboxes as processors.

Under `ptrace` gVisor and the program in it take turns at every system call and every fault. On one
processor that is a switch; on two it is an interrupt to a processor that may be asleep.
"""

from __future__ import annotations

import os
from collections.abc import Hashable


class Cores:
    """Gives out processors by number, the least taken first; nothing where sandboxes shall roam."""

    def __init__(self, numbers: list[int]) -> None:
        self._numbers = numbers
        self._taken: dict[Hashable, int] = {}

    @classmethod
    def enough_for(cls, sandboxes: int) -> Cores:
        """All of this machine's if `sandboxes` keep them all at work. With fewer sandboxes each is quicker
        alone on several, because its own processes then work side by side."""
        numbers = sorted(os.sched_getaffinity(0))
        return cls(numbers if sandboxes >= len(numbers) else [])

    def take(self, sandbox: Hashable) -> str:
        """A processor for `sandbox`, as Docker wants it told; "" for any. Among equals the one whose
        sandbox is the oldest, because that is the next to go."""
        if not self._numbers:
            return ""
        taken = list(self._taken.values())
        first = {number: taken.index(number) for number in taken}
        number = min(self._numbers, key=lambda number: (taken.count(number), first.get(number, 0)))
        self._taken[sandbox] = number
        return str(number)

    def leave(self, sandbox: Hashable) -> None:
        """`sandbox` has ended, or never began."""
        self._taken.pop(sandbox, None)
