"""What runs share while a session lasts: one sandbox opened when first needed, the cache, providers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from engine.config import Config
from engine.errors import UsageError
from engine.logs import log_to
from engine.places import Places
from engine.providers.base import Progress, Provider, Pulls
from engine.providers.registry import open_provider
from sandbox.contract import Assurance, Execution, Isolation, Limits, Sandbox, Screened, ScreenJob, Script
from sandbox.contract import Job as SandboxJob
from sandbox.errors import SandboxStartFailed

if TYPE_CHECKING:
    from engine.executor import Executor
    from engine.sandbox_memo import Identity


class LazySandbox:
    """A sandbox that is chosen and started when it is first needed, so that opening a screen is quick.

    `memo` is a folder in which it keeps what it is, so that the cache can be asked before anything starts.
    """

    def __init__(self, config: Config, layers: Path | None = None, memo: Path | None = None) -> None:
        self._config = config.sandbox
        self._layers = layers
        self._memo = memo
        self._known: Identity | None = None
        self._inner: Sandbox | None = None
        self._opening = asyncio.Lock()

    @property
    def isolation(self) -> Isolation:
        """Which isolation was chosen; raises SandboxStartFailed before `start` or `identify`."""
        return self._known.isolation if self._known and not self._inner else self._opened.isolation

    @property
    def fingerprint(self) -> str:
        """What enters the cache key; raises SandboxStartFailed before `start` or `identify`."""
        return self._known.fingerprint if self._known and not self._inner else self._opened.fingerprint

    @property
    def _opened(self) -> Sandbox:
        if self._inner is None:
            raise SandboxStartFailed("the sandbox is not open yet")
        return self._inner

    async def identify(self) -> None:
        """Know `isolation` and `fingerprint`, by starting where they are not certain. Raises SandboxError."""
        if self._inner is None and self._known is None and self._memo is not None:
            from engine.sandbox_memo import SandboxMemo

            self._known = await asyncio.to_thread(SandboxMemo(self._memo, self._config).recall)
        if self._known is None:
            await self.start()

    async def start(self) -> None:
        """Choose and start one, once. Raises SandboxError."""
        from sandbox.select import open_sandbox

        async with self._opening:
            if self._inner is None:
                settings = self._config
                self._inner = await open_sandbox(
                    isolation=settings.isolation,
                    minimum=settings.minimum,
                    docker_host=settings.docker_host,
                    image=settings.image,
                    warm=settings.warm,
                    layers=self._layers,
                )
                await self._remember(self._inner)

    async def _remember(self, opened: Sandbox) -> None:
        if self._memo is not None:
            from engine.sandbox_memo import Identity, SandboxMemo

            identity = Identity(opened.isolation, opened.fingerprint)
            await asyncio.to_thread(SandboxMemo(self._memo, self._config).remember, identity)

    async def execute(self, job: SandboxJob, assurance: Assurance) -> Execution:
        """Run the tests once. Raises SandboxError."""
        await self.start()
        return await self._opened.execute(job, assurance)

    async def run_scripts(self, scripts: Sequence[Script], limits: Limits) -> tuple[Execution, ...]:
        """One execution a script, each what it would be alone. Raises SandboxError."""
        await self.start()
        return await self._opened.run_scripts(scripts, limits)

    async def screen(self, job: ScreenJob) -> AsyncIterator[Screened]:
        """Try many variants. Raises SandboxError."""
        await self.start()
        async for screened in self._opened.screen(job):
            yield screened

    async def close(self) -> None:
        """End it, if it was ever opened."""
        async with self._opening:
            inner, self._inner = self._inner, None
            if inner is not None:
                await inner.close()


class Workshop:
    """Opens what runs need and closes all of it at the end."""

    def __init__(self, config: Config, places: Places) -> None:
        self._config = config
        self._places = places
        log_to(places.log, config.log.level)
        self.sandbox = LazySandbox(config, places.layers, places.cache if config.cache.enabled else None)
        self._providers: dict[tuple[str, str, str, bool], Provider] = {}
        self._owns_sandbox = True

    def renewed(self, config: Config) -> Workshop:
        """A workshop for changed settings; the sandbox moves over, warm as it is, unless it must be another.

        This one is to be closed when the runs that work in it are over.
        """
        new = Workshop(config, self._places)
        if config.sandbox == self._config.sandbox:
            new.sandbox, self._owns_sandbox = self.sandbox, False
        return new

    @cached_property
    def executor(self) -> Executor:
        """Runs jobs through the cache, unless the configuration has none."""
        from engine.cache import ExecutionCache
        from engine.executor import Executor

        settings = self._config.cache
        cache = ExecutionCache(self._places.cache, size_mb=settings.size_mb) if settings.enabled else None
        return Executor(self.sandbox, cache)

    @classmethod
    def of(cls, config: Config) -> Self:
        """A workshop in the places that the configuration names."""
        return cls(config, Places.of(config))

    def provider(self, name: str, model: str = "", recording: str = "", goes_first: bool = False) -> Provider:
        """The named provider, opened once; makes no network call. Raises UsageError, KeyMissing."""
        key = (name, model, recording, goes_first)
        if key not in self._providers:
            self._providers[key] = open_provider(
                name,
                model,
                self._config,
                sandbox=self.sandbox,
                recording=recording,
                goes_first=goes_first,
            )
        return self._providers[key]

    async def pull(self, name: str, model: str = "") -> AsyncGenerator[Progress, None]:
        """Have a provider fetch a model that its server does not have; raises UsageError, ProviderError."""
        provider = self.provider(name, model)
        if not isinstance(provider, Pulls):
            raise UsageError(f"{name} cannot pull models", "only ollama does")
        async with aclosing(provider.pull()) as steps:
            async for step in steps:
                yield step

    async def close(self) -> None:
        """Give back connections, sandbox and cache."""
        for provider in self._providers.values():
            await provider.close()
        if self._owns_sandbox:
            await self.sandbox.close()
        if "executor" in self.__dict__:
            self.executor.close()
