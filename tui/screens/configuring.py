"""Settings that change under an open screen: from its own list of them, or by an editor beside it."""

from __future__ import annotations

from importlib.util import find_spec

from engine.config_model import Config
from engine.errors import ConfigError
from tui.screens.keeping import Keeping

SHOWN = 4  # changed settings that a notice names


class Configuring(Keeping):
    """Takes good settings over at once, and keeps the old ones where the new cannot be."""

    async def watch_settings(self) -> None:
        """Follow the files of the settings for as long as the screen is open."""
        from engine.config_watch import watch_config

        source = self.coder.source
        if source is None or find_spec("watchfiles") is None:  # then they are read at the next start
            return
        async for found in watch_config(source.files, lambda: source.load()[0]):
            await self.take_settings(found)

    async def take_settings(self, found: Config | ConfigError) -> None:
        """Work with these settings from now on, or say why not."""
        from engine.config_watch import differences

        if isinstance(found, Config):
            changed = differences(self.session.config, found)
            if not changed:
                return
            try:
                self.coder.configure(found)
                await self.session.reconfigure(found)
            except ConfigError as error:
                found = error
            else:
                self.paint()
                self.notice(f"settings: {told(changed)}{self._when(changed)}")
                return
        self.notice(f"the settings stay as they were: {found}")

    def _when(self, changed: dict[str, object]) -> str:
        if any(key.startswith("paths.") for key in changed):
            return "; folders change with the next start"
        if all(key.startswith(("screen.", "keys.")) for key in changed):
            return ""
        return "; for new runs" if not self.running else "; this run goes on with the former ones"

    def action_settings(self) -> None:
        """Every setting: what it is, what it may be, who set it."""
        from tui.screens.settings import Settings

        if self.coder.source is None:
            self.notice("settings cannot be changed here")
            return
        self.coder.push_screen(Settings(self.coder.source, self.take_settings, self.coder))


def told(changed: dict[str, object]) -> str:
    """The first few changes in words."""
    from engine.config_about import as_text

    words = [
        f"{key} = {as_text(value)}" if value is not None else f"no {key}" for key, value in changed.items()
    ]
    more = f" and {len(words) - SHOWN} more" if len(words) > SHOWN else ""
    return ", ".join(words[:SHOWN]) + more
