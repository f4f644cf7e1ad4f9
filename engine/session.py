"""The engine's front door: every face (screen, plain, JSON) starts, steers and reads runs through it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import aclosing
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from engine import events as ev
from engine.accepting import accept_attempt, reject_attempt, undo_accepted
from engine.concluding import end_open_attempts
from engine.config import Config
from engine.driving import Child, Driver
from engine.errors import UsageError
from engine.history import History, rebuild
from engine.ids import new_run_id
from engine.journal import Journal
from engine.journal_summary import RunSummary
from engine.model import Prompt, Task
from engine.places import Places
from engine.queueing import RunQueue
from engine.reading import follow
from engine.recorder import Recorder
from engine.starting import check_budget, chosen_chain, run_started
from engine.workshop import Workshop

if TYPE_CHECKING:
    from engine.prompting import Prompts
    from engine.providers.base import Progress

# Some imports stand in the methods that need them: a screen is painted before any of it is wanted.
RECENT = 200  # runs in a list


class Session:
    """Runs on this machine: prepare, begin, read along, stop, re-run, accept, undo, reject.

    An async context manager; leaving it stops what is running and gives back sandbox and connections.
    Every failure that a user can cause is a CoderTuiError.
    """

    def __init__(self, config: Config, places: Places | None = None) -> None:
        self.config = config
        self.places = places or Places.of(config)
        self.journal = Journal(self.places.journal)
        self.workshop = Workshop(config, self.places)
        self._recorders: dict[str, Recorder] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._changed = asyncio.Event()
        self._closing = False
        self.queue = RunQueue(self)
        self._retired: list[Workshop] = []  # of former settings, until no run works in them
        self._clearing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop every run of this session and give everything back."""
        self._closing = True
        await self.queue.close()
        for run in list(self._running):
            await self.stop(run)
        for run in self._recorders:
            self.journal.release(run)
        if self._clearing is not None:
            await self._clearing
        await self._close_retired()
        await self.workshop.close()
        self.journal.close()

    async def reconfigure(self, config: Config) -> None:
        """Work with other settings from now on; a run that is going ends with those it began with.

        Where things are kept (`[paths]`) stays as it is until the next start.
        """
        before, self.config = self.config, config
        looks = {"screen", "keys"}
        if before.model_dump(exclude=looks) != config.model_dump(exclude=looks):
            self._retired.append(self.workshop)
            self.workshop = self.workshop.renewed(config)
            await self._close_retired()

    async def _close_retired(self) -> None:
        if any(not going.done() for going in self._running.values()):
            return
        retired, self._retired = self._retired, []
        for workshop in retired:
            await workshop.close()

    @cached_property
    def prompts(self) -> Prompts:
        """The templates that prompts are made from."""
        from engine.prompting import Prompts

        return Prompts(self.places.prompts, self.places.project_prompts(Path.cwd()))

    async def prepare(self, task: Task, provider: str = "", model: str = "", recording: str = "") -> str:
        """Record a run that is ready to begin and return its id. Raises UsageError, KeyMissing.

        `provider` may name several, separated by commas: the next is asked when one fails.
        """
        chain = chosen_chain(self.config, provider)
        first = self.workshop.provider(chain[0], model, recording)
        chosen = [first, *(self.workshop.provider(name) for name in chain[1:])]
        check_budget(self.config, chosen)
        run = new_run_id()
        self.journal.claim(run)
        recorder = Recorder(run, self.journal, History(), self._wake)
        self._recorders[run] = recorder
        await recorder.emit(run_started(*recorder.stamp(), task, chosen, recording, self.config))
        return run

    async def recent(self, text: str = "") -> list[RunSummary]:
        """The newest runs of the journal, or those in which `text` occurs. Raises JournalError."""
        if text:
            return await asyncio.to_thread(self.journal.search, text, RECENT)
        return await asyncio.to_thread(self.journal.runs, RECENT)

    async def pull(self, provider: str, model: str = "") -> AsyncGenerator[Progress, None]:
        """Have a provider's server fetch a model, telling how far it is. Raises UsageError, ProviderError."""
        async with aclosing(self.workshop.pull(provider, model)) as steps:
            async for step in steps:
                yield step

    async def begin(self, run: str) -> None:
        """Start, or go on with, the loop of a run in the background. Raises UsageError when it is going."""
        recorder = self._recorder(run)
        if recorder.history.attempts:
            await end_open_attempts(recorder, "interrupted")
            await recorder.emit(ev.RunResumed(*recorder.stamp()))
        self._launch(run, recorder, None)

    async def rerun(self, run: str, attempt: str, prompt: Prompt | None = None) -> None:
        """Make one child of `attempt` in the background, with an edited prompt where one is given."""
        recorder = self._recorder(run)
        if attempt not in recorder.history.attempts:
            raise UsageError(f"there is no attempt {attempt} in run {run}")
        self._launch(run, recorder, Child(attempt, prompt))

    async def wait(self, run: str) -> ev.RunEnded | None:
        """Wait until a run of this session is over and return how it ended."""
        going = self._running.get(run)
        if going is not None:
            await asyncio.wait([going])
            await going
        return self._recorder(run).history.ended

    async def stop(self, run: str) -> None:
        """Stop a run; what it had stays. Returns when nothing of it is left running."""
        going = self._running.get(run)
        if going is not None and not going.done():
            going.cancel()
            await asyncio.wait([going])

    def is_running(self, run: str) -> bool:
        """Whether this session is working on the run."""
        going = self._running.get(run)
        return going is not None and not going.done()

    def going(self) -> list[str]:
        """The runs that this session is working on."""
        return [run for run in self._running if self.is_running(run)]

    def events_of(self, run: str) -> Iterable[ev.Event]:
        """The run's events so far, from the journal."""
        return (event for _, event in self.journal.read(run))

    def history(self, run: str) -> History:
        """The run as it stands."""
        known = self._recorders.get(run)
        return known.history if known else rebuild(self.events_of(run))

    def subscribe(self, run: str) -> AsyncIterator[ev.Event]:
        """Every event of a run, past and to come, also when another process writes them; never ends."""
        return follow(self.journal, run, self._changed)

    def draft_prompt(self, run: str, attempt: str) -> Prompt:
        """The prompt to edit for a re-run: the one `attempt` was sent, else the one a model would get."""
        from engine.repair import draft_prompt

        return draft_prompt(self.prompts, self.history(run), attempt)

    async def accept(self, run: str, attempt: str, edits: Mapping[str, str] | None = None) -> ev.FixAccepted:
        """Write an attempt's files (or `edits` of it, for single hunks). Raises AcceptRefused."""
        return await accept_attempt(self._recorder(run), self.places.state / run, attempt, edits)

    async def undo(self, run: str) -> ev.FixUndone:
        """Take the last accepted fix back. Raises AcceptRefused."""
        return await undo_accepted(self._recorder(run), self.places.state / run)

    async def reject(self, run: str, attempt: str, reason: str) -> None:
        """Turn an attempt down; the reason enters the next repair prompt."""
        await reject_attempt(self._recorder(run), attempt, reason)

    def _recorder(self, run: str) -> Recorder:
        if run not in self._recorders:
            self.journal.claim(run)
            self._recorders[run] = Recorder(run, self.journal, rebuild(self.events_of(run)), self._wake)
        return self._recorders[run]

    def _wake(self) -> None:
        self._changed.set()

    def _launch(self, run: str, recorder: Recorder, child: Child | None) -> None:
        if self.is_running(run):
            raise UsageError("this run is going", "stop it first")
        driver = Driver(self.config, self.workshop, self.prompts, lambda: self._closing)
        self._running[run] = going = asyncio.create_task(driver.drive(recorder, child), name=f"run {run}")
        going.add_done_callback(self._clear_up)

    def _clear_up(self, _: asyncio.Task[None]) -> None:
        if self._retired and not self._closing:
            self._clearing = asyncio.create_task(self._close_retired())
