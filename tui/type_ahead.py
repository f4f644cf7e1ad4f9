"""Type-ahead: keys reach the screen one at a time, each when what the one before has done is there.

Over a slow link, or from a paste, several keys arrive at once. Handed on at once, those behind a `/` would
go to the pane and be lost, as the line to type them into is only being made.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from textual import events
from textual.message import Message

if TYPE_CHECKING:
    from textual.app import App
    from textual.timer import Timer

Typed = events.Key | events.Paste

LAPS = 3
"""A key becomes a message (Enter in an input), and that one more: each lap follows one of them to its end."""

LOST = 0.5
"""Seconds after which a widget that went away with a lap in its hands is not waited for."""

AGAIN = 0.005
"""Seconds between two looks at a screen that is being built."""


class Lap(Message):
    """Follows a key from the widget that has it up to the app, through the same queues."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


class TypeAhead:
    """Holds what is typed, in order, paste included.

    `let_in` hands one event to the app; `settled` says whether the screen is ready for the next.
    """

    def __init__(
        self, app: App[str], let_in: Callable[[Typed], Awaitable[None]], settled: Callable[[], bool]
    ) -> None:
        self._app = app
        self._let_in = let_in
        self._settled = settled
        self._waiting: deque[Typed] = deque()
        self._following = False
        self._laps = 0  # of all keys, so that a lap that comes too late is known
        self._last = 0  # the lap after which the next key may come
        self._watch: Timer | None = None

    async def take(self, event: Typed) -> None:
        """Let an event in now, or when its turn comes."""
        if isinstance(event, events.Key) and event.key == "ctrl+j" and not self._laps:
            event = events.Key("enter", "\r")  # typed before the terminal was ours: it made a line end of it
        self._waiting.append(event)
        if not self._following:
            await self._next()

    async def came_round(self, lap: Lap) -> None:
        """A lap is over: another one, or the next key."""
        if lap.number == self._laps:
            await self._on()

    async def _on(self) -> None:
        if self._watch is not None:
            self._watch.stop()
        if self._laps < self._last:
            self._start_lap()
        else:
            await self._next()

    async def _next(self) -> None:
        self._following = bool(self._waiting)
        if not self._following:
            return
        if not self._settled():
            self._app.set_timer(AGAIN, self._next)
            return
        self._last = self._laps + LAPS
        await self._let_in(self._waiting.popleft())
        self._start_lap()

    def _start_lap(self) -> None:
        self._laps += 1
        lap = Lap(self._laps)
        if not (self._app.focused or self._app.screen).post_message(lap):
            self._app.post_message(lap)
        self._watch = self._app.set_timer(LOST, self._on)
