"""A run's pen: an event is durable in the journal before anyone is shown it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Protocol

from engine.events import Event
from engine.history import History, advance


class Sink(Protocol):
    """What keeps events: the journal, or something that only looks at them."""

    def append(self, run: str, event: Event, /) -> object:
        """Keep one event; it may block."""
        ...


class Recorder:
    """Writes one run's events, keeps its history, and wakes those who read along."""

    def __init__(self, run: str, journal: Sink, history: History, wake: Callable[[], None]) -> None:
        self.run = run
        self.history = history
        self._journal = journal
        self._wake = wake
        self._order = asyncio.Lock()

    def stamp(self) -> tuple[str, float]:
        """The two fields that every event begins with: the run and the time now, in seconds since 1970."""
        return self.run, time.time()

    async def emit(self, event: Event) -> None:
        """Record one event; whoever cancels the caller does not tear it in two. Raises JournalError."""
        await asyncio.shield(self._write(event))

    async def _write(self, event: Event) -> None:
        async with self._order:
            await asyncio.to_thread(self._journal.append, self.run, event)
            self.history = advance(self.history, event)
            self._wake()
