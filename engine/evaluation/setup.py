"""From what the user asked for to a plan and its problems."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

from engine.config_model import Config
from engine.errors import UsageError
from engine.evaluation.answering import model_of, prompts_of
from engine.evaluation.benchmarks.load import Benchmark, load_benchmark
from engine.evaluation.plan import Plan
from engine.evaluation.problem import Problem
from engine.evaluation.recordings import Recording, read_for
from engine.evaluation.selection import Selection, select
from engine.evaluation.settings import travelling
from engine.evaluation.showing import show
from engine.evaluation.unit import REFERENCE, REPLAY, Brief
from engine.places import Places
from engine.starting import chosen_chain

LONG = 86_400.0  # seconds


@dataclass(frozen=True)
class Wanted:
    """What an evaluation is asked for; the names are those of the command line.

    `attempts` and `seconds` say that the user named these bounds; their values are in the configuration.
    """

    benchmark: str
    data: Path | None = None
    selection: Selection = field(default_factory=Selection)
    provider: str = ""
    model: str = ""
    recording: Path | None = None
    samples: int = 1
    ks: tuple[int, ...] = ()
    pick: str = "best"
    shown: str = "auto"
    oracle: bool = False
    attempts: bool = False
    seconds: bool = False


@dataclass(frozen=True)
class Prepared:
    """A plan with the problems that it is about, and the recording that answers them."""

    plan: Plan
    problems: tuple[Problem, ...]
    recording: Recording | None
    left_out: tuple[str, ...] = ()


def prepare(wanted: Wanted, config: Config) -> Prepared:
    """Read benchmark and recording and make the plan. Raises UsageError."""
    _check(wanted)
    provider = REFERENCE if wanted.provider == REFERENCE else ",".join(chosen_chain(config, wanted.provider))
    if wanted.recording is not None and provider != REPLAY:
        raise UsageError("--recording belongs to --provider replay", "add it, or leave the recording out")
    benchmark, problems = select_problems(wanted, config)
    recording = _recording(wanted, problems) if provider == REPLAY else None
    chosen = _answered(provider, problems, recording)
    if not chosen:
        raise UsageError(f"{benchmark.name} has no reference solutions", "name another --provider")
    if recording is not None:
        _check_samples(recording, chosen, wanted.samples)
        config = as_long_as(recording, config, wanted)
    model = wanted.model or (recording.model if recording else model_of(config, provider))
    brief = Brief(provider, model, wanted.pick, settings=travelling(config))
    plan = plan_for(wanted, config, benchmark, chosen, brief)
    if recording is not None:
        plan = replace(plan, recording=recording.name, answers=recording.digest)
    shown = show(chosen, wanted.shown, oracle=wanted.oracle)
    left_out = tuple(problem.id for problem in problems if problem not in chosen)
    return Prepared(plan, shown, recording, left_out)


def select_problems(wanted: Wanted, config: Config) -> tuple[Benchmark, tuple[Problem, ...]]:
    """The benchmark and those of its problems that are asked for. Raises UsageError."""
    benchmark = load_benchmark(wanted.benchmark, wanted.data, Places.of(config).cache)
    return benchmark, select(benchmark.problems, wanted.selection)


def plan_for(
    wanted: Wanted, config: Config, benchmark: Benchmark, problems: Sequence[Problem], brief: Brief
) -> Plan:
    """The plan of an evaluation of these problems."""
    return Plan(
        benchmark=benchmark.name,
        data=benchmark.digest,
        tasks=tuple(problem.id for problem in problems),
        brief=replace(brief, settings=travelling(config)),
        samples=wanted.samples,
        ks=wanted.ks or tuple(k for k in (1, 3) if k <= wanted.samples),
        shown=wanted.shown,
        oracle=wanted.oracle,
        prompts=prompts_of(config, brief.provider),
        version=version("coder-tui"),
    )


def _recording(wanted: Wanted, problems: Sequence[Problem]) -> Recording:
    if wanted.recording is None:
        raise UsageError("replay needs a recording", "name one with --recording FILE.jsonl[.gz]")
    return read_for(wanted.recording.expanduser(), problems)


def _answered(provider: str, problems: Sequence[Problem], recording: Recording | None) -> tuple[Problem, ...]:
    """The problems that there can be an answer to."""
    if recording is not None:
        return tuple(problem for problem in problems if problem.id in recording.lines)
    if provider == REFERENCE:
        return tuple(problem for problem in problems if problem.reference)
    return tuple(problems)


def _check(wanted: Wanted) -> None:
    if wanted.samples < 1:
        raise UsageError("-n must be at least 1", "a sample is one independent run of the loop")
    if any(k < 1 for k in wanted.ks):
        raise UsageError("-k counts from 1", "as in -k 1,3")
    if wanted.oracle and wanted.shown != "auto":
        raise UsageError("--oracle and --shown say two things", "leave one of them out")
    if wanted.provider == REFERENCE and wanted.samples > 1:
        raise UsageError("there is one reference solution a problem", "leave -n out")


def as_long_as(recording: Recording, config: Config, wanted: Wanted) -> Config:
    """Settings with which a replay ends with its recording, unless the user named other bounds."""
    longest = max(len(line.completions) for lines in recording.lines.values() for line in lines)
    bounds: dict[str, object] = {}
    if not wanted.attempts:
        bounds["attempts"] = max(1, longest)
    if not wanted.seconds:
        bounds["seconds"] = LONG
    return config.model_copy(update={"loop": config.loop.model_copy(update=bounds)})


def _check_samples(recording: Recording, problems: Sequence[Problem], samples: int) -> None:
    for problem in problems:
        lines = len(recording.lines[problem.id])
        if lines < samples:
            raise UsageError(
                f"the recording {recording.name} has {lines} run{'' if lines == 1 else 's'} of {problem.id}, "
                f"and -n asks for {samples} independent ones",
                f"-n {lines}: completions of one run are repairs, not samples",
            )
