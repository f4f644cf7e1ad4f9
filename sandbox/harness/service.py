"""The supervisor's requests, one execution at a time."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from sandbox.harness.batches import Program, judge
from sandbox.harness.execution import Execution, SetupFailed
from sandbox.harness.expected import expected_tests
from sandbox.harness.frames import Frame
from sandbox.harness.hatchery import Hatched
from sandbox.harness.host import Host
from sandbox.harness.loop import Loop
from sandbox.harness.nursery import ZygoteLost, open_nurseries
from sandbox.harness.requests import SCREEN_SECONDS, decode_files
from sandbox.harness.stages import Stages
from sandbox.harness.traceless import traceless
from sandbox.harness.verdict import decide

_WARNINGS = 100  # more than there are kinds of


def serve(zygotes: Sequence[Hatched]) -> None:
    """Take requests until stdin ends."""
    try:
        service = Service(zygotes)
        while not service.ended:
            service.step()
    except ZygoteLost as error:
        sys.exit(str(error))  # the zygote's own last words stand above


def pytest_version() -> str:
    """The pytest that testers use."""
    import importlib.metadata  # large, so not before the zygotes are forked: children copy their memory

    return importlib.metadata.version("pytest")


def harness_hash() -> str:
    """Twelve hex digits that change whenever a file of the harness does."""
    import hashlib  # see above

    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:12]


class Service:
    """Takes one request after another and has it executed."""

    def __init__(self, zygotes: Sequence[Hatched]) -> None:
        self._current: tuple[object, Execution] | None = None
        self._cancelled: object = None
        self._used: list[tuple[tuple[str, ...], dict[str, float]]] = []
        # On a single processor to fork while an execution runs would only make its answer late.
        self._side_by_side = len(os.sched_getaffinity(0)) > 1
        self._loop = Loop()
        self._host = Host(self._loop, self._cancel)
        self._stages = Stages(self._loop, open_nurseries(self._loop, zygotes))
        python = ".".join(map(str, sys.version_info[:3]))
        told = {"python": python, "pytest": pytest_version(), "harness": harness_hash()}
        self._host.answer({"ready": True, **told})

    @property
    def ended(self) -> bool:
        """Whether the host is gone."""
        return self._host.gone

    def step(self) -> None:
        """Handle the next request, or wait for one."""
        if not self._host.requests:
            self._loop.turn(None)
            return
        request = self._host.requests.popleft()
        try:
            if request["op"] in ("execute", "scripts"):
                run = self._execute if request["op"] == "execute" else self._scripts
                self._host.answer_shortly({"id": request["id"], "result": run(request)})
            elif request["op"] == "screen":
                self._screen(request)
            else:
                self._host.answer({"id": request["id"], "fault": f"unknown op {request['op']!r}"})
        except SetupFailed as error:
            self._host.answer({"id": request["id"], "fault": str(error)})
        except (KeyError, TypeError, ValueError) as error:
            self._host.answer({"id": request.get("id"), "fault": f"malformed request: {error!r}"})
        self._prepare_next()

    def _execute(self, request: Frame) -> Frame:
        started = time.monotonic()
        seconds = request["limits"]["seconds"]
        sealed = request["assurance"] == "sealed"
        tests = decode_files(request["tests"])
        request["stay"] = sealed and traceless(tests, request["files"])
        warnings: list[str] = []
        suspicions: list[str] = []
        execution = self._run(request, ("tester", "worker") if sealed else ("inprocess",), seconds)
        stopped = execution.seen.stopped
        if stopped and stopped[0] == "unsealable":
            warnings, sealed = [f"not-sealed: {stopped[1]}"], False
            suspicions = execution.suspicions
            execution = self._run(request, ("inprocess",), seconds)
        selection = request.get("selection", [])
        result = decide(execution.seen, expected_tests(tests, selection), selection)
        warnings += [message["text"] for message in execution.seen.of_kind("warning")[:_WARNINGS]]
        if result["verdict"] == "passed" and not sealed:
            warnings.append("in-process: the candidate shared a process with its tests")
        return {
            **result,
            "assurance": "sealed" if sealed else "in-process",
            "seconds": time.monotonic() - started,
            "output": execution.output.text(),
            "warnings": list(dict.fromkeys(warnings)),
            "peak_memory_mb": execution.peak / (1 << 20),
            "suspicions": [*suspicions, *execution.suspicions],
        }

    def _scripts(self, request: Frame) -> Frame:
        def run(programs: list[Program]) -> Execution:
            return self._run({**request, "programs": programs}, ("scripts",), request["limits"]["seconds"])

        results, suspicions = judge(request["programs"], run)
        return {"scripts": results, "suspicions": suspicions}

    def _screen(self, request: Frame) -> None:
        def forward(message: Frame) -> None:
            self._host.answer({"id": request["id"], "screened": message})

        execution = self._run(request, ("screener",), request.get("seconds", SCREEN_SECONDS), forward)
        ended = execution.seen.stopped[1] if execution.seen.stopped else "exit"
        output, suspicions = execution.output.text(), execution.suspicions
        self._host.answer(
            {"id": request["id"], "done": True, "ended": ended, "output": output, "suspicions": suspicions}
        )

    def _run(
        self,
        request: Frame,
        roles: tuple[str, ...],
        seconds: float,
        forward: Callable[[Frame], None] | None = None,
    ) -> Execution:
        stage = self._stages.take(roles, request["limits"])
        execution = Execution(self._loop, stage, request, forward)
        self._current = (request["id"], execution)
        try:
            if self.ended or self._cancelled == request["id"]:
                execution.stop("cancelled", "cancelled")
            execution.begin()
            if self._side_by_side:
                may_stay = ("tester",) if request.get("stay") else ()
                self._stages.prepare([role for role in roles if role not in may_stay], request["limits"])
            execution.run(seconds)
        finally:
            self._current = None
            self._stages.give_back(stage, execution.staying)
        self._used.append((roles, request["limits"]))
        return execution

    def _prepare_next(self) -> None:
        """Have children wait for the next request, which is on its way while they are forked."""
        for roles, limits in self._used:
            self._stages.prepare(roles, limits)
        self._used.clear()

    def _cancel(self, target: object, why: str) -> None:
        """End what is under way if it is `target`, or whatever it is for None."""
        if self._current and target in (None, self._current[0]):
            self._cancelled = self._current[0]  # a second try, in-process, must not begin either
            self._current[1].stop("cancelled", why)
