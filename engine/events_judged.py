"""Events of an attempt once its answer is there: candidate, guardrails, execution, diagnosis, verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic.dataclasses import dataclass

from engine.events_wire import WIRE
from engine.model import Diagnosis, Finding
from sandbox.contract import Assurance, Execution, Isolation, Verdict


@dataclass(frozen=True, config=WIRE)
class CandidateBuilt:
    """The edits that make this attempt's candidate: new text by path; `repairs` are static fixes."""

    run: str
    at: float
    attempt: str
    edits: Mapping[str, str]
    repairs: tuple[str, ...] = ()
    duplicate_of: str = ""
    event: Literal["candidate_built"] = "candidate_built"


@dataclass(frozen=True, config=WIRE)
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


@dataclass(frozen=True, config=WIRE)
class ExecutionStarted:
    """Tests are about to run."""

    run: str
    at: float
    attempt: str
    assurance: Assurance
    isolation: Isolation
    event: Literal["execution_started"] = "execution_started"


@dataclass(frozen=True, config=WIRE)
class ExecutionEnded:
    """Tests have run, or the cache knew the answer."""

    run: str
    at: float
    attempt: str
    execution: Execution
    cached: bool
    event: Literal["execution_ended"] = "execution_ended"


@dataclass(frozen=True, config=WIRE)
class Diagnosed:
    """What the failure says."""

    run: str
    at: float
    attempt: str
    diagnosis: Diagnosis
    event: Literal["diagnosed"] = "diagnosed"


@dataclass(frozen=True, config=WIRE)
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


@dataclass(frozen=True, config=WIRE)
class AttemptRejected:
    """The user turned an attempt down; the reason enters the next repair prompt."""

    run: str
    at: float
    attempt: str
    reason: str
    event: Literal["attempt_rejected"] = "attempt_rejected"
