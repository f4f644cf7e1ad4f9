"""Runs that wait for their turn: one after the other, each with sandbox and model to itself."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Protocol

from engine.errors import CoderTuiError, UsageError


class Runs(Protocol):
    """What the queue needs of a session."""

    async def begin(self, run: str) -> None: ...

    async def wait(self, run: str) -> object: ...

    def going(self) -> list[str]: ...


class RunQueue:
    """Begins the next run when no other is going; one that cannot begin is passed over with its reason."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs
        self._waiting: list[str] = []
        self._refused: dict[str, str] = {}
        self._worker: asyncio.Task[None] | None = None

    @property
    def waiting(self) -> tuple[str, ...]:
        """The runs that have not begun, in their order."""
        return tuple(self._waiting)

    @property
    def refused(self) -> Mapping[str, str]:
        """Why runs of the queue could not begin, by run."""
        return self._refused

    def add(self, run: str) -> None:
        """Put a run at the end. Raises UsageError when it waits or goes already."""
        if run in self._waiting or run in self._runs.going():
            raise UsageError(f"run {run} is queued or going already")
        self._refused.pop(run, None)
        self._waiting.append(run)
        if self._worker is None or self._worker.done():
            self._worker = asyncio.create_task(self._work(), name="queue of runs")

    def remove(self, run: str) -> None:
        """Take a run out that has not begun. Raises UsageError when it does not wait."""
        if run not in self._waiting:
            raise UsageError(f"run {run} does not wait in the queue")
        self._waiting.remove(run)

    async def close(self) -> None:
        """Begin nothing more."""
        self._waiting.clear()
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.wait([self._worker])

    async def _work(self) -> None:
        while self._waiting:
            for run in self._runs.going():
                await self._over(run)
            if not self._waiting:  # taken out meanwhile
                return
            run = self._waiting.pop(0)
            try:
                await self._runs.begin(run)
            except CoderTuiError as error:
                self._refused[run] = str(error)

    async def _over(self, run: str) -> None:
        try:
            await self._runs.wait(run)
        except asyncio.CancelledError:
            if run in self._runs.going():
                raise  # it is the queue that ends, not the run that was stopped
        except CoderTuiError as error:
            self._refused[run] = str(error)
