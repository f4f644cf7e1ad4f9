"""Where the fault probably is: Ochiai over line coverage by test.

Source of the formula: Abreu, Zoeteweij and van Gemund, "On the accuracy of spectrum-based fault
localization", 2007.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt

from engine.providers.search.code import Code
from engine.providers.search.mutation import Mutation

_UNREACHED = 0.03
_FLOOR = 0.3
_BACK = 8


def suspicion(outcomes: Mapping[str, bool], coverage: Mapping[str, tuple[int, ...]]) -> dict[int, float]:
    """Line to suspicion, 0 (only passing tests ran it) to 1; lines that no test ran are absent."""
    failed_by: dict[int, int] = {}
    ran_by: dict[int, int] = {}
    failing = sum(not outcomes.get(test, True) for test in coverage)
    for test, lines in coverage.items():
        for line in lines:
            ran_by[line] = ran_by.get(line, 0) + 1
            failed_by[line] = failed_by.get(line, 0) + (not outcomes.get(test, True))
    return {line: failed_by[line] / sqrt(failing * ran) if failing else 0.0 for line, ran in ran_by.items()}


def factor(mutation: Mutation, code: Code, lines: Mapping[int, float]) -> float:
    """What to multiply a mutation's prior with; 1 for the most suspicious place, near 0 out of reach."""
    if not lines:
        return 1.0
    top = max(lines.values()) or 1.0
    touched = {mutation.line, *(code.line_at(edit.start) for edit in mutation.edits)}
    level = max(_level(line, lines) for line in touched)
    return _UNREACHED if level <= 0 else _FLOOR + (1 - _FLOOR) * level / top


def _level(line: int, lines: Mapping[int, float]) -> float:
    """A statement over several lines is counted on its first: look back a little."""
    for back in range(_BACK):
        if line - back in lines:
            return lines[line - back]
    return 0.0
