"""What the screen uses of the engine, and the queue that carries its events over at 30 Hz."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from typing import Protocol

from engine.config_model import Config
from engine.errors import CoderTuiError
from engine.events import Event
from engine.journal_summary import RunSummary
from engine.model import Prompt, Task
from engine.prompt_scope import Scope
from engine.providers.base import Progress
from engine.queueing import RunQueue

PERIOD = 1 / 30
"""Seconds from one painting to the next while events stream, its own time included."""

FLOOD, FLOOD_PERIOD = 8, 0.05
"""After so many events at once the next painting is later: a flood is not read, and costs bytes."""

REST = 0.01
"""Seconds for keys at least, however long a painting took."""


class Prompts(Protocol):
    """The templates by name; what the user saves is for all their projects, or for this one."""

    def names(self) -> Sequence[str]: ...

    def source(self, name: str) -> str: ...

    def validate(self, name: str, text: str) -> None: ...

    def scope(self, name: str) -> Scope: ...

    def difference(self, name: str) -> Sequence[str]: ...

    def save(self, name: str, text: str, scope: Scope = ...) -> object: ...

    def reset(self, name: str) -> Scope: ...


class Session(Protocol):
    """The part of the engine's session that the screen steers with."""

    @property
    def config(self) -> Config: ...

    @property
    def prompts(self) -> Prompts: ...

    async def reconfigure(self, config: Config) -> None: ...

    async def recent(self, text: str = "") -> Sequence[RunSummary]: ...

    async def prepare(self, task: Task) -> str: ...

    def pull(self, provider: str, model: str = "") -> AsyncGenerator[Progress, None]: ...

    def subscribe(self, run: str) -> AsyncIterator[Event]: ...

    async def begin(self, run: str) -> None: ...

    async def stop(self, run: str) -> None: ...

    async def rerun(self, run: str, attempt: str, prompt: Prompt | None = None) -> None: ...

    async def accept(self, run: str, attempt: str, edits: Mapping[str, str] | None = None) -> object: ...

    async def undo(self, run: str) -> object: ...

    async def reject(self, run: str, attempt: str, reason: str) -> None: ...

    def draft_prompt(self, run: str, attempt: str) -> Prompt: ...

    def is_running(self, run: str) -> bool: ...

    def going(self) -> list[str]: ...

    @property
    def queue(self) -> RunQueue: ...


class Bridge:
    """Follows one run: `batches` gives its events, at most thirty lists a second and none while idle."""

    def __init__(self, session: Session, run: str) -> None:
        self._session = session
        self._run = run
        self._queue: asyncio.Queue[Event | CoderTuiError | None] = asyncio.Queue()

    async def _pump(self) -> None:
        try:
            async for event in self._session.subscribe(self._run):
                self._queue.put_nowait(event)
        except CoderTuiError as error:
            self._queue.put_nowait(error)
        finally:
            self._queue.put_nowait(None)

    async def batches(self) -> AsyncIterator[list[Event]]:
        """Lists of new events, until the stream is closed; raises what the stream raised."""
        pump = asyncio.create_task(self._pump())
        try:
            while True:
                first = await self._queue.get()
                await asyncio.sleep(0)  # a replayed journal is there at once: take all of it
                batch: list[Event] = []
                ends: list[CoderTuiError | None] = []
                for item in (first, *self._drain()):
                    if item is None or isinstance(item, CoderTuiError):
                        ends.append(item)
                    else:
                        batch.append(item)
                began = time.monotonic()
                if batch:
                    yield batch  # also when the stream broke after it
                if ends:
                    if ends[0] is not None:
                        raise ends[0]
                    await pump  # a defect in the stream is not to be swallowed
                    return
                period = PERIOD if len(batch) <= FLOOD else FLOOD_PERIOD
                await asyncio.sleep(max(REST, period - (time.monotonic() - began)))
        finally:
            pump.cancel()

    def _drain(self) -> list[Event | CoderTuiError | None]:
        return [self._queue.get_nowait() for _ in range(self._queue.qsize())]
