"""SIGINT, SIGTERM and SIGHUP end a command in order: cancel, clean up, exit status 130."""

from __future__ import annotations

import asyncio
import errno
import os
import signal
import termios
import threading
from collections.abc import Coroutine

INTERRUPTED = 130
LAST_WORD = 5.0  # seconds that cleaning up may take once the terminal is gone


def run_interruptible(main: Coroutine[object, object, int]) -> int:
    """Run `main` to its status; a signal cancels it, and it may clean up before 130 is returned."""
    return asyncio.run(_guarded(main))


async def _guarded(main: Coroutine[object, object, int]) -> int:
    work = asyncio.ensure_future(main)
    loop = asyncio.get_running_loop()

    def hung_up() -> None:
        _let_go_of_the_terminal()
        work.cancel()

    def stop() -> None:
        work.cancel()

    handlers = {signal.SIGINT: stop, signal.SIGTERM: stop, signal.SIGHUP: hung_up}
    for number, handler in handlers.items():
        loop.add_signal_handler(number, handler)
    try:
        return await work
    except asyncio.CancelledError:
        return INTERRUPTED
    finally:
        for number in handlers:
            loop.remove_signal_handler(number)


def _let_go_of_the_terminal() -> None:
    """Write into nothing from now on, and end in any case.

    A terminal that is gone fails every write. The screen's writing thread dies of that, and its queue,
    once full, would keep the process and its sandbox for ever. What was shown is in the journal, and a
    sandbox ends with its owner, so an end without ceremony loses nothing.
    """
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        if not _is_file(descriptor):
            os.dup2(nothing, descriptor)
    ending = threading.Timer(LAST_WORD, os._exit, (INTERRUPTED,))
    ending.daemon = True
    ending.start()


def _is_file(descriptor: int) -> bool:
    """Whether it is a pipe or a file, which outlive the terminal; what was a terminal answers otherwise."""
    try:
        termios.tcgetattr(descriptor)
    except termios.error as error:
        return bool(error.args[0] == errno.ENOTTY)
    return False
