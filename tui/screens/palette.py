"""Every command by name, from the same table as the keys."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.widgets import Input

from tui.keys import TABLE, Key, Mode, shown, split

if TYPE_CHECKING:
    from tui.app import CoderTui


class Commands(Provider):
    """The table as palette entries."""

    @property
    def _offered(self) -> list[Key]:
        return sorted((key for key in TABLE if Mode.LOOK in key.mode and key.id != "palette"), key=_quiet)

    def _title(self, key: Key) -> str:
        keymap: dict[str, str] = getattr(self.app, "effective_keys", {})
        keys = keymap.get(key.id, key.keys)
        return f"{key.title}  ({shown(split(keys)[0])})".replace("[", "\\[")

    async def discover(self) -> Hits:
        """All of them, before anything is typed."""
        for key in self._offered:
            yield DiscoveryHit(self._title(key), partial(self.screen.run_action, key.action))

    async def search(self, query: str) -> Hits:
        """Those that match."""
        matcher = self.matcher(query)
        for key in self._offered:
            title = self._title(key)
            if (score := matcher.match(title)) > 0:
                yield Hit(score, matcher.highlight(title), partial(self.screen.run_action, key.action))


def _quiet(key: Key) -> bool:
    return key.quiet  # small moves come last


class Palette(CommandPalette):
    """The palette without a blinking cursor: an idle screen sends nothing."""

    def on_mount(self) -> None:
        """After its own mounting."""
        self.query_one(Input).cursor_blink = False


def open_palette(app: CoderTui) -> None:
    """Open it over the screen."""
    app.push_screen(Palette([Commands]))
