"""The search provider: repairs code without a model, by trying mutations against the tests."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator

from engine.errors import Exhausted
from engine.model import Task, Usage
from engine.providers.base import Chunk, Done, Progress, Request, Text
from engine.providers.search.hunt import Find, Hunt
from engine.workspace import Workspace
from sandbox.contract import Sandbox

_BEAT = 0.15
_STEPS = 2  # partial improvements worth an attempt of their own, from one starting point


class SearchProvider:
    """A provider like any other, whose completions come from mutation templates and a warm sandbox.

    `seconds` is the time for one call, `alternatives` how many further patches may be offered when the first
    is not wanted. What was found for a task is kept, so that later calls go on where the last one ended.
    """

    name = "search"
    model = ""
    endpoint = "this machine"
    local = True
    uses_prompt = False

    def __init__(self, sandbox: Sandbox, *, seconds: float = 5.0, alternatives: int = 3) -> None:
        self._sandbox = sandbox
        self._seconds = seconds
        self._alternatives = alternatives
        self._hunts: dict[tuple[str, str, str], Hunt] = {}
        self._offered: dict[str, int] = {}

    async def complete(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """Search, telling how many candidates were tried, then give the whole new file.

        Raises Exhausted when nothing (more) was found, or the tests cannot be run at all.
        """
        began = time.monotonic()
        task, start = request.task, _start(request)
        hunt = self._hunt(task, start, request.others)
        find = self._next(hunt, request, start)
        shown = 0.0
        if find is None and not hunt.over:
            async for done in hunt.go(self._seconds):
                if time.monotonic() - shown > _BEAT:
                    shown = time.monotonic()
                    yield Progress("search: candidates tried", done, max(hunt.size, done))
            yield Progress("search: candidates tried", hunt.tried, max(hunt.size, hunt.tried))
            find = self._next(hunt, request, start, partial=True)
        find = find or self._next(hunt, request, start, partial=True)
        if find is None:
            raise Exhausted(_why(hunt), "name a model provider, or add a test that narrows the fault down")
        text = find.candidate.text
        key = _task_key(task)
        self._offered[key] = self._offered.get(key, 0) + find.plausible
        usage = Usage(seconds=time.monotonic() - began)
        yield Text(f"```python\n{text}{'' if text.endswith(chr(10)) else chr(10)}```\n")
        yield Done(usage, edits={task.target.file: text}, note=self._say(hunt, find, request, start))

    async def check(self) -> str:
        """Search needs nothing but the sandbox."""
        return "search: ready, no model needed"

    async def close(self) -> None:
        """Forget what was found."""
        self._hunts.clear()

    def _hunt(self, task: Task, start: Workspace, others: tuple[Workspace, ...]) -> Hunt:
        key = (_task_key(task), task.target.function, start.digest())
        if key not in self._hunts:
            self._hunts[key] = Hunt(self._sandbox, task, start, others)
        return self._hunts[key]

    def _next(self, hunt: Hunt, request: Request, start: Workspace, *, partial: bool = False) -> Find | None:
        """The best find not executed yet; one that passes everything may come from any search of the task."""
        task = request.task
        if self._offered.get(_task_key(task), 0) <= self._alternatives:
            hunts = [
                hunt,
                *(h for key, h in self._hunts.items() if key[0] == _task_key(task) and h is not hunt),
            ]
            for one in hunts:
                for find in one.plausible():
                    if _digest(start, task, find) not in request.tried:
                        return find
        if not partial or hunt.plausible():
            return None
        steps = hunt.partial()[:_STEPS]
        return next((find for find in steps if _digest(start, task, find) not in request.tried), None)

    def _say(self, hunt: Hunt, find: Find, request: Request, start: Workspace) -> str:
        note = find.candidate.mutation.note
        if not find.plausible:
            return f"{note}; not whole yet: {find.passed} of {find.total} checks"
        others = len(hunt.plausible()) - 1
        return f"{note}; {others} alternative{'s' if others != 1 else ''}" if others > 0 else note


def _start(request: Request) -> Workspace:
    parent = request.parent
    return parent.candidate if parent is not None and parent.candidate is not None else request.task.workspace


def _task_key(task: Task) -> str:
    return f"{task.id}\0{task.target.file}\0{Workspace(task.tests).digest()}"


def _digest(start: Workspace, task: Task, find: Find) -> str:
    return start.edit(task.target.file, find.candidate.text).digest()


def _why(hunt: Hunt) -> str:
    if hunt.plausible():
        return f"search has no further patch that passes ({hunt.tried:,} candidates tried)"
    if hunt.over:
        return f"search tried all of its {hunt.tried:,} candidates and none passes the tests"
    return f"search found nothing in its time ({hunt.tried:,} candidates tried)"
