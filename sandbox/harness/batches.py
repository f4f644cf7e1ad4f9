"""Programs in batches: each verdict is what the program would get alone."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from types import CodeType
from typing import Any

from sandbox.harness.execution import Execution
from sandbox.harness.frames import Frame
from sandbox.harness.traceless import compiled_if_traceless
from sandbox.harness.verdict import script_verdict

MOST = 16

Program = str | CodeType
Run = Callable[[list[Program]], Execution]


def judge(programs: Sequence[str], run: Run) -> tuple[list[Frame], list[str]]:
    """A result for each program, and suspicions. `run` executes some of them in one fresh process.

    Passes count from a process in which nothing but passes went before, and which was found at the end to
    be as it was at the beginning; what they printed is not kept. Whatever else happens, the program that
    did it is run alone, and so is every one that cannot be told from it: the others begin anew.
    """
    results: list[Frame] = [{} for _ in programs]
    suspicions: list[str] = []
    # compiled here already to be looked at: a process that several share need not do it again
    codes = [compiled_if_traceless(program) if len(programs) > 1 else None for program in programs]
    waiting = _split([code is None for code in codes])
    while waiting:
        batch = waiting.popleft()
        alone = len(batch) == 1
        execution = run([(None if alone else codes[index]) or programs[index] for index in batch])
        suspicions += execution.suspicions
        if alone:
            results[batch[0]] = _result(execution)
        else:
            told = _told(execution)
            passed = told if _sound(execution) else []
            for index, message in zip(batch, passed, strict=False):
                results[index] = _passed(message)
            waiting.extendleft(reversed(_again(batch, len(told), len(passed))))
        if execution.seen.stopped and execution.seen.stopped[0] == "cancelled":
            break
    return results, suspicions


def _split(alone: list[bool]) -> deque[list[int]]:
    """Batches of up to `MOST` that may share a process, and then those that may not: each verdict is
    what it would be alone, so the order does not matter."""
    together = [index for index, it in enumerate(alone) if not it]
    batches = [together[at : at + MOST] for at in range(0, len(together), MOST)]
    return deque([*batches, *([index] for index, it in enumerate(alone) if it)])


def _again(batch: list[int], told: int, passed: int) -> list[list[int]]:
    """What is still to be run of a batch of which `told` ran to their end and `passed` of these count."""
    if told == len(batch) and not passed:  # any of them can have left the trace
        parts = [batch[: told // 2], batch[told // 2 :]]
    else:
        parts = [batch[passed:told], batch[told : told + 1], batch[told + 1 :]]
    return [part for part in parts if part]


def _told(execution: Execution) -> list[Frame]:
    """What was told of the programs that passed, up to the first of which anything else is to be said."""
    told = execution.seen.of_kind("script")
    if execution.seen.malformed or [m.get("index") for m in told] != list(range(len(told))):
        return []
    good = [message.get("failure") is None and message.get("traced") is False for message in told]
    return told[: good.index(False)] if False in good else told


def _sound(execution: Execution) -> bool:
    """Whether the process was found as it was, after the last program that ran in it."""
    return [message.get("unchanged") for message in execution.seen.of_kind("surface")] == [True]


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
