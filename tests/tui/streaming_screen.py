"""The screen on a run whose answer, then whose tests, stream in as fast as it can take them."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from engine import events as ev
from tests.tui import recording as rec
from tests.tui.feed import RUN, Feed
from tui.app import CoderTui

PIECES, PERIOD = 40, 0.02  # 2,000 pieces a second


async def stream(feed: Feed) -> None:
    """An answer without end, a line every fourth piece."""
    number = 0
    while True:
        for _ in range(PIECES):
            number += 1
            text = f"value_{number} = {number * 7919} + " + ("1\n" if number % 4 == 0 else "")
            feed.add(ev.CompletionStreamed(RUN, 111.0 + number / 2000, "3", text))
        await asyncio.sleep(PERIOD)


async def main() -> None:
    """Open the screen and stream until it is ended."""
    with tempfile.TemporaryDirectory() as folder:
        feed = Feed(rec.streaming(), Path(folder), running=True)
        streaming = asyncio.create_task(stream(feed))
        try:
            await CoderTui(feed, RUN).run_async()
        finally:
            streaming.cancel()


if __name__ == "__main__":
    asyncio.run(main())
