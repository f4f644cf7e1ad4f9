"""The unit of work, what comes back, and who does it: the boundary at which an evaluation can be spread."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import field
from typing import Protocol

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from engine.evaluation.problem import Problem

REPLAY = "replay"
REFERENCE = "reference"  # the provider whose answers are the benchmark's own solutions
SAMPLES = "samples"  # the provider whose answers others generated
ALONE = (REFERENCE, SAMPLES)  # judged as they are, without any loop

_config = ConfigDict(extra="forbid")


@dataclass(frozen=True, config=_config)
class Brief:
    """What all units of an evaluation have in common; plain data, so that it can travel.

    `settings` are the configuration's sections that decide how the loop works; where a worker keeps its
    files and which sandbox it has stays its own affair. `stretch` multiplies time limits on a slow machine.
    """

    provider: str
    model: str = ""
    pick: str = "best"
    stretch: float = 1.0
    settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)


@dataclass(frozen=True, config=_config)
class Unit:
    """One sample of one problem: independent of all others, and the same when it is done twice.

    `answers` are a recording's completions for it; `code`, where it is not None, is the whole text of the
    problem's file, to be judged as it is without any loop.
    """

    problem: Problem
    sample: int = 0
    answers: tuple[str, ...] = ()
    code: str | None = None

    @property
    def key(self) -> str:
        """Names the unit within its evaluation."""
        return f"{self.problem.id}#{self.sample}"


@dataclass(frozen=True, config=_config)
class Shot:
    """One attempt of the loop and what the judge says of it.

    `verdict`, `passed` and `total` are of the tests that the loop saw, `judged` and the two beside it of
    the benchmark's own ("" where there was no code to judge), with `assurance` how far that can be trusted.
    `best` is the attempt that the loop would keep
    if it stopped here. `origin` is "loop", "search", or "recorded" for a completion after the loop's end.
    `code` is "" where the program is the same as that of attempt `duplicate_of`.
    """

    attempt: str
    origin: str
    provider: str
    decision: str
    verdict: str
    judged: str
    best: str
    passed: int = 0
    total: int = 0
    judged_passed: int = 0
    judged_total: int = 0
    error: str = ""
    judged_error: str = ""
    assurance: str = ""
    fixability: float | None = None
    duplicate_of: str = ""
    blocked_by: tuple[str, ...] = ()
    prompt_version: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float | None = None
    code: str = ""


@dataclass(frozen=True, config=_config)
class Measured:
    """What depends on this machine and this moment, kept apart from what does not."""

    seconds: float = 0.0
    loop_seconds: float = 0.0
    judge_seconds: float = 0.0
    model_seconds: float = 0.0
    executions: int = 0
    cached: int = 0
    tries: int = 1


@dataclass(frozen=True, config=_config)
class UnitResult:
    """How a unit ended; one line of results.jsonl.

    `verdict` is the judge's for the answer that was picked, `infrastructure` where a fault of ours kept it
    from being had (`message` says which). `first_solved` is None where no first shot was made.
    """

    task_id: str
    sample: int
    solved: bool
    verdict: str
    first_solved: bool | None
    shown_solved: bool
    shown_from: str
    answer: str
    isolation: str
    message: str = ""
    shots: tuple[Shot, ...] = ()
    measured: Measured = Measured()

    @property
    def key(self) -> str:
        """The key of the unit that it is the result of."""
        return f"{self.task_id}#{self.sample}"


class Crew(Protocol):
    """Does units of work, in any order, and hands back each result as it ends.

    Exactly one result comes back for every unit. A fault of ours is tried again, and then is a result
    whose verdict is `infrastructure`; it never holds up the others. `units` is drawn from as there is room,
    so that a long evaluation is never in memory. Closing the generator stops what is under way.
    """

    @property
    def where(self) -> str:
        """In words: how many sandboxes of which isolation, on which machines; known after `start`."""
        ...

    async def start(self) -> None:
        """Be ready to work. Raises SandboxError, CoderTuiError."""
        ...

    def work(self, units: Iterable[Unit]) -> AsyncGenerator[UnitResult, None]:
        """The results of the units, as they end."""
        ...

    async def close(self) -> None:
        """Leave nothing running; may be called twice."""
        ...


brief_adapter: TypeAdapter[Brief] = TypeAdapter(Brief)
unit_adapter: TypeAdapter[Unit] = TypeAdapter(Unit)
result_adapter: TypeAdapter[UnitResult] = TypeAdapter(UnitResult)
