"""One pass of the engine's loop over a problem: the same loop as live, without the journal."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from engine import events as ev
from engine.config_model import Config
from engine.evaluation.unit import ALONE, REPLAY, Brief, Unit
from engine.history import History, advance
from engine.launch import build_loop
from engine.model import Task
from engine.prompting import Prompts
from engine.providers.base import Provider
from engine.providers.replay import Recorded, ReplayProvider
from engine.recorder import Recorder
from engine.starting import check_budget, chosen_chain, run_started
from engine.workshop import Workshop

APART = 1000  # between the seeds of two samples, so that no attempt of one is an attempt of the other


@dataclass
class LoopRun:
    """What a run of the loop left behind.

    `bests` maps an attempt to the best one when it had ended; `answered` are those that got an answer, be
    it an empty one: the others ended before, because nothing was left to ask or to spend, or by a fault.
    """

    task: Task
    history: History = field(default_factory=History)
    bests: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    seconds: float = 0.0
    executions: int = 0
    cached: int = 0

    def append(self, run: str, event: ev.Event, /) -> None:
        """Look at an event that passes by; the history keeps what is in it."""
        if isinstance(event, ev.AttemptEnded):
            self.bests[event.attempt] = event.best
        elif isinstance(event, ev.CompletionReceived):
            self.answered.add(event.attempt)
        elif isinstance(event, ev.ExecutionEnded):
            repeat = event.cached and bool(self.history.attempts[event.attempt].duplicate_of)
            self.executions += not repeat
            self.cached += event.cached and not repeat


async def run_loop(unit: Unit, brief: Brief, config: Config, workshop: Workshop, prompts: Prompts) -> LoopRun:
    """Run the loop to its end. Raises CoderTuiError, SandboxError."""
    began = time.monotonic()
    config = for_sample(config, unit.sample)
    run = LoopRun(unit.problem.task(config.limits.to_limits()))
    chain, first = _providers(unit, brief, config, workshop)
    recorder = _Follower(unit.key, run)
    await recorder.emit(run_started(*recorder.stamp(), run.task, chain, "", config))
    started = recorder.history.started
    assert started is not None
    await build_loop(run.task, started, recorder, workshop, prompts, config, first).run()
    run.history, run.seconds = recorder.history, time.monotonic() - began
    return run


class _Follower(Recorder):
    """A recorder without a disk behind it, whose history the run sees as it grows."""

    def __init__(self, name: str, run: LoopRun) -> None:
        super().__init__(name, run, run.history, lambda: None)
        self._run = run

    async def emit(self, event: ev.Event) -> None:
        """Keep one event."""
        self._run.append(self.run, event)
        self.history = self._run.history = advance(self.history, event)


def for_sample(config: Config, sample: int) -> Config:
    """The settings for one sample: where the seed is fixed it has one of its own."""
    if config.loop.seed < 0:
        return config
    seed = (config.loop.seed + APART * sample) % 2**31
    return config.model_copy(update={"loop": config.loop.model_copy(update={"seed": seed})})


async def check_providers(brief: Brief, config: Config, workshop: Workshop) -> None:
    """Raise UsageError, KeyMissing or ProviderError where the brief's providers cannot be used."""
    if brief.provider == REPLAY or brief.provider in ALONE:
        return
    chain = _named(brief, config, workshop)
    check_budget(config, chain)
    if chain[0].uses_prompt:
        await chain[0].check()


def _providers(
    unit: Unit, brief: Brief, config: Config, workshop: Workshop
) -> tuple[list[Provider], Provider]:
    if brief.provider == REPLAY:
        line = Recorded(task_id=unit.problem.id, completions=unit.answers)
        first: Provider = ReplayProvider.of(line, brief.model)
        return [first], first
    chain = _named(brief, config, workshop)
    return chain, chain[0]


def _named(brief: Brief, config: Config, workshop: Workshop) -> list[Provider]:
    first, *others = chosen_chain(config, brief.provider)
    return [workshop.provider(first, brief.model), *(workshop.provider(name) for name in others)]
