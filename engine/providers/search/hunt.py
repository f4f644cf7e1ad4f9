"""One search from one text: screen singles, then pairs of those that helped, until something passes."""

from __future__ import annotations

import ast
import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import exp

from engine.errors import Exhausted
from engine.model import Task
from engine.providers.search.code import Code, docstring
from engine.providers.search.differ import Table
from engine.providers.search.hints import hints_of
from engine.providers.search.localise import suspicion
from engine.providers.search.rank import awkwardness
from engine.providers.search.space import Candidate, Space
from engine.workspace import Workspace
from sandbox.contract import Sandbox, Screened, ScreenJob
from sandbox.errors import SandboxLost

_FIRST_BATCH = 400
_BATCH = 2000
_BATCH_BYTES = 6_000_000
_LARGE_FILE = 12_000
_GRACE, _GRACE_SHARE = 0.4, 0.5
_ENOUGH = 24
_LIKELY, _LIKELY_PER_CHECK, _MANY_CHECKS, _ODD = 2.0, 0.7, 6, 3.0
_NEAR, _PARTNERS, _MORE_PARTNERS, _PHASES = 12, 300, 1500, 4
_SLOW_PHASE, _MOST_SLOW = 2, 24
_HOPELESS_AFTER, _HOPELESS_CHECKS = 15_000, 3
_RESTARTS = 5


@dataclass(frozen=True, slots=True)
class Find:
    """A candidate that passes more than the base; `plausible` when it passes everything."""

    candidate: Candidate
    passed: int
    total: int

    @property
    def plausible(self) -> bool:
        """Whether every test passed in screening."""
        return self.passed == self.total


