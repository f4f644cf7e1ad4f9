"""One search from one text: screen singles, then pairs of those that helped, until something passes."""

from __future__ import annotations

import ast
import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Sequence

from engine.model import Task
from engine.providers.search.finds import Find, Finds
from engine.providers.search.localise import suspicion
from engine.providers.search.phases import Phase, Phases
from engine.providers.search.race import Race
from engine.providers.search.space import Candidate, Space
from engine.providers.search.start import checked, code_of
from engine.workspace import Workspace
from sandbox.contract import Sandbox, Screened, ScreenJob
from sandbox.errors import SandboxLost

_FIRST_BATCH = 1600
_BATCH = 4000
_BATCH_BYTES = 6_000_000
_LARGE_FILE = 12_000
_HOPELESS_AFTER, _HOPELESS_CHECKS = 15_000, 3
_RESTARTS = 5


class Hunt:
    """The search from one workspace; can be continued until `over`.

    Raises Exhausted from `go` when there is nothing to search from. `gave_up` when it stopped before its end.
    """

    def __init__(
        self, sandbox: Sandbox, task: Task, start: Workspace, others: Sequence[Workspace] = ()
    ) -> None:
        self._sandbox = sandbox
        self._task = task
        self._start = start
        self._path = task.target.file
        self.text = start.text(self._path)
        self._others = [other.text(self._path) for other in others if self._path in other.files]
        self.finds = Finds(self.text)
        self._phases: Phases | None = None
        self._race = Race()
        self.tried = 0
        self.over = self.gave_up = False

    async def go(self, seconds: float) -> AsyncIterator[int]:
        """Search on for `seconds`, yielding the number tried so far; ends early once a new patch passes."""
        self._race = Race()
        deadline = self._race.began + seconds
        if self._phases is None:
            self._phases = await asyncio.to_thread(self._prepare)
        phases = self._phases
        if self.finds.base is None:
            first = 0 if len(self.text) > _LARGE_FILE else _FIRST_BATCH
            async for done in self._screen(await self._take(phases, first), deadline):
                yield done
            base = checked(self.finds.base)
            assert self.finds.space is not None
            self.finds.space.code.seen = base.kinds
            await asyncio.to_thread(phases.focus, suspicion(base.outcomes, base.coverage))
        while time.monotonic() < deadline and not self._race.on:
            if self._hopeless():
                self.over = self.gave_up = True
                return
            batch = await self._take(phases, _BATCH)
            if batch:
                async for done in self._screen(batch, deadline):
                    yield done
            elif not phases.advance():
                self.over = True
                return

    def function_of(self, find: Find) -> str:
        """The function that a find changes: the task's, or the outermost one at the change."""
        line = find.candidate.mutation.line
        spans = ((f.lineno, f.end_lineno or f.lineno, f.name) for f in ast.parse(self.text).body
            if isinstance(f, ast.FunctionDef))  # fmt: skip
        return self._task.target.function or next((n for a, b, n in spans if a <= line <= b), "")

    def _prepare(self) -> Phases:
        self.finds.space = Space(code_of(self._task, self.text), self._others)
        return Phases(self.finds.space, self.finds)

    async def _take(self, phases: Phases, count: int) -> list[Candidate]:
        room = max(1, _BATCH_BYTES // max(1, len(self.text)))
        return await asyncio.to_thread(phases.take, min(count, room))

    async def _screen(self, batch: list[Candidate], deadline: float) -> AsyncIterator[int]:
        """Screen a batch; begins again behind a variant that took the whole screening down."""
        start = 0
        for _ in range(_RESTARTS):
            last = -1
            async for index in self._once(batch[start:], deadline):
                last = max(last, index)
                yield self.tried
            if time.monotonic() >= deadline or self._decided() or start + last + 2 >= len(batch):
                return
            start += last + 2

    async def _once(self, batch: list[Candidate], deadline: float) -> AsyncIterator[int]:
        job = self._task.job(self._start, f"{self._task.id}-search")
        texts = tuple(candidate.text for candidate in batch)
        patient = self._phases is not None and self._phases.now is Phase.SLOW
        wanted = ScreenJob(job, self._path, texts, trace=self.finds.base is None, patient=patient)
        screen = self._sandbox.screen(wanted)
        try:
            async for result in screen:
                self._note(batch, result)
                if result.index >= 0:
                    yield result.index
                if time.monotonic() >= deadline or self._decided():
                    return
        except SandboxLost:  # a variant took the whole sandbox down: what was tried stays tried
            if self.finds.base is None:
                raise
        finally:
            if isinstance(screen, AsyncGenerator):  # ends the work in the sandbox now, not when collected
                await screen.aclose()

    def _note(self, batch: list[Candidate], result: Screened) -> None:
        if result.index < 0:
            self.finds.base = self.finds.base or result
            return
        if result.ended == "SyntaxError":
            return
        self.tried += 1
        self._race.tried += 1
        if self._phases is not None:
            self._phases.note(batch[result.index], result.ended)
        find = self.finds.add(batch[result.index], result)
        if find is not None and find.plausible:
            self._race.found()

    def _hopeless(self) -> bool:
        """Whether so many were tried that even one check more would have passed if one change could do it."""
        base = self.finds.base
        failing = base.total - base.passed if base is not None else 0
        return self.tried > _HOPELESS_AFTER and not self.finds.all and failing >= _HOPELESS_CHECKS

    def _decided(self) -> bool:
        """Whether the time in which patches that pass compete with the first one is up."""
        if not self._race.on:
            return False
        found = self.finds.plausible()
        return self._race.over(self.finds.awkward(found[0]), len(found))
