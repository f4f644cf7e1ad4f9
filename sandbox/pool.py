"""Warm sandboxes: leased one execution at a time, thrown away when worn or suspicious, replaced."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from sandbox.contract import Assurance, Execution, Isolation, Job, Limits, Screened, ScreenJob, Script
from sandbox.errors import SandboxError, SandboxLost
from sandbox.rack import Rack, Start, Warm
from sandbox.requirements import Requirements
from sandbox.sizing import automatic_size

USES = 200
WAIT_SECONDS = 600.0


class Pool:
    """Up to `size` warm sandboxes at work, made by `start` (0: as many as the machine can keep).

    Callers wait for a free one, for a limited time; a caller that is cancelled waits no longer. A sandbox
    is replaced after `uses` executions, on suspicion, and when it dies; its successor starts meanwhile.
    """

    def __init__(
        self,
        start: Start,
        isolation: Isolation,
        size: int = 1,
        uses: int = USES,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self.size = size or automatic_size()
        self._isolation, self._wait_seconds = isolation, wait_seconds
        self._slots = asyncio.Semaphore(self.size)
        self._rack = Rack(start, self.size, uses)

    async def warm_up(self) -> dict[str, str]:
        """Bring one up, and the others in the background; the versions that it names. Raises SandboxError."""
        async with self._lease() as warm:
            self._rack.fill_up(())
            return dict(warm.client.versions)

    async def execute(self, job: Job, assurance: Assurance) -> Execution:
        """Run `job`; a sandbox that dies of it is replaced and the job tried once more, alone.

        Dying twice is the candidate's doing. Raises SandboxError.
        """
        with contextlib.suppress(SandboxLost):
            async with self._lease(job.requirements) as warm:
                return await warm.client.execute(job, assurance)
        async with self._lease(job.requirements, fresh=True) as warm:
            try:
                return await warm.client.execute(job, assurance)
            except SandboxLost:
                verdict = await warm.cause_of_death()
        return Execution(verdict, assurance, self._isolation, ended="the sandbox died of it twice")

    async def run_scripts(self, scripts: Sequence[Script], limits: Limits) -> tuple[Execution, ...]:
        """Run scripts in one leased sandbox; if it dies of them each is run again alone, and one that a
        sandbox dies of twice is the cause. Raises SandboxError."""
        with contextlib.suppress(SandboxLost):
            async with self._lease() as warm:
                return await warm.client.run_scripts(scripts, limits)
        if len(scripts) > 1:
            return tuple([(await self.run_scripts([script], limits))[0] for script in scripts])
        async with self._lease(fresh=True) as warm:
            try:
                return await warm.client.run_scripts(scripts, limits)
            except SandboxLost:
                verdict = await warm.cause_of_death()
        return (
            Execution(verdict, Assurance.IN_PROCESS, self._isolation, ended="the sandbox died of it twice"),
        )

    async def screen(self, job: ScreenJob) -> AsyncGenerator[Screened, None]:
        """Try variants in one leased sandbox. Raises SandboxError."""
        asked = job.job.requirements
        async with self._lease(asked) as warm, contextlib.aclosing(warm.client.screen(job)) as results:
            async for result in results:
                yield result

    async def close(self) -> None:
        """End every sandbox, those at work included. Never raises."""
        await self._rack.close()

    @contextlib.asynccontextmanager
    async def _lease(self, requirements: Requirements = (), fresh: bool = False) -> AsyncIterator[Warm]:
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._slots.acquire()
        except TimeoutError as error:
            why = f"no sandbox became free within {self._wait_seconds:g} s"
            raise SandboxError(why, "raise sandbox.warm, or lower the number of jobs at once") from error
        try:
            warm = await self._rack.take(requirements, fresh)
            try:
                yield warm
            finally:
                await asyncio.shield(self._rack.give_back(warm))
        finally:
            self._slots.release()
