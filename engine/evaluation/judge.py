"""The benchmark's own tests, sealed: what they say of a candidate."""

from __future__ import annotations

import time
from dataclasses import dataclass

from engine.diagnosis import diagnose
from engine.evaluation.problem import Problem
from engine.executor import Executor
from engine.model import Target
from engine.sameness import signature
from engine.workspace import Workspace
from sandbox.contract import Assurance, Execution, Limits, Verdict


@dataclass(frozen=True, slots=True)
class Judged:
    """The judge's verdict on one candidate; `message` says why where it is `infrastructure`."""

    verdict: Verdict
    assurance: Assurance
    passed: int = 0
    total: int = 0
    error: str = ""
    message: str = ""


class Bench:
    """Judges the candidates of one problem; the same program is judged once.

    Guardrails have no say here: they keep a candidate from the loop, and are counted there. What is
    right is a question to the benchmark's tests alone, asked in the sandbox.
    """

    def __init__(self, problem: Problem, executor: Executor, limits: Limits) -> None:
        self._problem = problem
        self._executor = executor
        self._limits = limits
        self._known: dict[str, Judged] = {}
        self.executions = 0
        self.cached = 0
        self.seconds = 0.0

    async def judge(self, candidate: Workspace) -> Judged:
        """The verdict on a candidate. Raises SandboxError when there is no sandbox."""
        program = signature(candidate)
        if program not in self._known:
            self._known[program] = await self.judge_only(candidate)
        return self._known[program]

    async def judge_only(self, candidate: Workspace) -> Judged:
        """The same for one that is alone: which other program it is the same as need not be known."""
        began = time.monotonic()
        job = self._problem.judge_job(candidate, self._limits)
        execution, cached = await self._executor.execute(job, Assurance.SEALED)
        self.executions += 1
        self.cached += cached
        self.seconds += time.monotonic() - began
        return judged_of(execution, candidate, self._problem)


def judged_of(execution: Execution, candidate: Workspace, problem: Problem) -> Judged:
    """What an execution of the judge's tests says."""
    error = ""
    if execution.verdict not in (Verdict.PASSED, Verdict.INFRASTRUCTURE):
        error = diagnose(execution, candidate, Target(problem.file, problem.function)).error_type
    return Judged(
        verdict=execution.verdict,
        assurance=execution.assurance,
        passed=execution.passed,
        total=len(execution.tests),
        error=error,
        message=execution.ended if execution.verdict is Verdict.INFRASTRUCTURE else "",
    )
