"""What an evaluation is to do, as it is kept beside its results, and whether two are the same."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from pydantic import ConfigDict, TypeAdapter
from pydantic.dataclasses import dataclass

from engine.errors import UsageError
from engine.evaluation.problem import Problem
from engine.evaluation.recordings import Recording, with_given_tests
from engine.evaluation.unit import REFERENCE, Brief, Unit

FORMAT = 1


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class Plan:
    """An evaluation's own description: evaluation.json.

    `tasks` are the ids in their order; `samples` how many of each, where `per_task` does not say otherwise.
    `data` and `answers` are digests of the benchmark and of the recording or samples, `prompts` of the
    templates where a model reads them. `made` and `machine` are about this time and place, and no part of
    what is compared on resuming.
    """

    benchmark: str
    data: str
    tasks: tuple[str, ...]
    brief: Brief
    samples: int = 1
    per_task: Mapping[str, int] = field(default_factory=dict)
    ks: tuple[int, ...] = (1,)
    shown: str = "auto"
    oracle: bool = False
    recording: str = ""
    answers: str = ""
    prompts: str = ""
    version: str = ""
    made: str = ""
    machine: Mapping[str, str | float] = field(default_factory=dict)
    format: int = FORMAT

    def to_json(self) -> str:
        """As it is written to the disk."""
        return json.dumps(_adapter.dump_python(self, mode="json"), indent=1) + "\n"

    def unit_keys(self) -> list[str]:
        """The keys of all units in their order."""
        return [f"{task}#{sample}" for task in self.tasks for sample in range(self.samples_of(task))]

    def samples_of(self, task: str) -> int:
        """How many samples a task has."""
        return self.per_task.get(task, self.samples)

    def differences(self, other: Plan) -> list[str]:
        """In words, what this plan has otherwise than `other`; empty when they measure the same thing."""
        mine, theirs = _flat(self), _flat(other)
        names = sorted(name for name in mine.keys() | theirs.keys() if mine.get(name) != theirs.get(name))
        return [f"{name} {_short(theirs.get(name))} → {_short(mine.get(name))}" for name in names]


_adapter: TypeAdapter[Plan] = TypeAdapter(Plan)


def plan_from_json(text: str | bytes, where: str) -> Plan:
    """The plan that `to_json` wrote; raises UsageError for anything else."""
    try:
        return _adapter.validate_json(text)
    except ValueError:
        raise UsageError(
            f"{where} is no evaluation of this version", "begin it anew in another folder"
        ) from None


def units_of(plan: Plan, problems: Sequence[Problem], recording: Recording | None) -> Iterator[Unit]:
    """The units of an evaluation whose loop makes the answers, or a recording has them."""
    for problem in problems:
        for sample in range(plan.samples_of(problem.id)):
            if recording is None:
                code = problem.reference if plan.brief.provider == REFERENCE else None
                yield Unit(problem, sample, code=code)
                continue
            line = recording.lines[problem.id][sample]
            given = with_given_tests(problem, line) if plan.shown == "auto" and not plan.oracle else problem
            yield Unit(given, sample, answers=line.completions)


def _flat(plan: Plan) -> dict[str, object]:
    plain = _adapter.dump_python(plan, mode="json")
    for name in ("made", "machine", "ks", "version"):
        del plain[name]
    brief = plain.pop("brief")
    brief.pop("stretch")
    settings = brief.pop("settings")
    flat = {**plain, **brief}
    for section, values in settings.items():
        flat |= {f"{section}.{name}": value for name, value in values.items()}
    return flat


def _short(value: object) -> str:
    if isinstance(value, list) and len(value) > 3:
        return f"{len(value)} of them"
    text = json.dumps(value)
    return text if len(text) <= 40 else f"{text[:37]}…"
