"""Reading along with a run, whoever writes it: this session or another process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

from engine.events import Event
from engine.journal import Journal

READ_ALONG = 0.5  # seconds between two looks at a run that another process may be writing


async def follow(journal: Journal, run: str, changed: asyncio.Event) -> AsyncGenerator[Event, None]:
    """Every event of a run, past and to come; never ends. `changed` wakes it before its next look."""
    last = 0
    while True:
        changed.clear()
        rows = await asyncio.to_thread(lambda after: list(journal.read(run, after)), last)
        for _, event in rows:
            yield event
        if rows:
            last = rows[-1][0]
            continue
        try:
            async with asyncio.timeout(READ_ALONG):
                await changed.wait()
        except TimeoutError:
            continue
