"""The search provider: repairs code without a model, by trying mutations against the tests."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator

from engine.errors import Exhausted
from engine.model import Task, Usage
from engine.providers.base import Chunk, Done, Offer, Progress, Request, Text
from engine.providers.search.differ import MOST, Doubt, compare
from engine.providers.search.finds import Find
from engine.providers.search.hunt import Hunt
from engine.workspace import Workspace
from sandbox.contract import Sandbox

_BEAT = 0.15
_STEPS = 2  # partial improvements worth an attempt of their own, from one starting point


class SearchProvider:
    """A provider like any other, whose completions come from mutation templates and a warm sandbox.

    `seconds` is the time for one call, `alternatives` how many further patches may be offered when the first
    is not wanted. What was found for a task is kept, so that later calls go on where the last one ended.
    `choosy` keeps patches back that pass the tests and yet are unlikely to be meant, until asked at a
    temperature above 0: there is a model that may do better.
    """

    name = "search"
    model = ""
    endpoint = "this machine"
    local = True
    uses_prompt = False

    def __init__(
        self, sandbox: Sandbox, *, seconds: float = 5.0, alternatives: int = 3, choosy: bool = False
    ) -> None:
        self._sandbox = sandbox
        self._seconds = seconds
        self._alternatives = alternatives
        self._choosy = choosy
        self._hunts: dict[tuple[str, str, str], Hunt] = {}
        self._offered: dict[str, int] = {}
        self._doubts: dict[str, Doubt] = {}

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
            async for _ in hunt.go(self._seconds):
                if time.monotonic() - shown > _BEAT:
                    shown = time.monotonic()
                    yield _progress(hunt, began)
            yield _progress(hunt, began)
            await self._compare(hunt, task, start)
            find = self._next(hunt, request, start)
        find = find or self._next(hunt, request, start, partial=True)
        if find is None:
            raise Exhausted(
                self._why(hunt), "name a model provider, or add a test that narrows the fault down"
            )
        text = find.candidate.text
        key = _task_key(task)
        self._offered[key] = self._offered.get(key, 0) + find.plausible
        usage = Usage(seconds=time.monotonic() - began)
        doubt = self._doubts.get(text)
        yield Text(f"```python\n{text}{'' if text.endswith(chr(10)) else chr(10)}```\n")
        yield Done(usage, edits={task.target.file: text}, note=_say(hunt, find, doubt), offer=_offer(doubt))

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

    async def _compare(self, hunt: Hunt, task: Task, start: Workspace) -> None:
        """Find out where the patches that pass disagree, and order them by what most of them answer."""
        finds = hunt.finds.plausible()[:MOST]
        if len(finds) < 2:
            return
        texts = [find.candidate.text for find in finds]
        table = await compare(self._sandbox, task, start, hunt.function_of(finds[0]), texts)
        if table is None:
            return
        hunt.finds.weigh(table, finds)
        for number, text in enumerate(texts):
            if (doubt := table.doubt(number)) is not None:
                self._doubts[text] = doubt

    def _next(self, hunt: Hunt, request: Request, start: Workspace, *, partial: bool = False) -> Find | None:
        """The best find not executed yet; one that passes everything may come from any search of the task."""
        task = request.task
        picky = self._choosy and not request.sampling.temperature
        if self._offered.get(_task_key(task), 0) <= self._alternatives:
            hunts = [
                hunt,
                *(h for key, h in self._hunts.items() if key[0] == _task_key(task) and h is not hunt),
            ]
            for one in hunts:
                for find in one.finds.plausible():
                    wanted = one.finds.likely(find) or not picky
                    if wanted and _digest(start, task, find) not in request.tried:
                        return find
        if not partial or hunt.finds.plausible():
            return None
        steps = hunt.finds.partial()[:_STEPS]
        return next((find for find in steps if _digest(start, task, find) not in request.tried), None)

    def _why(self, hunt: Hunt) -> str:
        tried = f"({hunt.tried:,} candidates tried)"
        if hunt.finds.plausible():
            more = (
                "only patches that pass and are hardly meant"
                if self._choosy
                else "no further patch that passes"
            )
            return f"search has {more} {tried}"
        if hunt.gave_up:
            why = "none passes even one check more, so it takes more than one small change"
            return f"search gives up after {hunt.tried:,} candidates: {why}"
        if hunt.over:
            return f"search tried all of its {hunt.tried:,} candidates and none passes the tests"
        return f"search found nothing in its time {tried}"


def _progress(hunt: Hunt, began: float) -> Progress:
    """What is counted, and how good the best find is by now."""
    best = max(hunt.finds.all, key=lambda find: find.passed, default=None)
    so_far = f", best {best.passed} of {best.total}" if best else ""
    return Progress(f"search: {hunt.tried:,} candidates, {time.monotonic() - began:.1f} s{so_far}")


def _say(hunt: Hunt, find: Find, doubt: Doubt | None) -> str:
    note = find.candidate.mutation.note
    if not find.plausible:
        return f"{note}; not whole yet: {find.passed} of {find.total} checks"
    others = len(hunt.finds.plausible()) - 1
    if others < 1:
        return note
    apart = f", {doubt.apart} differ on {doubt.call}" if doubt else ""
    return f"{note}; {others} alternative{'s' if others != 1 else ''}{apart}"


def _offer(doubt: Doubt | None) -> Offer | None:
    """The doubt in words, and the test that would settle it."""
    if doubt is None:
        return None
    differ = f"{doubt.apart} alternatives differ" if doubt.apart > 1 else "an alternative differs"
    said = f"passes your tests; {differ} on {doubt.call}: {doubt.here} here, {' or '.join(doubt.there)} there"
    return Offer(said, f"if this one is right, add the test: {doubt.test()}")


def _start(request: Request) -> Workspace:
    parent = request.parent
    return parent.candidate if parent is not None and parent.candidate is not None else request.task.workspace


def _task_key(task: Task) -> str:
    return f"{task.id}\0{task.target.file}\0{Workspace(task.tests).digest()}"


def _digest(start: Workspace, task: Task, find: Find) -> str:
    return start.edit(task.target.file, find.candidate.text).digest()
