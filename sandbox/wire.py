"""Contract objects to frames and back; nothing a sandbox says is trusted to have the right type."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import PurePosixPath
from typing import Any

from sandbox.contract import (
    Assurance,
    Execution,
    Failure,
    Isolation,
    Job,
    Limits,
    Outcome,
    Screened,
    ScreenJob,
    Script,
    TestResult,
    Verdict,
)
from sandbox.errors import JobRefused, SandboxError
from sandbox.harness.frames import Frame

MAX_JOB = 32 * 1024 * 1024
_LARGEST = 1 << 53
_VERDICTS = ("passed", "failed", "error", "timeout", "out_of_memory", "killed", "tampered")
_OUTCOMES = tuple(outcome.value for outcome in Outcome)


def job_fields(job: Job) -> Frame:
    """A job as the fields of a request. Raises JobRefused."""
    if not job.tests:
        raise JobRefused("there are no tests", "name a test file with --tests")
    for path in (*job.files, *job.tests):
        pure = PurePosixPath(path)
        if pure.is_absolute() or ".." in pure.parts or not pure.parts or "\0" in path:
            raise JobRefused(f"the path {path!r} leaves the workspace")
    if both := set(job.files) & set(job.tests):
        raise JobRefused(f"{min(both)} is both a test and a file of the candidate")
    size = sum(map(len, job.files.values())) + sum(map(len, job.tests.values()))
    if size > MAX_JOB:
        raise JobRefused(f"the job has {size >> 20} MB; at most {MAX_JOB >> 20} MB are taken")
    return {
        "files": _encoded(job.files),
        "tests": _encoded(job.tests),
        "selection": list(job.selection),
        "limits": asdict(job.limits),
    }


def script_fields(scripts: Sequence[Script], limits: Limits) -> Frame:
    """Scripts as the fields of a request. Raises JobRefused."""
    size = sum(len(script.program) for script in scripts)
    if size > MAX_JOB:
        raise JobRefused(f"the scripts have {size >> 20} MB; at most {MAX_JOB >> 20} MB are taken at once")
    return {"programs": [script.program for script in scripts], "limits": asdict(limits)}


def script_executions(
    result: Frame, scripts: Sequence[Script], isolation: Isolation
) -> tuple[Execution, ...]:
    """A supervisor's results, one for each script. Raises SandboxError when they are not that many."""
    rows = _dicts(result.get("scripts"))
    if len(rows) != len(scripts):
        raise SandboxError("the sandbox answered for other scripts than it was asked about")
    return tuple(execution(row | {"assurance": "in-process"}, isolation) for row in rows)


def screen_fields(job: ScreenJob) -> Frame:
    """A screening as the fields of a request. Raises JobRefused."""
    return {
        **job_fields(job.job),
        "path": job.path,
        "variants": list(job.variants),
        "stop_after": job.stop_after,
        "trace": job.trace,
        "patient": job.patient,
    }


def fault(answer: Frame) -> SandboxError:
    """The error behind a supervisor's refusal."""
    return SandboxError(f"the sandbox could not run it: {answer.get('fault')}")


def execution(result: Frame, isolation: Isolation) -> Execution:
    """A supervisor's result as an Execution."""
    verdict = result.get("verdict")
    return Execution(
        verdict=Verdict(verdict) if verdict in _VERDICTS else Verdict.INFRASTRUCTURE,
        assurance=Assurance.SEALED if result.get("assurance") == "sealed" else Assurance.IN_PROCESS,
        isolation=isolation,
        tests=tuple(_test(test) for test in _dicts(result.get("tests"))),
        seconds=_number(result.get("seconds")),
        ended=str(result.get("ended", "")),
        output=str(result.get("output", "")),
        warnings=tuple(str(warning) for warning in result.get("warnings", [])),
        error=_failure(result.get("error")),
        peak_memory_mb=_number(result.get("peak_memory_mb")),
    )


def screened(raw: object, variants: int) -> list[Screened]:
    """Some screening results of `variants` variants, whatever the screener's process made of them."""
    rows = _dicts(raw.get("results") if isinstance(raw, dict) else None)
    results = [_screened(fields) for fields in rows]
    return [result for result in results if -1 <= result.index < variants]


def _screened(fields: dict[str, Any]) -> Screened:
    outcomes, coverage, kinds = (fields.get(name) for name in ("outcomes", "coverage", "kinds"))
    return Screened(
        index=_integer(fields.get("index"), -1),
        passed=_integer(fields.get("passed")),
        total=_integer(fields.get("total")),
        ended=str(fields.get("ended", "exit")),
        outcomes={str(k): v is True for k, v in outcomes.items()} if isinstance(outcomes, dict) else {},
        coverage=(
            {str(k): tuple(_integer(line) for line in v) for k, v in coverage.items() if isinstance(v, list)}
            if isinstance(coverage, dict)
            else {}
        ),
        kinds={str(k): str(v) for k, v in kinds.items()} if isinstance(kinds, dict) else {},
    )


def _encoded(files: Mapping[str, bytes]) -> dict[str, str]:
    return {path: base64.b64encode(data).decode("ascii") for path, data in files.items()}


def _test(raw: dict[str, Any]) -> TestResult:
    outcome = raw.get("outcome")
    return TestResult(
        id=str(raw.get("id", "")),
        outcome=Outcome(outcome) if isinstance(outcome, str) and outcome in _OUTCOMES else Outcome.ERROR,
        seconds=_number(raw.get("seconds")),
        message=str(raw.get("message", "")),
        failure=_failure(raw.get("failure")),
    )


def _failure(raw: object) -> Failure | None:
    if not isinstance(raw, dict):
        return None
    values = raw.get("local_values")
    return Failure(
        **{
            name: str(raw.get(name) or "")
            for name in ("error_type", "message", "file", "expected", "actual", "traceback")
        },
        line=_integer(raw.get("line")),
        test_line=_integer(raw.get("test_line")),
        local_values={str(k): str(v) for k, v in values.items()} if isinstance(values, dict) else {},
    )


def _dicts(raw: object) -> list[dict[str, Any]]:
    return [item for item in raw if isinstance(item, dict)] if isinstance(raw, list) else []


def _number(raw: object) -> float:
    # neither what is no number, nor one that a float cannot hold
    return float(raw) if isinstance(raw, int | float) and abs(raw) < _LARGEST else 0.0


def _integer(raw: object, default: int = 0) -> int:
    return raw if isinstance(raw, int) and abs(raw) < _LARGEST else default
