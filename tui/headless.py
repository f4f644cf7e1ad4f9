"""A run without a screen: its events as plain lines or JSON, the diff, and the exit status."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable

from engine import events as ev
from engine.history import History, advance
from engine.model import Task
from engine.session import Session
from sandbox.contract import Verdict
from tui.plain import PlainLines, best_diff

Start = Callable[[], Awaitable[None]]


def say(line: str) -> None:
    """Print one line at once, whatever the terminal's encoding can show."""
    sys.stdout.write(
        line.encode(sys.stdout.encoding or "utf-8", "replace").decode(sys.stdout.encoding or "utf-8")
    )
    sys.stdout.write("\n")
    sys.stdout.flush()


async def start_and_follow(
    session: Session,
    task: Task,
    *,
    provider: str = "",
    model: str = "",
    recording: str = "",
    as_json: bool = False,
    write: bool = False,
    menu: bool = False,
) -> int:
    """Prepare a run, follow it to its end and return the exit status."""
    run = await session.prepare(task, provider, model, recording)
    return await follow(session, run, as_json=as_json, write=write, menu=menu)


async def follow(
    session: Session, run: str, *, as_json: bool = False, write: bool = False, menu: bool = False
) -> int:
    """Begin (or go on with) a prepared run, print what happens, and return the exit status.

    With `write` a pass is written to its file; with `menu` the user is asked what to do with the run.
    In JSON the last line is always `run_ended`.
    """
    printer = await _watch(session, run, as_json, lambda: session.begin(run))
    history = session.history(run)
    try:
        if write and history.verdict is Verdict.PASSED and history.best not in ("", "0"):
            printer.show(await session.accept(run, history.best))
    finally:  # a refused write is told after the run's own end
        printer.finish()
    return await steer(session, run) if menu else status_of(history)


async def steer(session: Session, run: str) -> int:
    """Ask what to do with a run, by a numbered menu, and return the exit status it then stands at."""
    from tui.menu import Menu

    async def watch(start: Start) -> None:
        (await _watch(session, run, False, start)).finish()

    await Menu(session, run, say, watch).serve()
    return status_of(session.history(run))


async def _watch(session: Session, run: str, as_json: bool, start: Start) -> _Printer:
    printer = _Printer(as_json)
    already = len(list(session.events_of(run))) if session.history(run).attempts else 0
    await start()
    reading = asyncio.create_task(_read(session, run, printer, already))
    waiting = asyncio.create_task(session.wait(run))
    try:
        await asyncio.wait([reading, waiting], return_when=asyncio.FIRST_EXCEPTION)
        await waiting
        await reading
    except asyncio.CancelledError:
        print(f"interrupted; `coder-tui resume {run}` goes on", file=sys.stderr)
        raise
    finally:
        reading.cancel()
        waiting.cancel()
    return printer


def status_of(history: History) -> int:
    """0 solved, 1 not solved, 3 infrastructure."""
    if history.verdict is Verdict.PASSED:
        return 0
    return 3 if history.verdict is Verdict.INFRASTRUCTURE else 1


async def _read(session: Session, run: str, printer: _Printer, already: int) -> None:
    seen = 0
    async for event in session.subscribe(run):
        seen += 1
        if isinstance(event, ev.RunEnded) and seen > already:
            printer.hold(event)
            return
        printer.show(event, quiet=seen <= already)


class _Printer:
    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._plain = PlainLines()
        self._history = History()
        self._last: ev.RunEnded | None = None

    def show(self, event: ev.Event, quiet: bool = False) -> None:
        self._history = advance(self._history, event)
        if quiet:
            return
        if self._json:
            say(ev.to_json(event))
            return
        for line in self._plain.lines(event, self._history):
            say(line)

    def hold(self, event: ev.RunEnded) -> None:
        self._last = event

    def finish(self) -> None:
        if self._last is not None:
            if not self._json and self._last.best not in ("", "0"):
                for line in best_diff(self._history):
                    say(line)
            self.show(self._last)
