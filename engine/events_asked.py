"""Events of an attempt until its answer is there: why it is made, what is asked, what comes back."""

from __future__ import annotations

from typing import Literal

from pydantic.dataclasses import dataclass

from engine.events_wire import WIRE
from engine.model import Prompt, Usage


@dataclass(frozen=True, config=WIRE)
class AttemptStarted:
    """An attempt begins. `origin`: "given", "loop", "search", "edit" (prompt edited), "rerun"."""

    run: str
    at: float
    attempt: str
    parent: str
    origin: str
    provider: str
    model: str
    event: Literal["attempt_started"] = "attempt_started"


@dataclass(frozen=True, config=WIRE)
class StrategyDecided:
    """Why the next attempt is made the way it is ("attempt 3 repeats 2: temperature 0.4 → 0.8")."""

    run: str
    at: float
    attempt: str
    decision: str
    reason: str
    event: Literal["strategy_decided"] = "strategy_decided"


@dataclass(frozen=True, config=WIRE)
class PromptBuilt:
    """The exact prompt that is about to be sent."""

    run: str
    at: float
    attempt: str
    prompt: Prompt
    temperature: float
    seed: int | None = None
    event: Literal["prompt_built"] = "prompt_built"


@dataclass(frozen=True, config=WIRE)
class CompletionStreamed:
    """A piece of the completion as it arrives; `thinking` pieces are never code."""

    run: str
    at: float
    attempt: str
    text: str
    thinking: bool = False
    event: Literal["completion_streamed"] = "completion_streamed"


@dataclass(frozen=True, config=WIRE)
class ProviderProgress:
    """What a provider is doing before there is text (candidates tried, model loading); `total` 0: unknown."""

    run: str
    at: float
    attempt: str
    what: str
    done: int = 0
    total: int = 0
    event: Literal["provider_progress"] = "provider_progress"


@dataclass(frozen=True, config=WIRE)
class CompletionReceived:
    """The whole completion and what it cost."""

    run: str
    at: float
    attempt: str
    text: str
    usage: Usage
    thinking: str = ""
    event: Literal["completion_received"] = "completion_received"
