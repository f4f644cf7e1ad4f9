"""From what was expected, reported and seen to a verdict: nothing passes by silence."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox.harness.expected import matches, selects

WORKER_DIED = "WorkerDied"  # what the tester calls it when the worker hangs up on a test
Message = dict[str, Any]
Test = dict[str, Any]


@dataclass(slots=True)
class Seen:
    """What the supervisor itself saw of one execution.

    `stopped` is why the supervisor ended it: (verdict, words), or None if it ended by itself.
    `main` is the wait status of the tester or the in-process child, `worker` that of a worker that
    was gone before the tester.
    """

    messages: list[Message] = field(default_factory=list)
    stopped: tuple[str, str] | None = None
    main: int | None = None
    worker: int | None = None
    malformed: str = ""

    def of_kind(self, kind: str) -> list[Message]:
        """The reports of one kind, in order."""
        return [message for message in self.messages if message.get("kind") == kind]

    def lost_worker(self) -> bool:
        """Whether a test met that the worker was gone."""
        return any(_type(message.get("failure")) == WORKER_DIED for message in self.of_kind("test"))


def decide(seen: Seen, expected: Sequence[str], selection: Sequence[str]) -> dict[str, Any]:
    """`verdict`, `ended`, `tests` and `error` of an execution."""
    tests = _tests(seen, expected, selection)
    errors = [message.get("failure") for message in seen.of_kind("error")]
    verdict, ended = _verdict(seen, tests, bool(errors))
    _name_ending(seen.worker, tests)
    failures = [*errors, *(test["failure"] for test in tests)]
    if verdict in ("failed", "error") and any(_type(failure) == "MemoryError" for failure in failures):
        verdict, ended = "out_of_memory", "memory limit"
    return {"verdict": verdict, "ended": ended, "tests": tests, "error": errors[0] if errors else None}


def script_verdict(seen: Seen) -> tuple[str, str, Any]:
    """`verdict`, `ended` and `error` of a program that ran alone."""
    told = seen.of_kind("script")
    error = told[0].get("failure") if len(told) == 1 else None
    if seen.malformed or len(told) > 1:
        return "tampered", seen.malformed or "more than one program was told of", None
    if seen.stopped:
        return *seen.stopped, error
    if not (seen.of_kind("done") and seen.main == 0 and told):
        return *_unfinished(seen.main), error
    if error is None:
        return "passed", "exit", None
    return (
        ("out_of_memory", "memory limit", error)
        if _type(error) == "MemoryError"
        else ("failed", "exit", error)
    )


def _verdict(seen: Seen, tests: list[Test], errors: bool) -> tuple[str, str]:
    tampered = [str(message.get("why", "")) for message in seen.of_kind("tampered")]
    if seen.malformed or tampered:
        return "tampered", seen.malformed or tampered[0]
    if seen.stopped:
        return seen.stopped
    done = bool(seen.of_kind("done")) and seen.main == 0
    if errors:
        return "error", "exit" if done else _ending(seen.main)
    if not done:
        return _unfinished(seen.main)
    if not tests:
        return "error", "no tests were found"
    if all(test["outcome"] == "passed" for test in tests):
        return "passed", "exit"
    # The tester alone knows whether the worker went before its time: after the last test it may.
    if seen.worker is None or not any(_type(test["failure"]) == WORKER_DIED for test in tests):
        return "failed", "exit"
    killed = os.WIFSIGNALED(seen.worker)
    return ("killed" if killed else "failed"), f"candidate's process: {_ending(seen.worker)}"


def _name_ending(worker: int | None, tests: list[Test]) -> None:
    """Say how the candidate's process ended where a test met that it was gone: the tester cannot know."""
    for test in tests:
        failure = test["failure"]
        if worker is not None and isinstance(failure, dict) and _type(failure) == WORKER_DIED:
            words = f" ({_ending(worker)})"
            test["message"] += words
            test["failure"] = {**failure, "message": f"{failure.get('message', '')}{words}"}


def _unfinished(status: int | None) -> tuple[str, str]:
    if status is None:
        return "killed", "the child was never started"
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return ("timeout" if number == signal.SIGXCPU else "killed"), _ending(status)
    return "failed", f"{_ending(status)} before the tests ended"


def _ending(status: int | None) -> str:
    if status is None:
        return "not started"
    if os.WIFSIGNALED(status):
        return f"signal {os.WTERMSIG(status)}"
    return f"exit {os.WEXITSTATUS(status)}"


def _tests(seen: Seen, expected: Sequence[str], selection: Sequence[str]) -> list[Test]:
    """One entry an id: the worst that was reported of it, and `missing` for what nobody reported."""
    found: dict[str, Test] = {}
    for message in seen.of_kind("test"):
        test = _clean(message)
        before = found.get(test["id"])
        if before is None or before["outcome"] == "passed":
            found[test["id"]] = test
    wanted = [str(name) for message in seen.of_kind("collected") for name in message.get("ids", [])]
    for name in wanted:
        found.setdefault(name, _missing(name))
    for name in expected:
        if not any(matches(name, known) for known in found):
            found[name] = _missing(name)
    for item in selection:
        if not any(selects(item, known) or known == item for known in found):
            found[item] = _missing(item)
    order = {name: place for place, name in enumerate(wanted)}
    return sorted(found.values(), key=lambda test: order.get(test["id"], len(order)))


def _clean(message: Message) -> Test:
    outcome = message.get("outcome")
    known = outcome in ("passed", "failed", "error", "skipped")
    seconds = message.get("seconds")
    return {
        "id": str(message.get("id")),
        "outcome": outcome if known else "error",
        "seconds": float(seconds) if isinstance(seconds, int | float) else 0.0,
        "message": str(message.get("message") or ""),
        "failure": message.get("failure"),
    }


def _missing(name: str) -> Test:
    text = "the test was expected, but not run to its end"
    return {"id": name, "outcome": "missing", "seconds": 0.0, "message": text, "failure": None}


def _type(failure: object) -> object:
    return failure.get("error_type") if isinstance(failure, dict) else None
