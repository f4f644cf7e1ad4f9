"""A provider's chunks gathered into events: often enough to watch, seldom enough to be durable."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from types import TracebackType
from typing import Self

from engine import events as ev
from engine.model import Usage
from engine.providers.base import Done, Offer, Progress, Provider, Request, Text, Thinking

Emit = Callable[[ev.Event], Awaitable[None]]
PERIOD = 0.02  # seconds between two streamed events: with the screen's own period, text is seen within 0.1


@dataclass(frozen=True)
class Completion:
    """A whole answer: its text, the provider's own edits where it has them, and what it cost."""

    text: str
    thinking: str = ""
    edits: Mapping[str, str] | None = None
    usage: Usage = field(default_factory=Usage)
    truncated: bool = False
    note: str = ""
    offer: Offer | None = None


async def stream(provider: Provider, request: Request, emit: Emit, run: str, attempt: str) -> Completion:
    """Ask for one completion, emitting what arrives and not the end of it; raises ProviderError."""
    texts: list[str] = []
    thoughts: list[str] = []
    done = Done()
    async with _Gathered(emit, run, attempt) as gathered, aclosing(provider.complete(request)) as chunks:
        async for chunk in chunks:
            match chunk:
                case Text(text):
                    texts.append(text)
                    await gathered.add(text, thinking=False)
                case Thinking(text):
                    thoughts.append(text)
                    await gathered.add(text, thinking=True)
                case Progress(what, tried, total):
                    await emit(ev.ProviderProgress(run, time.time(), attempt, what, tried, total))
                case Done():
                    done = chunk
    text, thinking = "".join(texts), "".join(thoughts)
    return Completion(text, thinking, done.edits, done.usage, done.truncated, done.note, done.offer)


class _Gathered:
    """Pieces of text that wait for the next event, a period at most, whether or not more of them come."""

    def __init__(self, emit: Emit, run: str, attempt: str) -> None:
        self._emit = emit
        self._of = (run, attempt)
        self._waiting: list[tuple[bool, str]] = []
        self._some = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._writing = asyncio.create_task(self._write())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writing.cancel()
        await asyncio.wait([self._writing])
        if (
            not self._writing.cancelled()
            and (fault := self._writing.exception()) is not None
            and error is None
        ):
            raise fault
        await self._flush()

    async def add(self, text: str, *, thinking: bool) -> None:
        """Take a piece; raises what the last writing raised."""
        if self._writing.done():
            await self._writing
        self._waiting.append((thinking, text))
        self._some.set()

    async def _write(self) -> None:
        while True:
            await self._some.wait()
            await self._flush()
            await asyncio.sleep(PERIOD)

    async def _flush(self) -> None:
        """One event for each stretch of thinking or of text; what is not yet written stays, if cancelled."""
        self._some.clear()
        while self._waiting:
            thinking, stretch = next(groupby(self._waiting, key=itemgetter(0)))
            pieces = [piece for _, piece in stretch]
            del self._waiting[: len(pieces)]
            text = "".join(pieces)
            run, attempt = self._of
            await self._emit(ev.CompletionStreamed(run, time.time(), attempt, text, thinking))
