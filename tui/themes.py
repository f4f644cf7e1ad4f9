"""The themes of our own: high contrast, dark and light, for tired eyes and bad screens."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from textual.theme import Theme

from engine.errors import ConfigError

if TYPE_CHECKING:
    from textual.app import App

DARK = Theme(
    name="high-contrast",
    primary="#66ccff",
    secondary="#ffcc66",
    warning="#ffdd00",
    error="#ff9999",
    success="#55ff77",
    accent="#ffff55",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#000000",
    dark=True,
    variables={
        "primary-muted": "#003a66",  # the status line and the cursor's row
        "text-muted": "#e0e0e0",
        "text": "#ffffff",
        "border": "#ffffff",
        "scrollbar": "#ffffff",
        "scrollbar-hover": "#ffffff",
        "scrollbar-active": "#ffffff",
        "scrollbar-background": "#000000",
        "scrollbar-background-hover": "#000000",
        "scrollbar-background-active": "#000000",
        "scrollbar-corner-color": "#000000",
    },
)
LIGHT = Theme(
    name="high-contrast-light",
    primary="#003a8c",
    secondary="#5c3700",
    warning="#5c3700",
    error="#8a0000",
    success="#00501a",
    accent="#4b0082",
    foreground="#000000",
    background="#ffffff",
    surface="#ffffff",
    panel="#ffffff",
    dark=False,
    variables={
        "primary-muted": "#cfe4ff",
        "text-muted": "#202020",
        "text": "#000000",
        "border": "#000000",
        "scrollbar": "#000000",
        "scrollbar-hover": "#000000",
        "scrollbar-active": "#000000",
        "scrollbar-background": "#ffffff",
        "scrollbar-background-hover": "#ffffff",
        "scrollbar-background-active": "#ffffff",
        "scrollbar-corner-color": "#ffffff",
        "input-cursor-background": "#000000",
        "input-cursor-foreground": "#ffffff",
    },
)


def register(app: App[str]) -> None:
    """Make them known beside Textual's."""
    for theme in (DARK, LIGHT):
        app.register_theme(theme)


def known_theme(app: App[str], name: str) -> str:
    """The name, when there is such a theme; raises ConfigError."""
    if name in app.available_themes:
        return name
    near = get_close_matches(name, app.available_themes, n=1)
    known = ", ".join(sorted(app.available_themes))
    raise ConfigError(
        f"screen.theme = {name!r}: there is no such theme",
        f"did you mean {near[0]!r}?" if near else f"there are {known}",
    )
