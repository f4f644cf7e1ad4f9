"""A model that Ollama does not have, fetched on a key, and the run gone on with."""

from __future__ import annotations

import time
from contextlib import aclosing

from engine.errors import CoderTuiError
from tui.keys import shown
from tui.screens.steering import Steering

PERIOD = 0.5  # seconds between two figures in the bottom line


class Pulling(Steering):
    """Pulls what the run's last attempt by Ollama asked for; the same key again stops it."""

    def action_pull(self) -> None:
        """Have Ollama fetch the model, telling how far it is."""
        asked = [a for a in self.state.history.attempts.values() if a.provider == "ollama"]
        if self.workers_in("pull"):
            self.workers.cancel_group(self, "pull")
            self.notice("the pull is stopped; Ollama keeps what it has")
        elif self.running:
            self.notice("the run is going: stop it first")
        elif not asked:
            self.notice("no attempt of this run asked Ollama")
        else:
            self.run_worker(self._pull(asked[-1].model), group="pull", exclusive=True)

    def workers_in(self, group: str) -> bool:
        """Whether work of this group goes on."""
        return any(worker.group == group and not worker.is_finished for worker in self.workers)

    async def _pull(self, model: str) -> None:
        told, last = 0.0, ""
        key = shown(self.coder.effective_keys["pull"].partition(",")[0])
        try:
            async with aclosing(self.session.pull("ollama", model)) as steps:
                async for step in steps:
                    if step.what != last or time.monotonic() - told >= PERIOD:
                        told, last = time.monotonic(), step.what
                        percent = f" {100 * step.done // step.total} %" if step.total else ""
                        self.notice(f"{step.what}{percent}; {key} stops it")
        except CoderTuiError as error:
            self.notice(str(error))
        else:
            self.notice(f"{model} is there: the run goes on")
            self.begin()
