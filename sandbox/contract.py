"""The words between the engine and every sandbox: job in, execution out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable


class Isolation(StrEnum):
    """What stands between candidate code and this machine, strongest first."""

    GVISOR = "gvisor"
    CONTAINER = "container"
    NAMESPACE = "namespace"

    @property
    def strength(self) -> int:
        """3 for gVisor, 2 for a plain container, 1 for namespaces."""
        return {Isolation.GVISOR: 3, Isolation.CONTAINER: 2, Isolation.NAMESPACE: 1}[self]


class Assurance(StrEnum):
    """How far a pass can be trusted."""

    SEALED = "sealed"
    IN_PROCESS = "in-process"


class Verdict(StrEnum):
    """How a candidate fared. `blocked` and `no_code` come from the engine, the others from a sandbox."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    TIMEOUT = "timeout"
    OUT_OF_MEMORY = "out_of_memory"
    KILLED = "killed"
    BLOCKED = "blocked"
    TAMPERED = "tampered"
    NO_CODE = "no_code"
    INFRASTRUCTURE = "infrastructure"


class Outcome(StrEnum):
    """How one test ended; only `passed` is a pass."""

    PASSED = "passed"
    FAILED = "failed"
    ERROR = "error"
    SKIPPED = "skipped"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one execution may use; enforced, not requested."""

    seconds: float = 15.0
    memory_mb: int = 512
    processes: int = 32
    file_mb: int = 16
    disk_mb: int = 64
    output_kb: int = 256


@dataclass(frozen=True, slots=True)
class Job:
    """One candidate and the tests that judge it.

    `files` are the candidate's workspace (relative POSIX path to bytes) without the tests;
    `tests` are the user's, never readable by the candidate when sealed. `selection` holds
    pytest node ids (`test_a.py::test_x[1]`); empty means all. `requirements` are pip requirement lines.
    """

    id: str
    files: Mapping[str, bytes]
    tests: Mapping[str, bytes]
    limits: Limits = field(default_factory=Limits)
    selection: tuple[str, ...] = ()
    requirements: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one test failed, as far as it could be read.

    `error_type` is the exception's class name; `file` and `line` are the innermost place in the
    candidate's own files ("" and 0 where none was reached); `test_line` is the line in the test file;
    `expected`/`actual` are reprs of the two sides of a failed comparison; `local_values` maps names
    in the innermost candidate frame to short reprs. All strings are capped and may be hostile text.
    """

    error_type: str = ""
    message: str = ""
    file: str = ""
    line: int = 0
    test_line: int = 0
    expected: str = ""
    actual: str = ""
    local_values: Mapping[str, str] = field(default_factory=dict)
    traceback: str = ""


@dataclass(frozen=True, slots=True)
class TestResult:
    """One test's outcome; `id` is the pytest node id, `seconds` the time of setup, call and teardown."""

    __test__ = False  # not a pytest class

    id: str
    outcome: Outcome
    seconds: float = 0.0
    message: str = ""
    failure: Failure | None = None


@dataclass(frozen=True, slots=True)
class Execution:
    """One run of tests in a sandbox.

    `ended` says in words how it ended ("exit", "wall clock 15 s", "memory limit 512 MB", "signal 11"…);
    `output` is the candidate's and tests' stdout and stderr, capped with head and tail kept;
    `warnings` name what had to be trusted (`operators-trusted`, `argument-mutated`, `not-sealed`…),
    each a slug optionally followed by ": " and detail; `peak_memory_mb` is 0 where it is unknown.
    `error` holds the collection, import or syntax error when verdict is `error`.
    """

    verdict: Verdict
    assurance: Assurance
    isolation: Isolation
    tests: tuple[TestResult, ...] = ()
    seconds: float = 0.0
    ended: str = "exit"
    output: str = ""
    warnings: tuple[str, ...] = ()
    error: Failure | None = None
    peak_memory_mb: float = 0.0

    @property
    def passed(self) -> int:
        """How many tests passed."""
        return sum(t.outcome is Outcome.PASSED for t in self.tests)


@dataclass(frozen=True, slots=True)
class Script:
    """A program that passes when it runs to its end: candidate and check in one text and one process.

    What it proves is no more than `in-process`: good for telling what fails.
    """

    id: str
    program: str


@dataclass(frozen=True, slots=True)
class ScreenJob:
    """Many variants of one file tried against tests in one warm child; hints, never verdicts.

    `job.files[path]` is the base; each variant is a whole new text of that file. `stop_after` passes
    end the screening early (0: never). `trace` also records line coverage by test for the base. `patient`
    gives each variant seconds where it else has milliseconds: for few, that ran out of those.
    """

    job: Job
    path: str
    variants: tuple[str, ...]
    stop_after: int = 0
    trace: bool = False
    patient: bool = False


@dataclass(frozen=True, slots=True)
class Screened:
    """What one variant did: index into `ScreenJob.variants` (-1 is the base), tests passed and total.

    `coverage` maps a test id to the lines of `ScreenJob.path` that it ran, for the base with `trace`;
    `outcomes` maps a test id to whether it passed, for the base; `kinds`, with `trace`, maps
    "function name" to the type of what the name held ("list int": elements too; "" where it varied).
    """

    index: int
    passed: int
    total: int
    ended: str = "exit"
    outcomes: Mapping[str, bool] = field(default_factory=dict)
    coverage: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)


@runtime_checkable
class Sandbox(Protocol):
    """Something that executes jobs in isolation. Safe for concurrent use from one event loop.

    `fingerprint` names every part of the sandbox that can change a result (image digest, harness
    version, Python and pytest version); it is known after `start` and enters the cache key.
    """

    @property
    def isolation(self) -> Isolation: ...

    @property
    def fingerprint(self) -> str: ...

    async def start(self) -> None:
        """Bring it up. Raises SandboxError."""
        ...

    async def execute(self, job: Job, assurance: Assurance) -> Execution:
        """Run the tests once. Raises SandboxError for faults of ours; cancelling really ends it."""
        ...

    async def run_scripts(self, scripts: Sequence[Script], limits: Limits) -> tuple[Execution, ...]:
        """One execution a script, in order, each within `limits`. Raises SandboxError for faults of ours.

        Scripts that can leave no trace share a process as long as they pass; whatever fails or is
        suspicious is run again alone, so that no verdict is another than alone.
        """
        ...

    def screen(self, job: ScreenJob) -> AsyncIterator[Screened]:
        """Try many variants, yielding as they end. Raises SandboxError for faults of ours."""
        ...

    async def close(self) -> None:
        """End every process and remove every file of it. Never raises; may be called twice."""
        ...
