"""An evaluation in the log format of inspect_ai (version 2, JSON), so that its viewer opens it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import IO

from engine.evaluation.metrics import Metrics, error_of
from engine.evaluation.plan import Plan
from engine.evaluation.tables import seen, who
from engine.evaluation.unit import Shot, UnitResult
from sandbox.contract import Verdict

FORMAT = 2
ENDING = ".json"
Json = Mapping[str, object]


def write_inspect_log(plan: Plan, metrics: Metrics, results: Iterable[UnitResult], out: IO[str]) -> None:
    """Write the log, one sample after another, so that a long evaluation is never in memory.

    A problem is a sample and each of our samples an epoch. An attempt is a message of the assistant, and
    what the tests said of it the answer. Our results do not hold the problems' texts: the input is the id.
    """
    head = _text(_head(plan, metrics), indent=1)
    out.write(head.removesuffix("\n}") + ',\n "samples": [')
    for number, text in enumerate(_samples(plan, results)):
        out.write((",\n" if number else "\n") + text)
    out.write("\n ]\n}\n")


def inspect_name(plan: Plan) -> str:
    """The file's name among other logs: its reader lists only those that begin with a moment."""
    moment = plan.made.replace(":", "-")
    task = re.sub(r"[^A-Za-z0-9-]+", "-", plan.benchmark)
    return f"{moment}_{task}_{_id_of(plan)}{ENDING}"


def _id_of(plan: Plan) -> str:
    return sha256(plan.to_json().encode("utf-8", "surrogatepass")).hexdigest()[:22]


def _head(plan: Plan, metrics: Metrics) -> Json:
    whole = metrics.samples == metrics.wanted
    model = f"{plan.brief.provider}/{plan.brief.model or plan.brief.provider}"
    usage = {
        "input_tokens": metrics.prompt_tokens,
        "output_tokens": metrics.completion_tokens,
        "total_tokens": metrics.prompt_tokens + metrics.completion_tokens,
    }
    return {
        "version": FORMAT,
        "status": "success" if whole else "cancelled",
        "eval": {
            "eval_id": _id_of(plan),
            "run_id": _id_of(plan),
            "task_id": _id_of(plan),
            "created": plan.made,
            "task": plan.benchmark,
            "dataset": {
                "name": plan.benchmark,
                "samples": len(plan.tasks),
                "sample_ids": list(plan.tasks),
                "shuffled": False,
            },
            "model": model,
            "config": {"epochs": max((plan.samples_of(task) for task in plan.tasks), default=1)},
            "packages": {"coder-tui": plan.version},
            "metadata": {
                "data_sha256": plan.data,
                "answers": who(plan),
                "tests_the_loop_saw": seen(plan),
                "oracle": plan.oracle,
                "pick": plan.brief.pick,
            },
        },
        "plan": {"name": "coder-tui", "steps": [{"solver": who(plan)}]},
        "results": {
            "total_samples": metrics.wanted,
            "completed_samples": metrics.samples,
            "scores": [_score(plan, metrics)],
        },
        "stats": {"started_at": plan.made, "completed_at": plan.made, "model_usage": {model: usage}},
    }


def _scorer(plan: Plan) -> str:
    return "judge_with_oracle" if plan.oracle else "judge"


def _score(plan: Plan, metrics: Metrics) -> Json:
    values = {"accuracy": metrics.solved / metrics.samples if metrics.samples else 0.0}
    values |= {f"pass_at_{k}": value.value for k, value in metrics.pass_at.items() if value}
    figures = {name: {"name": name, "value": value} for name, value in values.items()}
    return {"name": _scorer(plan), "scorer": _scorer(plan), "metrics": figures}


def _samples(plan: Plan, results: Iterable[UnitResult]) -> Iterator[str]:
    wanted = set(plan.unit_keys())
    for result in results:
        if result.key in wanted and result.verdict != Verdict.INFRASTRUCTURE:
            yield _text(_sample(plan, result))


def _text(value: Json, indent: int | None = None) -> str:
    """JSON in ASCII; half a surrogate pair, which its reader takes for a broken file, is replaced."""
    text = json.dumps(value, indent=indent)
    if "\\ud" in text:
        whole = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        text = json.dumps(json.loads(whole), indent=indent)
    return text


def _sample(plan: Plan, result: UnitResult) -> Json:
    answer = next((shot for shot in result.shots if shot.attempt == result.answer), None)
    by_name = {shot.attempt: shot for shot in result.shots}
    messages: list[Json] = [{"role": "user", "content": f"{plan.benchmark}: {result.task_id}"}]
    for shot in result.shots:
        messages.append({"role": "assistant", "content": _fenced(_code(shot, by_name))})
        messages.append({"role": "user", "content": _said(shot)})
    code = _code(answer, by_name) if answer else ""
    return {
        "id": result.task_id,
        "epoch": result.sample + 1,
        "input": result.task_id,
        "target": "",
        "messages": messages,
        "output": {
            "model": plan.brief.model or plan.brief.provider,
            "choices": [
                {"message": {"role": "assistant", "content": _fenced(code)}, "stop_reason": "stop"},
            ],
        },
        "scores": {
            _scorer(plan): {
                "value": "C" if result.solved else "I",
                "answer": code,
                "explanation": "passed" if result.solved else error_of(result),
            }
        },
        "metadata": {"first_solved": result.first_solved, "isolation": result.isolation},
        "total_time": result.measured.seconds,
    }


def _code(shot: Shot, by_name: Mapping[str, Shot]) -> str:
    twin = by_name.get(shot.duplicate_of)
    return twin.code if twin and not shot.code else shot.code


def _fenced(code: str) -> str:
    return f"```python\n{code.rstrip()}\n```" if code else "(no code)"


def _said(shot: Shot) -> str:
    shown = f"attempt {shot.attempt}: {shot.verdict or 'not run by the loop'}"
    counted = f" ({shot.passed} of {shot.total} shown tests)" if shot.total else ""
    return f"{shown}{counted}; the judge: {shot.judged or 'nothing to judge'} {shot.judged_error}".rstrip()
