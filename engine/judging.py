"""From a candidate to its execution: in-process to find failures, a pass confirmed sealed."""

from __future__ import annotations

from engine import events as ev
from engine.executor import Executor
from engine.model import Task
from engine.recorder import Recorder
from engine.workspace import Workspace
from sandbox.contract import Assurance, Execution, Verdict


class Judge:
    """Executes a task's candidates and records how that went."""

    def __init__(self, task: Task, executor: Executor, recorder: Recorder) -> None:
        self._task = task
        self._executor = executor
        self._recorder = recorder

    async def judge(self, name: str, candidate: Workspace) -> Execution:
        """The execution that counts for attempt `name`.

        A candidate that repeats an earlier attempt takes that one's execution: it is never paid for
        twice. A pass is re-executed sealed, from a pristine copy of the tests.
        """
        attempts = self._recorder.history.attempts
        twin = attempts.get(attempts[name].duplicate_of)
        if twin is not None and twin.execution is not None:
            await self._recorder.emit(ev.ExecutionEnded(*self._recorder.stamp(), name, twin.execution, True))
            return twin.execution
        execution = await self._execute(name, candidate, Assurance.IN_PROCESS)
        if execution.verdict is Verdict.PASSED:
            execution = await self._execute(name, candidate, Assurance.SEALED)
        return execution

    async def _execute(self, name: str, candidate: Workspace, assurance: Assurance) -> Execution:
        recorder = self._recorder
        isolation = self._executor.sandbox.isolation
        await recorder.emit(ev.ExecutionStarted(*recorder.stamp(), name, assurance, isolation))
        job = self._task.job(candidate, f"{recorder.run}/{name}")
        execution, cached = await self._executor.execute(job, assurance)
        await recorder.emit(ev.ExecutionEnded(*recorder.stamp(), name, execution, cached))
        return execution
