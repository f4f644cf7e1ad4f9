"""The figures of an evaluation as one JSON object, for programs."""

from __future__ import annotations

from dataclasses import asdict

from engine.evaluation.evaluate import Evaluation
from engine.evaluation.tables import who


def metrics_json(done: Evaluation) -> dict[str, object]:
    """Every figure under the name that it has in `Metrics`, with what it is about."""
    figures = asdict(done.metrics)
    figures["pass_at"] = {
        str(k): asdict(value) if value else None for k, value in done.metrics.pass_at.items()
    }
    return {
        "benchmark": done.plan.benchmark,
        "answers": who(done.plan),
        "oracle": done.plan.oracle,
        "pick": done.plan.brief.pick,
        "out": str(done.folder),
        **figures,
    }
