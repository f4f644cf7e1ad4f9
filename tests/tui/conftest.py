"""Opens the screen on recorded events, at a size, and waits for what a test expects."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot

from engine.config import load_with_origins
from engine.events import Event
from tests.tui.feed import RUN, Feed
from tui.app import CoderTui
from tui.configured import Source
from tui.panes.code import load_colours

NOW = 117.0
load_colours()  # a picture must not depend on when they come


@dataclass
class Stage:
    """An open screen, the feed behind it and the pilot at its keys."""

    feed: Feed
    app: CoderTui
    pilot: Pilot[None]

    async def press(self, *keys: str) -> None:
        """Press keys and let everything settle."""
        await self.pilot.press(*keys)
        await self.pilot.pause()

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(10):
            while not condition():
                await self.pilot.pause(0.02)

    @property
    def bottom(self) -> str:
        return self.app.main.bottom.line

    def shown(self, pane: int) -> str:
        """The text of a pane."""
        return self.app.main.panes[pane - 1].text()


Open = Callable[..., AbstractAsyncContextManager[Stage]]


def make_app(
    events: Sequence[Event], folder: Path, *, running: bool = False, kept: Path | None = None, **keys: str
) -> tuple[Feed, CoderTui]:
    feed = Feed(events, folder, running, **{f"keys.{name}": key for name, key in keys.items()})
    own = folder / "config.toml"
    overrides = {f"keys.{name}": key for name, key in keys.items()}
    source = Source(lambda: load_with_origins(own if own.exists() else None, overrides, folder, {}), [own])
    return feed, CoderTui(feed, RUN, clock=lambda: NOW, folder=kept, source=source)


async def settle(app: CoderTui, feed: Feed, pilot: Pilot[None]) -> None:
    """Wait until every recorded event is on the screen."""
    async with asyncio.timeout(10):
        while app.main.absorbed < len(feed.events):
            await pilot.pause(0.02)
    await pilot.pause()


@pytest.fixture
def open_screen(tmp_path: Path) -> Open:
    """`async with open_screen(events, size=…, running=…) as stage:`."""

    @asynccontextmanager
    async def opened(
        events: Sequence[Event],
        size: tuple[int, int] = (120, 40),
        running: bool = False,
        keys: dict[str, str] | None = None,
        kept: Path | None = None,
    ) -> AsyncIterator[Stage]:
        feed, app = make_app(events, tmp_path, running=running, kept=kept, **(keys or {}))
        async with app.run_test(size=size) as pilot:
            await settle(app, feed, pilot)
            yield Stage(feed, app, pilot)

    return opened
