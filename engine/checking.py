"""One verdict for one job: guardrails, then the sandbox."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.config_model import GuardrailSettings, LimitSettings
from engine.errors import UsageError, WorkspaceError
from engine.finding_formats import finding_json
from engine.guarding import blocks, guard
from engine.model import Finding
from engine.workshop import Workshop
from engine.workspace import Workspace, clean_path
from sandbox.contract import Assurance, Execution, Isolation, Job, Verdict
from sandbox.requirements import RequirementsFailed, normalised


@dataclass(frozen=True)
class Checked:
    """What is known of a job after its check; `execution` is None when guardrails blocked it."""

    id: str
    verdict: Verdict
    assurance: Assurance
    isolation: Isolation
    cached: bool
    seconds: float
    findings: tuple[Finding, ...]
    execution: Execution | None

    def to_json(self) -> str:
        """One line of JSON with the fields that the command line promises."""
        ran = self.execution
        tests = ran.tests if ran else ()
        ended = ran.ended if ran else "blocked by guardrails"
        if ran is not None and ran.error is not None:
            ended = ": ".join(filter(None, (ran.error.error_type, ran.error.message)))
        return json.dumps(
            {
                "id": self.id,
                "verdict": self.verdict,
                "assurance": self.assurance,
                "isolation": self.isolation,
                "cached": self.cached,
                "seconds": round(self.seconds, 4),
                "tests": [
                    {"id": t.id, "outcome": t.outcome, "seconds": round(t.seconds, 4), "message": t.message}
                    for t in tests
                ],
                "findings": [finding_json(finding) for finding in self.findings],
                "warnings": list(ran.warnings) if ran else [],
                "output": ran.output if ran else "",
                "ended": ended,
            }
        )


async def check_job(
    job: Job, workshop: Workshop, guardrails: GuardrailSettings, assurance: Assurance
) -> Checked:
    """Guardrails, then one execution. Raises SandboxError when no sandbox can be opened."""
    began = time.monotonic()
    await workshop.sandbox.start()
    findings = guard(Workspace(job.files, frozenset(job.files)), guardrails)
    execution, cached = None, False
    if not blocks(findings):
        execution, cached = await workshop.executor.execute(job, assurance)
    return Checked(
        id=job.id,
        verdict=execution.verdict if execution else Verdict.BLOCKED,
        assurance=execution.assurance if execution else assurance,
        isolation=execution.isolation if execution else workshop.sandbox.isolation,
        cached=cached,
        seconds=time.monotonic() - began,
        findings=findings,
        execution=execution,
    )


class _Job(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    id: str
    files: dict[str, str]
    tests: dict[str, str]
    limits: dict[str, int | float] = {}
    selection: list[str] = []
    requirements: list[str] = []


def job_from_json(line: str, defaults: LimitSettings) -> Job:
    """A batch job from one line of JSON. Raises UsageError that names what is wrong."""
    try:
        job = _Job.model_validate_json(line)
        return Job(
            id=job.id,
            files={
                clean_path(path): text.encode("utf-8", "surrogatepass") for path, text in job.files.items()
            },
            tests={
                clean_path(path): text.encode("utf-8", "surrogatepass") for path, text in job.tests.items()
            },
            limits=LimitSettings.model_validate({**defaults.model_dump(), **job.limits}).to_limits(),
            selection=tuple(job.selection),
            requirements=normalised(job.requirements),
        )
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"]) or "line"
        raise UsageError(f"not a batch job: {where}: {first['msg']}") from None
    except (WorkspaceError, RequirementsFailed) as error:
        raise UsageError(f"not a batch job: {error}") from None
