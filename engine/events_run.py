"""Events of a whole run: how it began, where it runs, what was written to disk, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic.dataclasses import dataclass

from engine.events_wire import WIRE
from engine.model import Usage
from sandbox.contract import Isolation, Limits, Verdict


@dataclass(frozen=True, config=WIRE)
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


@dataclass(frozen=True, config=WIRE)
class RunResumed:
    """A run that had stopped goes on."""

    run: str
    at: float
    event: Literal["run_resumed"] = "run_resumed"


@dataclass(frozen=True, config=WIRE)
class SandboxReady:
    """A sandbox is open: what stands between the candidates and this machine, and why this one."""

    run: str
    at: float
    isolation: Isolation
    detail: str = ""
    event: Literal["sandbox_ready"] = "sandbox_ready"


@dataclass(frozen=True, config=WIRE)
class Notice:
    """Something the user should know that belongs to no other event; `level`: info, warning, error."""

    run: str
    at: float
    level: str
    message: str
    remedy: str = ""
    attempt: str = ""
    event: Literal["notice"] = "notice"


@dataclass(frozen=True, config=WIRE)
class FixAccepted:
    """An attempt's files were written; `backup` names where the former contents are kept."""

    run: str
    at: float
    attempt: str
    paths: tuple[str, ...]
    backup: str
    event: Literal["fix_accepted"] = "fix_accepted"


@dataclass(frozen=True, config=WIRE)
class FixUndone:
    """The last accepted fix was taken back."""

    run: str
    at: float
    attempt: str
    paths: tuple[str, ...]
    event: Literal["fix_undone"] = "fix_undone"


@dataclass(frozen=True, config=WIRE)
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
