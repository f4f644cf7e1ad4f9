"""SIGINT, SIGTERM and SIGHUP end a headless command in order: cancel, clean up, exit status 130."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Coroutine

INTERRUPTED = 130


def run_interruptible(main: Coroutine[object, object, int]) -> int:
    """Run `main` to its status; a signal cancels it, and it may clean up before 130 is returned."""
    return asyncio.run(_guarded(main))


async def _guarded(main: Coroutine[object, object, int]) -> int:
    work = asyncio.ensure_future(main)
    loop = asyncio.get_running_loop()
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    for number in signals:
        loop.add_signal_handler(number, work.cancel)
    try:
        return await work
    except asyncio.CancelledError:
        return INTERRUPTED
    finally:
        for number in signals:
            loop.remove_signal_handler(number)
