"""The main screen: follows one run and draws it."""

from __future__ import annotations

import gc
from pathlib import Path

from engine.errors import CoderTuiError
from engine.events import Notice
from sandbox.errors import SandboxError
from tui.bridge import Bridge, Session
from tui.keys import shown
from tui.screens.base import WIDE
from tui.screens.configuring import Configuring
from tui.state import absorb


def told(notice: Notice) -> str:
    """A notice and what mends it, in one line."""
    return f"{notice.message}. {notice.remedy}" if notice.remedy else notice.message


class Main(Configuring):
    """The screen that `coder-tui` opens."""

    def __init__(
        self, session: Session, run: str, *, autostart: bool = False, folder: Path | None = None
    ) -> None:
        super().__init__(session, run, folder)
        self._autostart = autostart
        self.absorbed = 0  # events, of those that the run has sent
        self._loaded = False

    @property
    def settled(self) -> bool:
        """Also whether the run's past is here: Enter means another thing in a run that has begun."""
        return self._loaded and super().settled

    def on_mount(self) -> None:
        """Draw what is there, then follow the run; a narrow screen begins with the task."""
        self.current = 2 if self.size.width < WIDE and not self._autostart else 1
        self.offer_tour()
        self.arrange_panes()
        self.focus_current()
        self.paint()
        self.run_worker(self._follow(), group="follow")
        self.set_interval(1.0, self._tick)
        if self._autostart:
            self.begin()

    async def _follow(self) -> None:
        try:
            async for batch in Bridge(self.session, self.run).batches():
                shown = len(self.state.history.notices)
                first, self.state = not self.state.history.run, absorb(self.state, batch)
                if first and self.state.begun and self.current == 2:
                    self.action_pane(1)
                self.paint()
                if first:
                    self.restore()
                    self.run_worker(self.watch_settings(), group="settings")
                    gc.freeze()  # a long past is looked at by the collector no more: 30 ms at a key
                self._loaded = True
                self.absorbed += len(batch)
                for notice in self.state.history.notices[shown:]:
                    self.notice(self.with_key(told(notice)))
        except (CoderTuiError, SandboxError) as error:
            self._loaded = True
            self.notice(str(error))

    def with_key(self, text: str) -> str:
        """A fault of a missing model with the key that mends it here."""
        key = shown(self.coder.effective_keys["pull"].partition(",")[0])
        return f"{text}, or {key} here" if "ollama pull " in text else text

    def _tick(self) -> None:
        self.keep()
        if self.running:  # only the seconds go on between events
            self.paint_lines()
