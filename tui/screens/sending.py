"""Exporting the run that is shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tui.screens.pulling import Pulling


class Sending(Pulling):
    """The run as a file for a colleague."""

    def action_export(self) -> None:
        """Ask for the file's name; its ending says what is written."""
        task = self.state.history.task
        if task is not None:
            self.ask_text("export to (.html or .md):", self._export, f"{task.id}-run.html")

    def _export(self, name: str) -> None:
        from engine.export_file import export_to

        work = asyncio.to_thread(export_to, name, self.state.history)
        self.call(work, f"exported to {Path(name.strip()).expanduser().absolute()}")
