"""The engine's vocabulary as frozen data: task, prompt, finding, diagnosis, attempt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from engine.failure_class import FailureClass
from engine.workspace import Workspace
from sandbox.contract import Execution, Job, Limits, Verdict


class Severity(StrEnum):
    """What a guardrail finding does: `block` keeps the candidate from running, `warn` is shown."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Finding:
    """One guardrail result. `line` counts from 1, `column` from 0; `name` is the resolved dotted path.

    `via_line` and `via_column` say where it got the other name it goes by here; line 0 is nowhere.
    """

    rule: str
    severity: Severity
    line: int
    column: int
    name: str
    why: str
    fix: str
    via_line: int = 0
    via_column: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """What is to be repaired or written: a file of the workspace, and the function when one is named."""

    file: str
    function: str = ""


@dataclass(frozen=True)
class Task:
    """What is wanted: description, target, tests, limits.

    `workspace` holds the code without the tests; `tests` maps paths to the user's test files.
    `source` and `test_source` are absolute paths on this machine where the task came from files ("" else).
    """

    id: str
    description: str
    workspace: Workspace
    target: Target
    tests: Mapping[str, bytes]
    limits: Limits = field(default_factory=Limits)
    selection: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()
    source: str = ""
    test_source: str = ""

    def job(self, candidate: Workspace, job_id: str = "") -> Job:
        """The sandbox job that judges `candidate`."""
        return Job(
            id=job_id or self.id,
            files=dict(candidate.files),
            tests=dict(self.tests),
            limits=self.limits,
            selection=self.selection,
            requirements=self.requirements,
        )


class PromptForm(StrEnum):
    """The shapes a prompt can take; escalation moves to another one."""

    WRITE = "write"
    REPAIR = "repair"
    FRESH = "fresh"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model reads.

    `template` names the Jinja template and `version` its content hash; `edited` is true when the user
    wrote over it; `cut` lists what was left out to fit the window, least useful first; `scope` says whose
    template it is: "shipped", "user" or "project" ("" where that is not known).
    """

    system: str
    user: str
    form: PromptForm
    template: str = ""
    version: str = ""
    edited: bool = False
    cut: tuple[str, ...] = ()
    scope: str = ""


@dataclass(frozen=True, slots=True)
class Sampling:
    """How the model is to sample; `seed` None leaves it to the server."""

    temperature: float = 0.2
    seed: int | None = None
    max_tokens: int = 2048


@dataclass(frozen=True, slots=True)
class Usage:
    """What a completion cost; tokens are 0 and `cost` None where the provider does not say."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What a failed execution says.

    `fixability` is how likely a later attempt mends it, 0 to 1; `failing` are test ids, smallest first;
    `summary` is one line for people and for the repair prompt; `kind` is the failure's class.
    """

    error_type: str
    summary: str
    file: str = ""
    line: int = 0
    failing: tuple[str, ...] = ()
    expected: str = ""
    actual: str = ""
    local_values: Mapping[str, str] = field(default_factory=dict)
    suspicious_lines: tuple[int, ...] = ()
    fixability: float = 0.0
    kind: FailureClass = FailureClass.OTHER


@dataclass(frozen=True)
class Attempt:
    """One node of a run, as far as it has come. `id` is "4" or, re-run from 4, "4.1"; "0" is the given code.

    `parent` is the attempt whose candidate and failure this one started from ("" for none).
    `verdict` is None while it is running; `confirmed` is true once a sealed re-execution passed.
    """

    id: str
    parent: str = ""
    origin: str = ""
    provider: str = ""
    model: str = ""
    prompt: Prompt | None = None
    completion: str = ""
    thinking: str = ""
    candidate: Workspace | None = None
    findings: tuple[Finding, ...] = ()
    policy: str = ""
    execution: Execution | None = None
    diagnosis: Diagnosis | None = None
    verdict: Verdict | None = None
    confirmed: bool = False
    cached: bool = False
    duplicate_of: str = ""
    usage: Usage = field(default_factory=Usage)
    seconds: float = 0.0
    rejected: str | None = None

    @property
    def passed(self) -> int:
        """Tests passed so far."""
        return self.execution.passed if self.execution else 0

    @property
    def total(self) -> int:
        """Tests known so far."""
        return len(self.execution.tests) if self.execution else 0
