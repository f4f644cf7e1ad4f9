"""Two halves of one answer made whole: the first stopped at its token limit, the second goes on there."""

from __future__ import annotations

import re

_FENCE = re.compile(r"^[ \t]*(`{3,}|~{3,})", re.M)
_OPENED = re.compile(r"\A.{0,400}?^[ \t]*(?:`{3,}|~{3,})([^\n`]*)\n", re.M | re.S)
_LONGEST_OVERLAP = 4000
_LEAST_OVERLAP = 6


def joined(first: str, rest: str) -> str:
    """The whole answer.

    Models go on in three ways: exactly there; after repeating some of what they wrote, often in a new
    fence; or by writing all of it again, which then stands alone.
    """
    if not _inside_block(first):
        return first + rest[_overlap(first, rest) :]
    opened = _opening(rest)
    body = rest[opened.end() :] if opened else rest
    if opened and _first_line(body) and _first_line(body) == _first_line(_open_block(first)):
        return rest
    overlap = _overlap(first, body)
    if not overlap and opened and not first.endswith("\n"):
        # a new fence begins a new line, so the line that broke off is repeated in it or lost
        cut = first.rfind("\n") + 1
        start = first[cut:].strip()
        if start and body.lstrip().startswith(start):
            return first[:cut] + body
    return first + body[overlap:]


def _opening(rest: str) -> re.Match[str] | None:
    """The fence that `rest` opens anew; one that only closes the block gone on with is none.

    A closing fence names no language and leaves an odd number of them.
    """
    found = _OPENED.match(rest)
    opens = found is not None and (found[1].strip() or not _inside_block(rest))
    return found if opens else None


def _inside_block(text: str) -> bool:
    return len(_FENCE.findall(text)) % 2 == 1


def _open_block(text: str) -> str:
    *_, last = _FENCE.finditer(text)
    return text[last.end() :].partition("\n")[2]


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.split("\n") if line.strip()), "")


def _overlap(first: str, rest: str) -> int:
    """How much of `rest` says again what `first` ended with; a few characters alike are chance."""
    longest = min(len(first), len(rest), _LONGEST_OVERLAP)
    for length in range(longest, _LEAST_OVERLAP - 1, -1):
        if first.endswith(rest[:length]) and rest[:length].strip():
            return length
    return 0
