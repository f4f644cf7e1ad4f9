"""The user's own editor while the screen stands aside and the run goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from engine.errors import CoderTuiError
from tui.outside_editor import edit_text

if TYPE_CHECKING:
    from textual.app import App


async def edit_outside(app: App[str], text: str) -> str:
    """The text as the user's editor left it. Raises CoderTuiError; the text is then as it was."""
    try:
        return await edit_text(text, _aside(app))
    except SuspendNotSupported:
        raise CoderTuiError("this terminal cannot be handed to an editor") from None


@contextmanager
def _aside(app: App[str]) -> Iterator[None]:
    with app.suspend(), app.batch_update():
        yield
