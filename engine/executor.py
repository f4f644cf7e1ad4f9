"""Executions through the cache: identical code is never run twice, and our own faults are retried."""

from __future__ import annotations

import asyncio
import time

from tenacity import AsyncRetrying, RetryError, retry_if_exception, stop_after_attempt, wait_exponential

from engine.cache import ExecutionCache, execution_key
from sandbox.contract import Assurance, Execution, Job, Sandbox, Verdict
from sandbox.errors import IsolationUnavailable, JobRefused, SandboxError

TRIES = 3


def _may_pass(error: BaseException) -> bool:
    return isinstance(error, SandboxError) and not isinstance(error, IsolationUnavailable | JobRefused)


class Executor:
    """Runs jobs in one sandbox, with the cache in front of it (None: no cache)."""

    def __init__(self, sandbox: Sandbox, cache: ExecutionCache | None) -> None:
        self.sandbox = sandbox
        self._cache = cache

    def close(self) -> None:
        """Let go of the cache; the sandbox is its owner's."""
        if self._cache is not None:
            self._cache.close()

    async def execute(self, job: Job, assurance: Assurance) -> tuple[Execution, bool]:
        """The execution and whether the cache knew it.

        A fault of ours is retried with back-off and then returned as an `infrastructure` execution,
        never raised, never cached.
        """
        if self._cache is not None:
            known = await asyncio.to_thread(self._cache.get, self._key(job, assurance))
            if known is not None:
                return known, True
        execution = await self._run(job, assurance)
        if self._cache is not None:  # by the sandbox that really ran it, whatever was expected before
            await asyncio.to_thread(self._cache.put, self._key(job, assurance), execution)
        return execution, False

    def _key(self, job: Job, assurance: Assurance) -> str:
        return execution_key(job, assurance, self.sandbox.isolation, self.sandbox.fingerprint)

    async def _run(self, job: Job, assurance: Assurance) -> Execution:
        began = time.monotonic()
        retrying = AsyncRetrying(
            stop=stop_after_attempt(TRIES),
            wait=wait_exponential(multiplier=0.2, max=2),
            retry=retry_if_exception(_may_pass),
        )
        try:
            return await retrying(self.sandbox.execute, job, assurance)
        except RetryError as gave_up:
            fault = gave_up.last_attempt.exception()
        except SandboxError as error:
            fault = error
        return Execution(
            verdict=Verdict.INFRASTRUCTURE,
            assurance=assurance,
            isolation=self.sandbox.isolation,
            seconds=time.monotonic() - began,
            ended=str(fault),
        )
