"""The terminal application: one run on one screen."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual import constants, events
from textual.app import App
from textual.binding import BindingType
from textual.driver import Driver

from engine.config_model import Config
from tui.bridge import Session
from tui.configured import Source
from tui.keys import changed, keymap
from tui.screens.main import Main
from tui.themes import known_theme, register
from tui.type_ahead import Lap, TypeAhead, Typed


class CoderTui(App[str], inherit_bindings=False):
    """Opens a run; raises ConfigError at once when the configured keys or theme cannot be.

    Its result is the id of the run to open next, None to end. `folder` is the run's own: where the
    reader stood is kept there. `source` is where the settings are read anew, None to keep them.
    """

    CSS_PATH = "styles/main.tcss"
    TITLE = "coder-tui"
    BINDINGS: ClassVar[list[BindingType]] = []
    ENABLE_COMMAND_PALETTE = False  # its key is in our own table

    def __init__(
        self,
        session: Session,
        run: str,
        *,
        autostart: bool = False,
        clock: Callable[[], float] = time.time,
        folder: Path | None = None,
        source: Source | None = None,
    ) -> None:
        config = session.config
        self.effective_keys = keymap(config.keys)
        super().__init__()
        self.clock = clock
        self.source = source
        register(self)
        self._theme_at_first = known_theme(self, config.screen.theme)
        self.main = Main(session, run, autostart=autostart, folder=folder)
        self.animation_level = "none"
        self.set_keymap(changed(self.effective_keys))
        self._typed = TypeAhead(self, self._let_in, self._settled)

    def get_driver_class(self) -> type[Driver]:
        """Ours where Textual would take its own for terminals."""
        from textual.drivers.linux_driver import LinuxDriver

        from tui.driver import TerminalDriver

        chosen = super().get_driver_class()
        return TerminalDriver if chosen is LinuxDriver else chosen

    @property
    def can_suspend(self) -> bool:
        """Whether the terminal can be given back for a while."""
        return self._driver is not None and self._driver.can_suspend

    def on_mount(self) -> None:
        """Open the main screen."""
        self.theme = self._theme_at_first
        few = not self.is_headless and self.console.color_system in ("standard", "windows")
        self.set_class(few, "-sixteen-colours")
        self.push_screen(self.main)

    def configure(self, config: Config) -> None:
        """Take other keys and another theme; raises ConfigError, and everything is as it was."""
        theme, keys = known_theme(self, config.screen.theme), keymap(config.keys)
        self.theme, self.effective_keys = theme, keys
        self.set_keymap(changed(keys))

    def _fatal_error(self) -> None:
        """Textual's own report shows local variables, and keys are among them: ours shows places alone."""
        from rich.text import Text

        from tui.crash import crash_report

        error = sys.exc_info()[1]
        report = crash_report(error) if error is not None else "coder-tui broke"
        self._exit_renderables.append(Text(report))
        self._close_messages_no_wait()

    async def on_event(self, event: events.Event) -> None:
        """Keys and pastes wait for their turn."""
        if isinstance(event, Typed) and not event.is_forwarded:
            await self._typed.take(event)
        else:
            await super().on_event(event)

    async def _let_in(self, event: Typed) -> None:
        """A key takes away the notice that was shown before it, where it can be seen."""
        if isinstance(event, events.Key) and self.screen is self.main:
            self.main.clear_notice()
        await super().on_event(event)

    def _settled(self) -> bool:
        """Whether the next key would find what it was typed for."""
        return self.screen.is_mounted and (self.screen is not self.main or self.main.settled)

    async def on_lap(self, lap: Lap) -> None:
        """See `TypeAhead`."""
        await self._typed.came_round(lap)


constants.SMOOTH_SCROLL = False  # type: ignore[misc]  # reporting the mouse by pixels costs bytes on a slow link
