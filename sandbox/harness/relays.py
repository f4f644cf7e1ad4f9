"""The tests' side of what goes on step by step in the worker: generators and awaitables."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any

from sandbox.harness.mirror_specials import may_swallow
from sandbox.harness.session import Session

SLICE = 0.005  # seconds that the worker's event loop runs before the tests' own goes on


class _Turn:
    """Lets the event loop go on; tests may have replaced `asyncio.sleep`."""

    def __await__(self) -> Generator[None, None, None]:
        yield


def generate(session: Session, number: int) -> Generator[Any, Any, Any]:
    """What stands in for a generator of the candidate's."""
    ask, name, args = session.request, "__next__", ()
    thrown: BaseException | None = None
    while True:
        try:
            item = ask("special" if name == "__next__" else "method", number, name, args)
        except StopIteration as stop:
            _swallowed(session, thrown)
            return stop.value
        _swallowed(session, thrown)
        thrown = None
        try:
            sent = yield item
            name, args = ("__next__", ()) if sent is None else ("send", (sent,))  # type: ignore[assignment]
        except GeneratorExit:
            if session.in_control and not session.fault:
                ask("method", number, "close")
            raise
        except BaseException as error:
            name, args, thrown = "throw", (error,), error  # type: ignore[assignment]


def _swallowed(session: Session, error: BaseException | None) -> None:
    """The candidate's generator went on after `error`. Raises what it must not swallow: the tests may
    have made a context manager of it."""
    if error is not None:
        if not may_swallow(error):
            raise error
        session.warn("operators-trusted: generator.throw")


async def follow(session: Session, number: int) -> Any:
    """Have the worker run an awaitable while the tests' own event loop goes on."""
    ask = session.request
    task = ask("start", number)
    try:
        while True:
            done, value = ask("pump", args=(task, SLICE))
            if done is True:
                return value
            await _Turn()
    except (asyncio.CancelledError, GeneratorExit):
        if session.in_control and not session.fault:
            ask("cancel", args=(task,))
        raise
