"""The one stream through which the engine speaks: frozen, typed, JSON-serialisable events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, TypeAdapter
from pydantic.dataclasses import dataclass

from engine.model import Diagnosis, Finding, Prompt, Usage
from sandbox.contract import Assurance, Execution, Isolation, Limits, Verdict

_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64", extra="forbid")


@dataclass(frozen=True, config=_config)
class RunStarted:
    """A run begins. Carries the whole task, so that the journal alone can rebuild and resume it.

    `isolation` is None until a sandbox has been opened (`SandboxReady` says which it is).
    """

    run: str
    at: float
    task: str
    description: str
    files: Mapping[str, str]
    editable: tuple[str, ...]
    file: str
    function: str
    tests: Mapping[str, str]
    limits: Limits
    source: str
    test_source: str
    provider: str
    model: str
    endpoint: str
    isolation: Isolation | None
    settings: Mapping[str, str | int | float | bool]
    selection: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    event: Literal["run_started"] = "run_started"


@dataclass(frozen=True, config=_config)
class RunResumed:
    """A run that had stopped goes on."""

    run: str
    at: float
    event: Literal["run_resumed"] = "run_resumed"


@dataclass(frozen=True, config=_config)
class SandboxReady:
    """A sandbox is open: what stands between the candidates and this machine, and why this one."""

    run: str
    at: float
    isolation: Isolation
    detail: str = ""
    event: Literal["sandbox_ready"] = "sandbox_ready"


@dataclass(frozen=True, config=_config)
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


@dataclass(frozen=True, config=_config)
class StrategyDecided:
    """Why the next attempt is made the way it is ("attempt 3 repeats 2: temperature 0.4 → 0.8")."""

    run: str
    at: float
    attempt: str
    decision: str
    reason: str
    event: Literal["strategy_decided"] = "strategy_decided"


@dataclass(frozen=True, config=_config)
class PromptBuilt:
    """The exact prompt that is about to be sent."""

    run: str
    at: float
    attempt: str
    prompt: Prompt
    temperature: float
    seed: int | None = None
    event: Literal["prompt_built"] = "prompt_built"


@dataclass(frozen=True, config=_config)
class CompletionStreamed:
    """A piece of the completion as it arrives; `thinking` pieces are never code."""

    run: str
    at: float
    attempt: str
    text: str
    thinking: bool = False
    event: Literal["completion_streamed"] = "completion_streamed"


@dataclass(frozen=True, config=_config)
class ProviderProgress:
    """What a provider is doing before there is text (candidates tried, model loading); `total` 0: unknown."""

    run: str
    at: float
    attempt: str
    what: str
    done: int = 0
    total: int = 0
    event: Literal["provider_progress"] = "provider_progress"


@dataclass(frozen=True, config=_config)
class CompletionReceived:
    """The whole completion and what it cost."""

    run: str
    at: float
    attempt: str
    text: str
    usage: Usage
    thinking: str = ""
    event: Literal["completion_received"] = "completion_received"


@dataclass(frozen=True, config=_config)
class CandidateBuilt:
    """The edits that make this attempt's candidate: new text by path; `repairs` are static fixes."""

    run: str
    at: float
    attempt: str
    edits: Mapping[str, str]
    repairs: tuple[str, ...] = ()
    duplicate_of: str = ""
    event: Literal["candidate_built"] = "candidate_built"


@dataclass(frozen=True, config=_config)
class GuardrailsChecked:
    """Static findings for the candidate; any with severity `block` keeps it from running.

    `policy` names the rules it was held to: a preset and what differs from it.
    """

    run: str
    at: float
    attempt: str
    findings: tuple[Finding, ...]
    policy: str = ""
    event: Literal["guardrails_checked"] = "guardrails_checked"


@dataclass(frozen=True, config=_config)
class ExecutionStarted:
    """Tests are about to run."""

    run: str
    at: float
    attempt: str
    assurance: Assurance
    isolation: Isolation
    event: Literal["execution_started"] = "execution_started"


@dataclass(frozen=True, config=_config)
class ExecutionEnded:
    """Tests have run, or the cache knew the answer."""

    run: str
    at: float
    attempt: str
    execution: Execution
    cached: bool
    event: Literal["execution_ended"] = "execution_ended"


@dataclass(frozen=True, config=_config)
class Diagnosed:
    """What the failure says."""

    run: str
    at: float
    attempt: str
    diagnosis: Diagnosis
    event: Literal["diagnosed"] = "diagnosed"


@dataclass(frozen=True, config=_config)
class AttemptEnded:
    """The attempt's verdict; `confirmed` when a pass was re-executed sealed."""

    run: str
    at: float
    attempt: str
    verdict: Verdict
    confirmed: bool
    seconds: float
    best: str
    message: str = ""
    event: Literal["attempt_ended"] = "attempt_ended"


@dataclass(frozen=True, config=_config)
class AttemptRejected:
    """The user turned an attempt down; the reason enters the next repair prompt."""

    run: str
    at: float
    attempt: str
    reason: str
    event: Literal["attempt_rejected"] = "attempt_rejected"


@dataclass(frozen=True, config=_config)
class FixAccepted:
    """An attempt's files were written; `backup` names where the former contents are kept."""

    run: str
    at: float
    attempt: str
    paths: tuple[str, ...]
    backup: str
    event: Literal["fix_accepted"] = "fix_accepted"


@dataclass(frozen=True, config=_config)
class FixUndone:
    """The last accepted fix was taken back."""

    run: str
    at: float
    attempt: str
    paths: tuple[str, ...]
    event: Literal["fix_undone"] = "fix_undone"


@dataclass(frozen=True, config=_config)
class Notice:
    """Something the user should know that belongs to no other event; `level`: info, warning, error."""

    run: str
    at: float
    level: str
    message: str
    remedy: str = ""
    attempt: str = ""
    event: Literal["notice"] = "notice"


@dataclass(frozen=True, config=_config)
class RunEnded:
    """The run is over. `best` is an attempt id ("" for none), `file` the target, `message` the reason.

    `usage` is what all attempts cost together.
    """

    run: str
    at: float
    verdict: Verdict
    attempts: int
    best: str
    file: str
    message: str = ""
    usage: Usage = Usage()
    event: Literal["run_ended"] = "run_ended"


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
