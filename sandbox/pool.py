"""Warm sandboxes: leased one execution at a time, thrown away when worn or suspicious, replaced."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from typing import Protocol

from sandbox.client import SupervisorClient
from sandbox.contract import Assurance, Execution, Isolation, Job, Screened, ScreenJob, Verdict
from sandbox.errors import SandboxError, SandboxLost

USES = 200
WAIT_SECONDS = 600.0


class Warm(Protocol):
    """One running sandbox."""

    @property
    def client(self) -> SupervisorClient: ...

    async def cause_of_death(self) -> Verdict:
        """`out_of_memory` if the runtime says so, else `killed`; asked once it has died."""
        ...

    async def close(self) -> None:
        """End it and remove what it left. Never raises; may be called twice."""
        ...


class Pool:
    """Up to `size` warm sandboxes made by `start`; callers wait for a free one.

    A sandbox is replaced after `uses` executions, on suspicion, and when it dies.
    """

    def __init__(
        self,
        start: Callable[[], Awaitable[Warm]],
        isolation: Isolation,
        size: int = 1,
        uses: int = USES,
        wait_seconds: float = WAIT_SECONDS,
    ) -> None:
        self._start, self._isolation = start, isolation
        self._uses, self._wait_seconds = uses, wait_seconds
        self._slots = asyncio.Semaphore(max(size, 1))
        self._idle: list[Warm] = []
        self._all: set[Warm] = set()
        self._closed = False

    async def warm_up(self) -> dict[str, str]:
        """Bring one up; the versions that it names. Raises SandboxError."""
        async with self._lease() as warm:
            return dict(warm.client.versions)

    async def execute(self, job: Job, assurance: Assurance) -> Execution:
        """Run `job`; a sandbox that dies of it is replaced and the job tried once more, alone.

        Dying twice is the candidate's doing. Raises SandboxError.
        """
        with contextlib.suppress(SandboxLost):
            async with self._lease() as warm:
                return await warm.client.execute(job, assurance)
        async with self._lease(fresh=True) as warm:
            try:
                return await warm.client.execute(job, assurance)
            except SandboxLost:
                verdict = await warm.cause_of_death()
        return Execution(verdict, assurance, self._isolation, ended="the sandbox died of it twice")

    async def screen(self, job: ScreenJob) -> AsyncGenerator[Screened, None]:
        """Try variants in one leased sandbox. Raises SandboxError."""
        async with self._lease() as warm, contextlib.aclosing(warm.client.screen(job)) as results:
            async for result in results:
                yield result

    async def close(self) -> None:
        """End every sandbox, those at work included. Never raises."""
        self._closed = True
        self._idle.clear()
        await asyncio.gather(*(self._discard(warm) for warm in tuple(self._all)))

    @contextlib.asynccontextmanager
    async def _lease(self, fresh: bool = False) -> AsyncIterator[Warm]:
        try:
            await asyncio.wait_for(self._slots.acquire(), self._wait_seconds)
        except TimeoutError as error:
            why = f"no sandbox became free within {self._wait_seconds:g} s"
            raise SandboxError(why, "raise sandbox.warm, or lower the number of jobs at once") from error
        warm: Warm | None = None
        try:
            warm = await self._take(fresh)
            yield warm
        finally:
            try:
                if warm:
                    await asyncio.shield(self._give_back(warm))
            finally:
                self._slots.release()

    async def _take(self, fresh: bool) -> Warm:
        if self._closed:
            raise SandboxError("the sandbox is closed")
        while self._idle:
            warm = self._idle.pop()
            if not fresh and not warm.client.suspicions:
                return warm
            await self._discard(warm)
        warm = await self._start()
        self._all.add(warm)
        return warm

    async def _give_back(self, warm: Warm) -> None:
        worn = warm.client.executions >= self._uses
        if worn or warm.client.suspicions or self._closed:
            await self._discard(warm)
        else:
            self._idle.append(warm)

    async def _discard(self, warm: Warm) -> None:
        self._all.discard(warm)
        await warm.close()
