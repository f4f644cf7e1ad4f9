"""A provider's chunks gathered into events: often enough to watch, seldom enough to be durable."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from engine import events as ev
from engine.model import Usage
from engine.providers.base import Done, Progress, Provider, Request, Text, Thinking

Emit = Callable[[ev.Event], Awaitable[None]]
PERIOD = 0.1  # seconds between two streamed events: the screen draws at 10 Hz


@dataclass(frozen=True)
class Completion:
    """A whole answer: its text, the provider's own edits where it has them, and what it cost."""

    text: str
    thinking: str = ""
    edits: Mapping[str, str] | None = None
    usage: Usage = field(default_factory=Usage)
    truncated: bool = False
    note: str = ""


async def stream(provider: Provider, request: Request, emit: Emit, run: str, attempt: str) -> Completion:
    """Ask for one completion, emitting what arrives and not the end of it; raises ProviderError."""
    texts: list[str] = []
    thoughts: list[str] = []
    waiting: dict[bool, list[str]] = {False: [], True: []}
    shown = time.monotonic()
    done = Done()

    async def flush() -> None:
        nonlocal shown
        shown = time.monotonic()
        for thinking, pieces in waiting.items():
            if pieces:
                text = "".join(pieces)
                pieces.clear()
                await emit(ev.CompletionStreamed(run, time.time(), attempt, text, thinking))

    async with aclosing(provider.complete(request)) as chunks:
        async for chunk in chunks:
            match chunk:
                case Text(text):
                    texts.append(text)
                    waiting[False].append(text)
                case Thinking(text):
                    thoughts.append(text)
                    waiting[True].append(text)
                case Progress(what, tried, total):
                    await emit(ev.ProviderProgress(run, time.time(), attempt, what, tried, total))
                case Done():
                    done = chunk
            if time.monotonic() - shown >= PERIOD:
                await flush()
    await flush()
    text, thinking = "".join(texts), "".join(thoughts)
    return Completion(text, thinking, done.edits, done.usage, done.truncated, done.note)
