"""An evaluation from its plan to its reports."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from engine.evaluation.metrics import Metrics, measure
from engine.evaluation.plan import Plan
from engine.evaluation.reports import write_reports
from engine.evaluation.runner import Step, run_units
from engine.evaluation.speed import REFERENCE_SECONDS, measure_speed, stretch_of
from engine.evaluation.store import Store
from engine.evaluation.unit import Crew, Unit


@dataclass(frozen=True)
class Evaluation:
    """What is known at the end: the plan as it was carried out, the figures, the folder."""

    plan: Plan
    metrics: Metrics
    folder: Path


async def evaluate(
    plan: Plan,
    units: Callable[[Plan], Iterable[Unit]],
    crew: Callable[[Plan], Crew],
    folder: Path,
    tell: Callable[[Step], None],
    *,
    resume: bool = False,
) -> Evaluation:
    """Do what is not done yet and write the reports. Raises CoderTuiError, SandboxError.

    `crew` makes those who do the work; it is only asked for where there is work to do.
    """
    with Store(folder) as store:
        plan = store.begin(_begun(plan), resume)
        if store.done() < set(plan.unit_keys()):
            workers = crew(plan)
            try:
                await run_units(plan, units(plan), workers, store, tell)
            finally:
                await workers.close()
        else:
            store.sort(plan.unit_keys())
        metrics = measure(plan, store.results())
        write_reports(plan, metrics, folder)
        return Evaluation(plan, metrics, folder)


def _begun(plan: Plan) -> Plan:
    """The plan with when and on what it was begun, and limits that suit the machine's speed."""
    speed = measure_speed()
    machine: dict[str, str | float] = {
        "processor": platform.machine(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "cores": len(os.sched_getaffinity(0)),
        "speed_seconds": round(speed, 5),
        "reference_seconds": REFERENCE_SECONDS,
    }
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return replace(plan, made=made, machine=machine, brief=replace(plan.brief, stretch=stretch_of(speed)))
