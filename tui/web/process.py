"""One browser tab's process: started without a shell, and gone with its tab, however that ends."""

from __future__ import annotations

import asyncio
import contextlib
import shlex
from asyncio.subprocess import PIPE, Process

from textual_serve.app_service import AppService

PATIENCE = 8.0  # seconds to end in order: the run is stopped, its sandbox goes, the journal is closed
DRIVER = "tui.web.driver:SteadyDriver"
OUTER = ("TMUX", "TMUX_PANE", "STY", "SSH_TTY")  # the server's terminal is not the browser's


class ScreenProcess(AppService):
    """The process behind one websocket."""

    _process: Process | None = None

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        environment = super()._build_environment(width, height) | {"TEXTUAL_DRIVER": DRIVER}
        return {name: value for name, value in environment.items() if name not in OUTER}

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        process = await asyncio.create_subprocess_exec(
            *shlex.split(self.command),
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._build_environment(width, height),
        )
        self._process, self._stdin = process, process.stdin
        return process

    async def run(self) -> None:
        """Carry what the screen draws to the browser until the process ends, then let the browser know."""
        try:
            await super().run()
        finally:
            await self.remote_close()

    async def stop(self) -> None:
        """End the process in order; one that does not is killed."""
        process = self._process
        if process is None:
            return
        try:
            async with asyncio.timeout(PATIENCE):
                await super().stop()
                await process.wait()
        except TimeoutError:
            pass
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
