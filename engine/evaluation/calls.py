"""A limit on how many model calls are under way at once, whatever the sandboxes do."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from engine.config import Config
from engine.places import Places
from engine.providers.base import Chunk, Provider, Request
from engine.providers.window import prompt_window
from engine.workshop import Workshop


class CallingWorkshop(Workshop):
    """A workshop whose models are asked by at most `calls` at once."""

    def __init__(self, config: Config, places: Places, calls: int) -> None:
        super().__init__(config, places)
        self._turns = asyncio.Semaphore(calls)
        self._limited: dict[int, Provider] = {}

    def provider(self, name: str, model: str = "", recording: str = "", goes_first: bool = False) -> Provider:
        """The named provider; one that reads prompts waits for its turn."""
        found = super().provider(name, model, recording, goes_first)
        if not found.uses_prompt:
            return found
        return self._limited.setdefault(id(found), _Limited(found, self._turns))


class _Limited:
    """A provider that waits for its turn."""

    def __init__(self, inner: Provider, turns: asyncio.Semaphore) -> None:
        self._inner, self._turns = inner, turns
        self.name, self.model, self.endpoint = inner.name, inner.model, inner.endpoint
        self.local, self.uses_prompt = inner.local, inner.uses_prompt

    async def complete(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The inner one's completion, once there is room."""
        async with self._turns, aclosing(self._inner.complete(request)) as chunks:
            async for chunk in chunks:
                yield chunk

    async def prompt_window(self, max_tokens: int) -> int:
        """The inner one's window, 0 where it does not know it."""
        return await prompt_window(self._inner, max_tokens)

    async def check(self) -> str:
        """What the inner one says."""
        return await self._inner.check()

    async def close(self) -> None:
        """Close the inner one."""
        await self._inner.close()
