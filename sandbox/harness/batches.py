"""Programs in batches: each verdict is what the program would get alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from sandbox.harness.execution import Execution
from sandbox.harness.frames import Frame
from sandbox.harness.traceless import traceless_program
from sandbox.harness.verdict import script_verdict

MOST = 16

Run = Callable[[list[str]], Execution]


def judge(programs: Sequence[str], run: Run) -> tuple[list[Frame], list[str]]:
    """A result for each program, and suspicions. `run` executes some of them in one fresh process.

    A pass counts from a process in which nothing but passes without a trace went before; what it printed
    is not kept. Whatever else happens, the first to which it can have happened is run alone, and the rest
    begins anew.
    """
    results: list[Frame] = [{} for _ in programs]
    suspicions: list[str] = []
    waiting = deque(range(len(programs)))
    alone = {index for index, program in enumerate(programs) if not traceless_program(program)}
    while waiting:
        batch = _next(waiting, alone)
        execution = run([programs[index] for index in batch])
        suspicions += execution.suspicions
        if len(batch) == 1:
            results[batch[0]] = _result(execution)
        else:
            passed = _passes(execution)
            for index, message in zip(batch, passed, strict=False):
                results[index] = _passed(message)
            rest = batch[len(passed) :]
            alone.update(rest[:1])
            waiting.extendleft(reversed(rest))
        if execution.seen.stopped and execution.seen.stopped[0] == "cancelled":
            break
    return results, suspicions


def _next(waiting: deque[int], alone: set[int]) -> list[int]:
    """The next batch: up to `MOST` that may share a process, or one that may not."""
    batch = [waiting.popleft()]
    while waiting and batch[0] not in alone and waiting[0] not in alone and len(batch) < MOST:
        batch.append(waiting.popleft())
    return batch


def _passes(execution: Execution) -> list[Frame]:
    """What was told of the programs that passed, up to the first of which anything else is to be said."""
    told = execution.seen.of_kind("script")
    if execution.seen.malformed or [m.get("index") for m in told] != list(range(len(told))):
        return []
    count = next((n for n, message in enumerate(told) if message.get("failure") is not None), len(told))
    traced = next((n + 1 for n, message in enumerate(told) if message.get("clean") is not True), count)
    return told[: min(count, traced)]


def _passed(message: Frame) -> Frame:
    seconds = message.get("seconds")
    return {"verdict": "passed", "ended": "exit", "error": None, "output": "", "seconds": seconds}


def _result(execution: Execution) -> Frame:
    told: list[dict[str, Any]] = execution.seen.of_kind("script")
    verdict, ended, error = script_verdict(execution.seen)
    return {
        "verdict": verdict,
        "ended": ended,
        "error": error,
        "output": execution.output.text(),
        "seconds": told[0].get("seconds") if told else 0.0,
        "peak_memory_mb": execution.peak / (1 << 20),
    }
