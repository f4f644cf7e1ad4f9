"""How two long texts differ, told in time: pytest's own way takes minutes for a thousand lines."""

from __future__ import annotations

import itertools
from typing import Any

from _pytest.assertion import util

LINES = 80  # of each text, from the first that differs

_whole: Any = util._diff_text


def bound() -> None:
    """Have pytest look at no more than a stretch of long texts."""
    util._diff_text = _bounded


def _bounded(left: str, right: str, *more: Any, **named: Any) -> list[str]:
    here, there = left.splitlines(keepends=True), right.splitlines(keepends=True)
    if min(len(here), len(there)) <= LINES:
        return list(_whole(left, right, *more, **named))
    same = sum(
        1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(here, there, strict=False))
    )
    parts = ("".join(lines[same : same + LINES]) for lines in (here, there))
    return [f"From line {same + 1}, the first {LINES} lines:", *_whole(*parts, *more, **named)]
