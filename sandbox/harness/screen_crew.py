"""Forked workers that try variants: one that is killed or hangs costs its variant and nothing else."""

from __future__ import annotations

import gc
import json
import mmap
import os
import resource
import select
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

Record = dict[str, Any]
_STALLED_AFTER = 3.0
_FLUSH_AFTER = 0.05
_IDLE = -1
_RARELY = (50_000, 20, 100)


@dataclass
class _Worker:
    """A forked process, its pipe, and the page on which it notes the variant it is at."""

    pid: int
    pipe: int
    page: mmap.mmap
    step: int
    buffer: bytearray = field(default_factory=bytearray)
    seen: int = _IDLE
    since: float = field(default_factory=time.monotonic)

    def at(self) -> int:
        """Index of the variant in work."""
        return int(struct.unpack_from("q", self.page)[0])

    def stalled(self, more: float) -> bool:
        """Whether it has been at the same variant for too long."""
        if self.at() != self.seen:
            self.seen, self.since = self.at(), time.monotonic()
        return time.monotonic() - self.since > _STALLED_AFTER + more

    def end(self) -> None:
        """Kill, reap, close."""
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.pipe)
        self.page.close()


def crew(
    count: int, workers: int, work: Callable[[int], Record], memory_mb: int, stall: float = 0.0
) -> Iterator[Record]:
    """Results of `work(0..count-1)` as they come, out of order; a killed variant ends as "killed".

    `memory_mb` is for all workers together: one that takes more than its share gets a MemoryError. A worker
    that stands at one variant for some seconds and `stall` more is killed.
    """
    others = memory_mb - memory_mb // (workers + 1)
    alive = [_hire(start, count, workers, work, others) for start in range(min(workers, count))]
    try:
        while alive:
            ready, _, _ = select.select([w.pipe for w in alive], [], [], 0.2)
            for worker in list(alive):
                data = os.read(worker.pipe, 1 << 16) if worker.pipe in ready else b""
                worker.buffer += data
                *lines, rest = bytes(worker.buffer).split(b"\n")
                worker.buffer = bytearray(rest)
                for line in lines:
                    yield from json.loads(line)
                gone = worker.pipe in ready and not data
                if not gone and not worker.stalled(stall):
                    continue
                index, step = worker.at(), worker.step
                alive.remove(worker)
                worker.end()
                if index < count:
                    yield {"index": index, "passed": 0, "total": 1, "ended": "killed" if gone else "stalled"}
                    if index + step < count:
                        alive.append(_hire(index + step, count, step, work, others))
    finally:
        for worker in alive:
            worker.end()


def _hire(start: int, count: int, step: int, work: Callable[[int], Record], others: int) -> _Worker:
    page = mmap.mmap(-1, 8)
    struct.pack_into("q", page, 0, start)
    pipe, out = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(pipe)
            _silence()
            _cap_memory(others)
            _labour(range(start, count, step), page, out, work)
            struct.pack_into("q", page, 0, count)
        finally:
            os._exit(0)
    os.close(out)
    return _Worker(pid, pipe, page, step)


def _labour(indexes: range, page: mmap.mmap, out: int, work: Callable[[int], Record]) -> None:
    batch: list[Record] = []
    gc.freeze()
    gc.set_threshold(*_RARELY)  # syntax trees come and go by the thousand and hold no cycles
    parent, flushed = os.getppid(), time.monotonic()
    for index in indexes:
        struct.pack_into("q", page, 0, index)
        record = work(index)
        batch.append({"index": index, **record})
        if record["ended"] == "exit" or time.monotonic() - flushed > _FLUSH_AFTER:
            _send(out, batch)
            batch, flushed = [], time.monotonic()
            if os.getppid() != parent:
                return
    _send(out, batch)


def _send(out: int, batch: list[Record]) -> None:
    data = memoryview(json.dumps(batch).encode() + b"\n")
    while data:
        data = data[os.write(out, data) :]


def _cap_memory(less_mb: int) -> None:
    """Leave the others' share of the memory alone: the confinement's limit holds for each process apart."""
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    if soft != resource.RLIM_INFINITY:
        resource.setrlimit(resource.RLIMIT_AS, (max(soft - (less_mb << 20), 0), hard))


def _silence() -> None:
    """What variants and tests print goes nowhere."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, 1)
    os.dup2(null, 2)
    os.close(null)
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115  (for the life of the process)
