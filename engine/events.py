"""The one stream through which the engine speaks: frozen, typed, JSON-serialisable events."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, TypeAdapter

from engine.events_asked import (
    AttemptStarted,
    CompletionReceived,
    CompletionStreamed,
    PromptBuilt,
    ProviderProgress,
    StrategyDecided,
)
from engine.events_judged import (
    AttemptEnded,
    AttemptRejected,
    CandidateBuilt,
    Diagnosed,
    ExecutionEnded,
    ExecutionStarted,
    GuardrailsChecked,
)
from engine.events_run import (
    FixAccepted,
    FixUndone,
    Notice,
    RunEnded,
    RunResumed,
    RunStarted,
    SandboxReady,
)

__all__ = [
    "AttemptEnded",
    "AttemptRejected",
    "AttemptStarted",
    "CandidateBuilt",
    "CompletionReceived",
    "CompletionStreamed",
    "Diagnosed",
    "Event",
    "ExecutionEnded",
    "ExecutionStarted",
    "FixAccepted",
    "FixUndone",
    "GuardrailsChecked",
    "Notice",
    "PromptBuilt",
    "ProviderProgress",
    "RunEnded",
    "RunResumed",
    "RunStarted",
    "SandboxReady",
    "StrategyDecided",
    "from_json",
    "to_json",
]

Event = Annotated[
    RunStarted
    | RunResumed
    | SandboxReady
    | AttemptStarted
    | StrategyDecided
    | PromptBuilt
    | CompletionStreamed
    | ProviderProgress
    | CompletionReceived
    | CandidateBuilt
    | GuardrailsChecked
    | ExecutionStarted
    | ExecutionEnded
    | Diagnosed
    | AttemptEnded
    | AttemptRejected
    | FixAccepted
    | FixUndone
    | Notice
    | RunEnded,
    Field(discriminator="event"),
]

_adapter: TypeAdapter[Event] = TypeAdapter(Event)


def to_json(event: Event) -> str:
    """One line of JSON, `event` naming the kind."""
    return _adapter.dump_json(event).decode()


def from_json(line: str | bytes) -> Event:
    """The event that `to_json` wrote; raises ValueError (pydantic's) for anything else."""
    return _adapter.validate_json(line)
