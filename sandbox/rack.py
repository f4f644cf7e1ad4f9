"""Where warm sandboxes stand between executions; the next one is started while others work."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Protocol

from sandbox.client import SupervisorClient
from sandbox.contract import Verdict
from sandbox.errors import SandboxError
from sandbox.requirements import Requirements

AHEAD = 10  # executions before a sandbox is worn at which its successor is started

_log = logging.getLogger(__name__)


class Warm(Protocol):
    """One running sandbox."""

    @property
    def client(self) -> SupervisorClient: ...

    async def cause_of_death(self) -> Verdict:
        """`out_of_memory` if the runtime says so, else `killed`; asked once it died. Raises SandboxLost."""
        ...

    async def close(self) -> None:
        """End it and remove what it left. Never raises; may be called twice."""
        ...


Start = Callable[[Requirements], Awaitable[Warm]]


class Rack:
    """Sandboxes by the requirements installed in them; `size` are at work at most, one more may be ready."""

    def __init__(self, start: Start, size: int, uses: int) -> None:
        self._start, self._size, self._uses = start, size, uses
        self._all: dict[Warm, Requirements] = {}
        self._idle: list[Warm] = []  # the one used last at the end
        self._coming: dict[Requirements, asyncio.Task[None]] = {}
        self._starting = 0  # by those who cannot wait
        self._closed = False

    async def take(self, requirements: Requirements, fresh: bool) -> Warm:
        """A sandbox that stands ready, else one that is coming, else a new one. Raises SandboxError."""
        while not self._closed:
            warm = await self._pick(requirements, fresh)
            if warm:
                self._look_ahead(warm, requirements)
                return warm
            coming = self._coming.get(requirements)
            if coming is None:
                return await self._start_now(requirements)
            await asyncio.wait([coming])  # our being cancelled does not cancel it
        raise SandboxError("the sandbox is closed")

    async def give_back(self, warm: Warm) -> None:
        """Keep it for the next, or end it and have another started; never raises."""
        requirements = self._all.get(warm, ())
        if self._closed or warm.client.suspicions or warm.client.executions >= self._uses:
            self._all.pop(warm, None)
            self.fill_up(requirements)
            await warm.close()
            return
        self._idle.append(warm)
        while len(self._all) > self._size + 1 and self._idle:
            await self._discard(self._idle.pop(0))

    def fill_up(self, requirements: Requirements) -> None:
        """Start what is missing, one after another, in the background."""
        if len(self._all) + len(self._coming) + self._starting < self._size:
            self._prepare(requirements)

    async def close(self) -> None:
        """End every sandbox, those at work included. Never raises."""
        self._closed = True
        coming = tuple(self._coming.values())
        for task in coming:
            task.cancel()
        await asyncio.gather(*coming, return_exceptions=True)
        self._idle.clear()
        await asyncio.gather(*(self._discard(warm) for warm in tuple(self._all)))

    async def _start_now(self, requirements: Requirements) -> Warm:
        self._starting += 1
        try:
            warm = await self._start(requirements)
        finally:
            self._starting -= 1
        if self._closed:
            await warm.close()
            raise SandboxError("the sandbox is closed")
        self._all[warm] = requirements
        return warm

    async def _pick(self, requirements: Requirements, fresh: bool) -> Warm | None:
        for warm in reversed(self._idle[:]):
            if warm not in self._idle or self._all[warm] != requirements:
                continue
            if warm.client.suspicions:
                self._idle.remove(warm)
                await self._discard(warm)
            elif not fresh or not warm.client.executions:
                self._idle.remove(warm)
                return warm
        return None

    def _look_ahead(self, warm: Warm, requirements: Requirements) -> None:
        nearly_worn = warm.client.executions >= max(self._uses - AHEAD, 1)
        another = any(self._all[idle] == requirements for idle in self._idle)
        if nearly_worn and not another and len(self._all) <= self._size:
            self._prepare(requirements)

    def _prepare(self, requirements: Requirements) -> None:
        if not self._closed and requirements not in self._coming:
            self._coming[requirements] = asyncio.create_task(self._bring(requirements))

    async def _bring(self, requirements: Requirements) -> None:
        try:
            warm = await self._start(requirements)
        except SandboxError as error:
            # Whoever needs one next tries again and hears why.
            _log.info("no sandbox could be started ahead: %s", error)
            return
        finally:
            self._coming.pop(requirements, None)
        self._all[warm] = requirements
        self._idle.insert(0, warm)
        self.fill_up(requirements)

    async def _discard(self, warm: Warm) -> None:
        self._all.pop(warm, None)
        await warm.close()
