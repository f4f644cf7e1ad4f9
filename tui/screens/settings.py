"""Every setting on one screen: looked at, changed in the user's own file, checked as it is typed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import Input, Static

from engine.config_about import as_text, choices
from engine.config_keys import from_text, is_known, unknown
from engine.config_load import checked_value
from engine.config_model import Config
from engine.config_write import set_value
from engine.errors import ConfigError
from tui.configured import Source
from tui.keys import BY_ID, keymap
from tui.neutral import neutral_line
from tui.panes.lines import LinesPane
from tui.screens.setting_lines import about, setting_lines, values_of
from tui.themes import known_theme

HERE = "typed here"
TITLE = "Settings  Enter changes, D default, + adds to a table, / finds, [ ] section, Esc leaves"


class Settings(ModalScreen[None], inherit_bindings=False):
    """The list; `take` makes a written change hold at once."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("g,home", "end(-1)", show=False),
        Binding("G,end", "end(1)", show=False),
        Binding("right_square_bracket", "part(1)", show=False),
        Binding("left_square_bracket", "part(-1)", show=False),
        Binding("enter", "change", show=False),
        Binding("D", "default", show=False),
        Binding("plus", "add", show=False),
        Binding("slash", "find", show=False),
        Binding("n", "again", show=False),
        Binding("q", "dismiss(None)", show=False),
        Binding("escape", "back", show=False, priority=True),
    ]

    def __init__(
        self, source: Source, take: Callable[[Config | ConfigError], Awaitable[None]], app: App[str]
    ) -> None:
        super().__init__()
        self._source = source
        self._take = take
        self._config, self._origins = source.load()
        self._keys: list[str] = []
        self._typing = ""  # the key that is changed, "/" while something is sought, "+" for a new key
        self._themes = sorted(app.available_themes)
        self.list = LinesPane(TITLE, id="settings")
        self.about = Static("", id="about", markup=False)
        self.field = Input(compact=True, id="value")
        self.field.cursor_blink = False

    def compose(self) -> ComposeResult:
        """The list over what is said of the setting at the cursor, and the line to type in."""
        yield self.list
        yield self.about
        yield self.field

    def on_mount(self) -> None:
        """From the first setting."""
        self.field.display = False
        self._draw()
        self.list.focus()
        self._tell()

    @property
    def key(self) -> str:
        """The setting at the cursor, "" on a heading."""
        name = self._keys[self.list.cursor] if self._keys else ""
        return "" if name.startswith("[") else name

    def _draw(self) -> None:
        values = values_of(self._config)
        lines = setting_lines(values, self._origins, str(self._source.own))
        self._keys = list(lines)
        self.list.show(list(lines.values()))

    def _tell(self, wrong: str = "") -> None:
        key = self._typing if is_known(self._typing) else self.key
        text = neutral_line(wrong) if wrong else ""
        if key and not wrong:
            text = about(key, self._origins, default_of(key))
        self.about.set_class(bool(wrong), "wrong")
        self.about.update(text or f"written to {neutral_line(str(self._source.own))}")

    # moving

    def action_move(self, step: int) -> None:
        """Another line."""
        self.list.move(step)
        self._tell()

    def action_page(self, direction: int) -> None:
        """A page on or back."""
        self.list.page(direction)
        self._tell()

    def action_end(self, direction: int) -> None:
        """The first or last line."""
        self.list.end(direction)
        self._tell()

    def action_part(self, step: int) -> None:
        """The next or former section."""
        self.list.part(step)
        self._tell()

    def action_find(self) -> None:
        """Find a setting."""
        self._type("/", self.list.term)

    def action_again(self) -> None:
        """The next one with what was sought."""
        if self.list.term:
            self.list.find(self.list.term)
            self._tell()

    # changing

    def action_change(self) -> None:
        """Choose another value where they can be counted, else type one."""
        key = self.key
        if not key:
            self.action_move(1)
            return
        value = as_text(values_of(self._config)[key])
        names = self._themes if key == "screen.theme" else list(choices(key))
        if names:
            from tui.screens.choose import Choose

            def chosen(name: str | None) -> None:
                if name is not None:
                    self.run_worker(self._write(key, name))

            self.app.push_screen(Choose(key, names, value), chosen)
        else:
            self._type(key, value)

    def action_default(self) -> None:
        """Write the shipped value."""
        default = default_of(self.key) if self.key else None
        if default is not None:
            self.run_worker(self._write(self.key, as_text(default)))

    def action_add(self) -> None:
        """A new line in a table: a price, a rule's severity."""
        self._type("+", "guardrails.severity.")

    def _type(self, what: str, value: str) -> None:
        self._typing = what
        self.field.value = value
        self.field.cursor_position = len(value)
        self.field.display = True
        self.field.focus()
        if what == "+":
            self._tell("name the setting: guardrails.severity.RULE or prices.PROVIDER/MODEL; Enter goes on")
            self.about.remove_class("wrong")

    def action_back(self) -> None:
        """From the line to the list, from the list away."""
        if self._typing:
            self._typing = ""
            self.field.display = False
            self.list.focus()
            self._tell()
        else:
            self.dismiss(None)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Say at once what is wrong with a value."""
        if is_known(self._typing):
            try:
                self._check(self._typing, event.value)
            except ConfigError as error:
                self._tell(error.message.removeprefix(f"{HERE}: "))
            else:
                self._tell()

    async def on_input_submitted(self, event: Input.Submitted) -> None:
        """Enter: find, go on to the value, or write it."""
        event.stop()
        typing, text = self._typing, event.value
        if typing == "/":
            self.action_back()
            if text and not self.list.find(text, here=True):
                self._tell(f"{text!r} is in no setting")
            else:
                self._tell()
        elif typing == "+":
            key = text.strip()
            if is_known(key):
                self._type(key, as_text(values_of(self._config).get(key, "")))
                self._tell()
            else:
                self._tell(str(unknown(key, HERE)).removeprefix(f"{HERE}: "))
        elif typing:
            await self._write(typing, text)

    def _check(self, key: str, text: str) -> None:
        checked_value(key, from_text(key, text, HERE), HERE)
        if key == "screen.theme":
            known_theme(self.app, text)
        if (name := key.removeprefix("keys.")) != key and name in BY_ID:
            keymap({**self._config.keys, name: text})

    async def _write(self, key: str, text: str) -> None:
        try:
            self._check(key, text)
            await asyncio.to_thread(set_value, self._source.own, key, text)
            self._config, self._origins = await asyncio.to_thread(self._source.load)
        except ConfigError as error:
            self._tell(str(error).removeprefix(f"{HERE}: "))
            return
        await self._take(self._config)
        self._typing = ""
        self.field.display = False
        self.list.focus()
        self._draw()
        if key in self._keys:
            self.list.go_to(self._keys.index(key))
        self._tell()
        origin = self._origins.get(key, "default")
        if origin != str(self._source.own):
            self._tell(f"written, but {origin} stands over your own file")


def default_of(key: str) -> object:
    """The shipped value; None for what is in no shipped file."""
    from engine.config_load import default_values

    if (name := key.removeprefix("keys.")) in BY_ID and name != key:
        return BY_ID[name].keys
    return default_values().get(key)
