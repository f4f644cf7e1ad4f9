"""The worker's event loop: it runs only while the tester waits, a slice at a time."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import asyncio

POLL = 0.001


class Asker(Protocol):
    """What can have the tester do something."""

    def ask(self, message: dict[str, Any], values: dict[str, Any]) -> Any: ...


class Loops:
    """Tasks for the candidate's coroutines, advanced by the tester's event loop."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: dict[int, asyncio.Task[Any]] = {}

    def start(self, awaitable: Awaitable[Any]) -> int:
        """Begin to run it; the number is for `pump` and `cancel`."""
        if self._loop is None:
            import asyncio  # dear, and rarely needed

            self._loop = asyncio.new_event_loop()
        number = len(self._tasks)
        self._tasks[number] = self._loop.create_task(_await(awaitable))
        return number

    def pump(self, number: int, seconds: float) -> tuple[bool, Any]:
        """Run everything for at most `seconds`; whether the task is done, and its result."""
        assert self._loop is not None
        task = self._tasks[number]
        if not task.done():
            timer = self._loop.call_later(seconds, self._loop.stop)
            task.add_done_callback(self._stop)
            try:
                self._loop.run_forever()
            finally:
                timer.cancel()
                task.remove_done_callback(self._stop)
        return (True, task.result()) if task.done() else (False, None)

    def cancel(self, number: int) -> None:
        """Ask the task to end."""
        self._tasks[number].cancel()

    async def visit(self, number: int) -> Any:
        """Wait for a coroutine of the tests."""
        import asyncio

        self._asker.ask({"ask": "start", "on": number}, {"args": (), "kwargs": {}})
        while True:
            done, value = self._asker.ask({"ask": "poll", "on": number}, {"args": (), "kwargs": {}})
            if done:
                return value
            await _pause(asyncio.get_running_loop())

    def _stop(self, task: asyncio.Task[Any]) -> None:
        assert self._loop is not None
        self._loop.stop()


async def _pause(loop: asyncio.AbstractEventLoop) -> None:
    """What `asyncio.sleep` does, which tests may have replaced."""
    over = loop.create_future()
    timer = loop.call_later(POLL, over.set_result, None)
    try:
        await over
    finally:
        timer.cancel()


async def _await(awaitable: Awaitable[Any]) -> Any:
    return await awaitable
