"""Which processes an execution has, and how much memory they hold together."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Survey:
    """The processes of one execution at one moment: how many, bytes beyond what each began with, and how
    many descriptors they have open together."""

    count: int
    memory: int
    descriptors: int


def resident(pid: int) -> int:
    """Resident bytes of `pid`, 0 if it is gone."""
    return _read(pid)[2]


def living(uid: int) -> bool:
    """Whether any process but this one runs as `uid`; the dead who wait for burial do not count."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            fields = _fields(int(entry.name))
            if int(fields.get("Uid", "-1 -1").split()[1]) == uid and "Z" not in fields.get("State", "Z"):
                return True
    return False


def survey(roots: Collection[int], baselines: Mapping[int, int]) -> Survey:
    """Look at every process that descends from `roots` or runs as a uid of `baselines`, which says how
    many bytes such a process began with."""
    parents: dict[int, int] = {}
    owners: dict[int, int] = {}
    memory: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            pid = int(entry.name)
            parents[pid], owners[pid], memory[pid] = _read(pid)
    mine = [pid for pid in parents if owners[pid] in baselines or _descends(pid, roots, parents)]
    least = min(baselines.values(), default=0)
    held = sum(max(memory[pid] - baselines.get(owners[pid], least), 0) for pid in mine)
    return Survey(len(mine), held, sum(map(descriptors, mine)))


def descriptors(pid: int) -> int:
    """How many descriptors `pid` has open, 0 if it is gone or does not show them."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208
    except OSError:
        return 0


def _descends(pid: int, roots: Collection[int], parents: dict[int, int]) -> bool:
    for _ in range(len(parents)):
        if pid in roots:
            return True
        if pid not in parents:
            return False
        pid = parents[pid]
    return False


def _read(pid: int) -> tuple[int, int, int]:
    """Parent, effective uid and resident bytes."""
    fields = _fields(pid)
    kilobytes = fields.get("VmRSS", "0").split()[0]
    return int(fields.get("PPid", "0")), int(fields.get("Uid", "-1 -1").split()[1]), int(kilobytes) << 10


def _fields(pid: int) -> dict[str, str]:
    """`/proc/PID/status`; empty if the process is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text(errors="replace")
    except OSError:
        return {}
    return dict(line.split(":", 1) for line in text.splitlines() if ":" in line)
