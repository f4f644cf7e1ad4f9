"""A session that feeds recorded engine events, and a small recorded run."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from pathlib import Path

from engine import events as ev
from engine.config import Config, load
from engine.errors import AcceptRefused
from engine.journal_summary import RunSummary
from engine.model import Prompt, PromptForm, Task
from engine.prompting import Prompts
from engine.providers.base import Progress
from engine.queueing import RunQueue

RUN = "r1"


class Feed:
    """Gives the events of a list, then those that `add` brings; notes what it was asked to do."""

    def __init__(
        self, events: Sequence[ev.Event], folder: Path, running: bool = False, **settings: object
    ) -> None:
        own = folder / "config.toml"
        self.config = load(cwd=folder, environ={"CODER_TUI_CONFIG": str(own)}, overrides=settings)
        self.events = list(events)
        self.prompts = Prompts(folder, folder / "project")
        self.pulled = asyncio.Event()
        self.calls: list[tuple[object, ...]] = []
        self.going_on = running
        self.refuse = ""
        self.queue = RunQueue(self)
        self._news = asyncio.Event()

    def add(self, *events: ev.Event) -> None:
        self.events += events
        self._news.set()

    async def reconfigure(self, config: Config) -> None:
        self.config = config
        self.calls.append(("reconfigure",))

    async def pull(self, provider: str, model: str = "") -> AsyncGenerator[Progress, None]:
        self.calls.append(("pull", provider, model))
        yield Progress(f"pulling {model}: ab12", 400, 1000)
        await self.pulled.wait()

    async def subscribe(self, run: str) -> AsyncIterator[ev.Event]:
        sent = 0
        while True:
            self._news.clear()
            while sent < len(self.events):
                sent += 1
                yield self.events[sent - 1]
            await self._news.wait()

    async def recent(self, text: str = "") -> list[RunSummary]:
        known = [
            RunSummary(f"run-{n}", 100.0 + n, f"task{n}", f"/a/{n}.py", "search", "", None, n, "")
            for n in (2, 1)
        ]
        return [run for run in known if text in run.task]

    async def prepare(self, task: Task) -> str:
        self.calls.append(("prepare", task.id, task.description))
        return "run-9"

    async def begin(self, run: str) -> None:
        self.calls.append(("begin",))
        self.going_on = True

    async def stop(self, run: str) -> None:
        self.calls.append(("stop",))
        self.going_on = False

    async def rerun(self, run: str, attempt: str, prompt: Prompt | None = None) -> None:
        self.calls.append(("rerun", attempt, prompt))

    async def accept(self, run: str, attempt: str, edits: Mapping[str, str] | None = None) -> None:
        if self.refuse:
            raise AcceptRefused(self.refuse, "look at the file first")
        self.calls.append(("accept", attempt) if edits is None else ("accept", attempt, dict(edits)))
        self.add(ev.FixAccepted(RUN, 200.0, attempt, ("solution.py",), "backup"))

    async def undo(self, run: str) -> None:
        self.calls.append(("undo",))
        self.add(ev.FixUndone(RUN, 201.0, "3", ("solution.py",)))

    async def reject(self, run: str, attempt: str, reason: str) -> None:
        self.calls.append(("reject", attempt, reason))
        self.add(ev.AttemptRejected(RUN, 202.0, attempt, reason))

    def draft_prompt(self, run: str, attempt: str) -> Prompt:
        for event in self.events:
            if isinstance(event, ev.PromptBuilt) and event.attempt == attempt:
                return event.prompt
        return Prompt("system", f"a prompt drafted for {attempt}", PromptForm.REPAIR, "repair")

    def going(self) -> list[str]:
        return [RUN] if self.going_on else []

    async def wait(self, run: str) -> None:
        await self._news.wait()

    def is_running(self, run: str) -> bool:
        return self.going_on
