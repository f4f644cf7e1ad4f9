"""Regular expressions that can take exponential time: a repeat whose whole content is a repeat again."""

from __future__ import annotations

import re
import re._parser as parser  # type: ignore[import-not-found]  # the standard library's own, in no stub
import warnings
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, TypeAlias

# What the parser makes of a pattern: operations with their arguments, of which each kind has others.
Items: TypeAlias = Sequence[tuple[Any, Any]]

# A group that is repeated: without one there is nothing to nest.
_REPEATED_GROUP = re.compile(r"\)[*+{]")
_LONGEST = 1000
_REPEATS = frozenset({"MAX_REPEAT", "MIN_REPEAT"})
# So often a group must be repeatable before its ambiguity costs more than patience.
_OFTEN = 12


def worth_parsing(pattern: str) -> bool:
    """Whether a pattern is of a kind that may be explosive; parsing is dear."""
    return len(pattern) < _LONGEST and _REPEATED_GROUP.search(pattern) is not None


@lru_cache(maxsize=512)
def explosive(pattern: str) -> bool:
    """Whether a text can be matched by the pattern in exponentially many ways."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _explosive(parser.parse(pattern))
    except (re.error, RecursionError, OverflowError, ValueError):
        return False


def _explosive(items: Items) -> bool:
    for operation, argument in items:
        inner = _groups(operation, argument)
        if str(operation) in _REPEATS and argument[1] >= _OFTEN and any(map(_ambiguous, inner)):
            return True
        if any(map(_explosive, inner)):
            return True
    return False


def _ambiguous(items: Items) -> bool:
    """Whether a sequence is one unbounded repeat, apart from what may be left out."""
    needed = [item for item in items if not _may_be_empty(item)]
    if len(needed) > 1:
        return False
    for operation, argument in needed or items:
        name = str(operation)
        if name in _REPEATS and argument[1] >= _OFTEN and argument[1] != argument[0]:
            return True
        if name in ("SUBPATTERN", "BRANCH") and any(map(_ambiguous, _groups(operation, argument))):
            return True
    return False


def _may_be_empty(item: tuple[Any, Any]) -> bool:
    operation, argument = item
    name = str(operation)
    if name in _REPEATS:
        return bool(argument[0] == 0)
    if name == "SUBPATTERN":
        return all(map(_may_be_empty, argument[-1]))
    if name == "BRANCH":
        return any(all(map(_may_be_empty, branch)) for branch in argument[1])
    return name in ("AT", "ASSERT_NOT")


def _groups(operation: object, argument: Any) -> list[Items]:
    """The sequences inside an operation; atomic ones never go back, so they do not count."""
    name = str(operation)
    if name in _REPEATS:
        return [argument[2]]
    if name == "SUBPATTERN":
        return [argument[-1]]
    return list(argument[1]) if name == "BRANCH" else []
