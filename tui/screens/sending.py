"""Exporting the run that is shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

from engine.errors import UsageError
from tui.screens.steering import Steering


class Sending(Steering):
    """The run as a file for a colleague."""

    def action_export(self) -> None:
        """Ask for the file's name; its ending says what is written."""
        task = self.state.history.task
        if task is not None:
            self.ask_text("export to (.html or .md):", self._export, f"{task.id}-run.html")

    def _export(self, name: str) -> None:
        path = Path(name.strip()).expanduser().absolute()
        self.call(self._write(path), f"exported to {path}")

    async def _write(self, path: Path) -> None:
        from engine.export_pages import to_html, to_markdown

        makers = {".html": to_html, ".md": to_markdown}
        if path.suffix not in makers:
            raise UsageError(f"{path.name} is neither .html nor .md", "Give it one of these endings")
        try:
            text = await asyncio.to_thread(makers[path.suffix], self.state.history)
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            raise UsageError(f"{path} is there already", "Give another name") from None
        except OSError as error:
            raise UsageError(f"cannot write {path}: {error.strerror}", "Give another folder") from None