class Hunt:
    """The search from one workspace; can be continued until `over`.

    Raises Exhausted from the constructor or from `go` when there is nothing to search from.
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
        self.finds: list[Find] = []
        self.tried = 0
        self.size = 0
        self.over = False
        self._base: Screened | None = None
        self._space: Space | None = None
        self._stream: Iterator[Candidate] | None = None
        self._lines: dict[int, float] = {}
        self._phase = 0
        self._shapes: set[str] = set()
        self._weights: dict[Candidate, float] = {}
        self._slow: dict[str, Candidate] = {}
        self.gave_up = False
        self._began = 0.0
        self._first: float | None = None

    async def go(self, seconds: float) -> AsyncIterator[int]:
        """Search on for `seconds`, yielding the number tried so far; ends early once a new patch passes."""
        self._began, self._first = time.monotonic(), None
        already = len(self.plausible())
        deadline = self._began + seconds
        space = self._space if self._space is not None else await asyncio.to_thread(self._prepare)
        if self._base is None:
            first = 0 if len(self.text) > _LARGE_FILE else _FIRST_BATCH
            async for done in self._screen(await self._take(first), deadline):
                yield done
            base = self._known_base()
            space.code.seen = base.kinds
            self._lines = suspicion(base.outcomes, base.coverage)
            await asyncio.to_thread(space.focus, self._lines)
            self._stream = space.singles()
        while time.monotonic() < deadline and len(self.plausible()) <= already:
            if self._hopeless():
                self.over = self.gave_up = True
                return
            batch = await self._take(_BATCH)
            if not batch:
                if not self._next_phase(space):
                    self.over = True
                    return
                continue
            async for done in self._screen(batch, deadline, patient=self._phase == _SLOW_PHASE):
                yield done

    def plausible(self) -> list[Find]:
        """Finds that pass every test: those whose answers weigh most first, and of these the most natural."""
        found = (find for find in self.finds if find.plausible)
        return sorted(found, key=lambda find: (-self._weights.get(find.candidate, 0.0), self.awkward(find)))

    def weigh(self, table: Table, finds: Sequence[Find]) -> None:
        """Let patches that answer alike stand together, by the most natural of them."""
        weights = table.weigh([exp(-self.awkward(find)) for find in finds])
        self._weights = {find.candidate: weight for find, weight in zip(finds, weights, strict=True)}

    def likely(self, find: Find) -> bool:
        """Whether a patch is natural for the evidence there is: how many failing checks it turned."""
        turned = find.passed - (self._base.passed if self._base else 0)
        return self.awkward(find) <= _LIKELY + _LIKELY_PER_CHECK * min(turned, _MANY_CHECKS)

    def function_of(self, find: Find) -> str:
        """The function that a find changes: the task's, or the outermost one at the change."""
        line = find.candidate.mutation.line
        spans = ((f.lineno, f.end_lineno or f.lineno, f.name) for f in ast.parse(self.text).body
            if isinstance(f, ast.FunctionDef))  # fmt: skip
        return self._task.target.function or next((n for a, b, n in spans if a <= line <= b), "")

    def partial(self) -> list[Find]:
        """Finds that pass more than the base and not everything, best first."""
        near = (f for f in self.finds if not f.plausible)
        return sorted(near, key=lambda f: (-f.passed, self.awkward(f)))

    def awkward(self, find: Find) -> float:
        """0 is a natural patch; more for what is seldom meant."""
        assert self._space is not None
        mutation = find.candidate.mutation
        return awkwardness(mutation, self._space.likelihood(mutation), self.text)

    def _prepare(self) -> Space:
        try:
            code = Code(self.text, self._task.target.function, hints_of(self._task.tests))
        except (SyntaxError, ValueError) as error:
            raise Exhausted(f"search cannot start: {self._path} does not parse ({error})") from None
        if _unwritten(code):
            said = f"search cannot write `{code.function}` from nothing: it has no code yet"
            raise Exhausted(said, "name a model provider")
        self._space = Space(code, self._others)
        self.size = len(self._space)
        self._stream = self._space.singles()
        return self._space

    def _known_base(self) -> Screened:
        base = self._base
        if base is None:
            raise Exhausted(
                "search got no result for the code as it is", "see `coder-tui check` for the reason"
            )
        if base.ended != "exit":
            raise Exhausted(f"search cannot run the tests: {base.ended}")
        if base.total and base.passed == base.total:
            raise Exhausted("search has nothing to repair: the tests pass already")
        return base

    async def _take(self, count: int) -> list[Candidate]:
        stream = self._stream
        if stream is None or not count:
            return []
        room = max(1, _BATCH_BYTES // max(1, len(self.text)))
        return await asyncio.to_thread(lambda: list(islice(stream, min(count, room))))

    def _next_phase(self, space: Space) -> bool:
        """From singles to pairs, to expressions made of names, to more pairs; False at the end."""
        self._phase += 1
        near = [find.candidate.mutation for find in self.partial()[:_NEAR]]
        match self._phase:
            case 1:
                self._stream = space.pairs(near, _PARTNERS)
            case 2:  # those of the singles that only wanted time
                slow = sorted(self._slow.values(), key=lambda candidate: -candidate.likelihood)
                self._stream = iter(slow[:_MOST_SLOW])
            case 3:
                self._stream = space.synthesised(self._lines)
            case 4:
                self._stream = space.pairs(near, _MORE_PARTNERS)
        return self._phase <= _PHASES

    async def _screen(
        self, batch: list[Candidate], deadline: float, patient: bool = False
    ) -> AsyncIterator[int]:
        """Screen a batch; begins again behind a variant that took the whole screening down."""
        start = 0
        for _ in range(_RESTARTS):
            last = -1
            async for index in self._once(batch[start:], deadline, patient):
                last = max(last, index)
                yield self.tried
            if time.monotonic() >= deadline or self._grace_over() or start + last + 2 >= len(batch):
                return
            start += last + 2

    async def _once(self, batch: list[Candidate], deadline: float, patient: bool) -> AsyncIterator[int]:
        job = self._task.job(self._start, f"{self._task.id}-search")
        texts = tuple(candidate.text for candidate in batch)
        wanted = ScreenJob(job, self._path, texts, trace=self._base is None, patient=patient)
        screen = self._sandbox.screen(wanted)
        try:
            async for result in screen:
                self._note(batch, result)
                if result.index >= 0:
                    yield result.index
                if time.monotonic() >= deadline or self._grace_over():
                    return
        except SandboxLost:  # a variant took the whole sandbox down: what was tried stays tried
            if self._base is None:
                raise
        finally:
            if isinstance(screen, AsyncGenerator):  # ends the work in the sandbox now, not when collected
                await screen.aclose()

    def _note(self, batch: list[Candidate], result: Screened) -> None:
        if result.index < 0:
            self._base = self._base or result
            return
        if result.ended == "SyntaxError":
            return
        self.tried += 1
        if self._phase == 0:
            self._keep_slow(batch[result.index], result.ended)
        base = self._base
        if result.ended != "exit" or base is None or result.passed <= base.passed:
            return
        find = Find(batch[result.index], result.passed, result.total)
        if (key := _shape(find.candidate.text)) in self._shapes:
            return
        self._shapes.add(key)
        self.finds.append(find)
        if self.finds[-1].plausible and self._first is None:
            self._first = time.monotonic()

    def _keep_slow(self, candidate: Candidate, ended: str) -> None:
        """Remember a candidate that ran out of ticks, until a second look at it says more."""
        if ended in {"endless", "unfinished"}:
            self._slow[candidate.text] = candidate
        else:
            self._slow.pop(candidate.text, None)

    def _hopeless(self) -> bool:
        """Whether so many were tried that even one check more would have passed if one change could do it."""
        base = self._base
        failing = base.total - base.passed if base is not None else 0
        return self.tried > _HOPELESS_AFTER and not self.finds and failing >= _HOPELESS_CHECKS

    def _grace_over(self) -> bool:
        """Whether the time in which patches that pass compete with the first one is up."""
        if self._first is None:
            return False
        found = self.plausible()
        odd = (
            max(0.0, self.awkward(found[0]) - _LIKELY) if found else 0.0
        )  # worth a longer look for a better one
        grace = max(_GRACE, _GRACE_SHARE * (self._first - self._began)) * (1 + min(odd, _ODD))
        return time.monotonic() > self._first + grace or len(found) >= _ENOUGH


def _shape(text: str) -> str:
    """The same for texts that differ in layout alone."""
    return ast.dump(ast.parse(text))


def _unwritten(code: Code) -> bool:
    """Whether the function that is to be repaired is only announced: `pass`, `...`, NotImplementedError."""
    named = [function for function in code.functions if function.name == code.function]
    bodies = [[part for part in function.body if not docstring(part)] for function in named]
    return bool(bodies) and all(all(_announces(part) for part in body) for body in bodies)


def _announces(node: ast.stmt) -> bool:
    match node:
        case ast.Pass() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Raise(exc=ast.Name(id=name) | ast.Call(func=ast.Name(id=name))):
            return name == "NotImplementedError"
    return False
