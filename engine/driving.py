"""One run of the loop from its recorded start: whatever ends it is written down."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine import events as ev
from engine.concluding import end_open_attempts, end_run
from engine.config import Config
from engine.errors import CoderTuiError, JournalError, UsageError
from engine.model import Prompt
from engine.recorder import Recorder
from engine.workshop import Workshop
from sandbox.errors import SandboxError

if TYPE_CHECKING:
    from engine.prompting import Prompts


@dataclass(frozen=True, slots=True)
class Child:
    """A re-run that the user asked for: one child of `parent`, with an edited prompt where there is one."""

    parent: str
    prompt: Prompt | None = None


@dataclass(frozen=True)
class Driver:
    """What every run of a session is driven with; `closing` says whether the session is ending."""

    config: Config
    workshop: Workshop
    prompts: Prompts
    closing: Callable[[], bool]

    async def drive(self, recorder: Recorder, child: Child | None) -> None:
        """Open the sandbox and run the loop, or one child; faults end the run and are recorded.

        Raises JournalError alone, where there is nowhere to write anything down.
        """
        from engine.launch import build_loop  # brings the whole engine with it: not before a run begins

        history = recorder.history
        if history.task is None or history.started is None:
            raise UsageError(f"run {recorder.run} has no task on record")
        try:
            await self.workshop.sandbox.start()
            isolation = self.workshop.sandbox.isolation
            await recorder.emit(ev.SandboxReady(*recorder.stamp(), isolation))
            loop = build_loop(
                history.task, history.started, recorder, self.workshop, self.prompts, self.config
            )
            await (loop.run() if child is None else loop.rerun(child.parent, child.prompt))
        except JournalError:
            raise
        except (SandboxError, CoderTuiError) as error:
            await recorder.emit(ev.Notice(*recorder.stamp(), "error", error.message, error.remedy))
            await end_open_attempts(recorder, error.message)
            await end_run(recorder, history.task, error.message)
        except asyncio.CancelledError:
            # A closing session leaves the run open: the next one finds it where it stood.
            await end_open_attempts(recorder, "interrupted" if self.closing() else "stopped")
            if not self.closing():
                await end_run(recorder, history.task, "stopped", cut_short=True)
            raise
