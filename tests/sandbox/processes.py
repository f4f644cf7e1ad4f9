"""What this machine's processes are doing, for tests of what is left and what still works."""

from __future__ import annotations

import os
import time
from pathlib import Path

TICK = os.sysconf("SC_CLK_TCK")


def parents_and_ticks() -> dict[int, tuple[int, int]]:
    """Every process with its parent and the processor time it has had."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] not in "ZX":
                found[int(entry.name)] = (int(fields[1]), int(fields[11]) + int(fields[12]))
    return found


def below(root: int, processes: dict[int, tuple[int, int]]) -> set[int]:
    """`root`'s descendants."""
    found: set[int] = set()
    fresh = {root}
    while fresh:
        fresh = {pid for pid, (parent, _) in processes.items() if parent in fresh} - found
        found |= fresh
    return found


def naming(text: str) -> list[int]:
    """Processes whose command line has `text` in it, but for this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                if text.encode() in (entry / "cmdline").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


def share(roots: list[int], seconds: float = 0.2) -> float:
    """How many processors `roots` and all below them keep busy, over a moment."""
    before = _ticks(roots)
    began = time.monotonic()
    time.sleep(seconds)
    after = _ticks(roots)
    passed = time.monotonic() - began
    return sum(max(ticks - before.get(pid, 0), 0) for pid, ticks in after.items()) / TICK / passed


def _ticks(roots: list[int]) -> dict[int, int]:
    every = parents_and_ticks()
    mine = set(roots).union(*(below(root, every) for root in roots))
    return {pid: every[pid][1] for pid in mine if pid in every}
