"""Forked workers that try variants: one that is killed or hangs costs its variant and nothing else."""

from __future__ import annotations

import gc
import json
import os
import resource
import select
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.harness.screen_hand import Hand, Page
from sandbox.harness.screen_stack import roomy

Record = dict[str, Any]
_FLUSH_AFTER = 0.05
_LOOK = 0.1
_RARELY = (50_000, 20, 100)


@dataclass(frozen=True)
class Terms:
    """What a crew may take: memory for all together, and seconds at one variant: without a sign of life,
    as in C code that nothing interrupts, and in all."""

    memory_mb: int
    silent: float
    whole: float


@dataclass(frozen=True)
class Job:
    """`begin` is called once in each worker, with what gives a sign of life; `work` for each index."""

    begin: Callable[[Callable[[], None]], None]
    work: Callable[[int], Record]


def crew(count: int, workers: int, job: Job, terms: Terms) -> Iterator[list[Record]]:
    """Results of `job.work(0..count-1)` as they come, some at a time and out of order.

    A killed variant ends as "killed", one that took too long as "stalled". A worker that takes more than
    its share of the memory gets a MemoryError.
    """
    others = terms.memory_mb - terms.memory_mb // (workers + 1)
    alive = [
        _hire(range(start, count, workers), workers, count, job, others)
        for start in range(min(workers, count))
    ]
    try:
        while alive:
            ready, _, _ = select.select([hand.pipe for hand in alive], [], [], _LOOK)
            for hand in list(alive):
                lines, gone = hand.read() if hand.pipe in ready else ([], False)
                for line in lines:
                    records = json.loads(line)
                    hand.next = records[-1]["index"] + hand.step
                    yield records
                if not gone and not hand.stalled(terms.silent, terms.whole):
                    continue
                at, step = hand.page.index, hand.step
                alive.remove(hand)
                hand.end()
                if at < count:
                    yield [{"index": at, "passed": 0, "total": 1, "ended": "killed" if gone else "stalled"}]
                left = [i for i in range(hand.next, count, step) if i != at]  # what it had not told yet, too
                if left:
                    alive.append(_hire(left, step, count, job, others))
    finally:
        for hand in alive:
            hand.end()


def _hire(indexes: Sequence[int], step: int, count: int, job: Job, others: int) -> Hand:
    page = Page(indexes[0])
    pipe, out = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.close(pipe)
            _silence()
            _cap_memory(others)
            roomy(lambda: _labour(indexes, page, out, job))
            page.index = count
        finally:
            os._exit(0)
    os.close(out)
    return Hand(pid, pipe, page, step, indexes[0])


def _labour(indexes: Sequence[int], page: Page, out: int, job: Job) -> None:
    batch: list[Record] = []
    gc.freeze()
    gc.set_threshold(*_RARELY)  # syntax trees come and go by the thousand and hold no cycles
    job.begin(page.pulse)
    parent, flushed = os.getppid(), time.monotonic()
    for index in indexes:
        page.index = index
        record = job.work(index)
        batch.append({"index": index, **record})
        good = record["ended"] == "exit" and record.get("passed") == record.get("total")
        if good or time.monotonic() - flushed > _FLUSH_AFTER:
            _send(out, batch)
            batch, flushed = [], time.monotonic()
            if os.getppid() != parent:
                return
    _send(out, batch)


def _send(out: int, batch: list[Record]) -> None:
    if not batch:
        return
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
