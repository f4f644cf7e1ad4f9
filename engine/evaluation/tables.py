"""An evaluation's figures as rows of words, for every report alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from engine.evaluation.metrics import Estimate, Metrics
from engine.evaluation.plan import Plan
from engine.evaluation.unit import ALONE, REFERENCE, SAMPLES

Row = tuple[str, str]


def headline(plan: Plan, metrics: Metrics) -> Iterator[Row]:
    """What was evaluated and how many were solved; with an oracle every line of it says so."""
    pick = f", the {plan.brief.pick} answer" if plan.brief.provider not in ALONE else ""
    yield "benchmark", f"{plan.benchmark}, {metrics.problems} problems" + _samples(plan, metrics)
    yield "answers", f"{who(plan)}{pick}"
    if plan.prompts:
        yield "prompts", f"version {plan.prompts}"
    yield "tests the loop saw", seen(plan) + _counts(plan, metrics)
    loose = f", {metrics.not_sealed} passes only in-process" if metrics.not_sealed else ""
    yield "judged", f"sealed in {' and '.join(metrics.isolations) or 'nothing yet'}{loose}"
    word = "solved with oracle" if plan.oracle else "solved"
    yield word, f"{metrics.solved} of {metrics.samples}{_interval(metrics.solve_rate)}"
    if plan.oracle:
        yield "note", "the loop saw the judge's tests: this is no pass@k, and none is estimated"
    else:
        yield from _first_shots(metrics)
    if metrics.infrastructure:
        yield "not judged (infrastructure)", f"{metrics.infrastructure}, go on with --resume"


def _first_shots(metrics: Metrics) -> Iterator[Row]:
    if not metrics.first_shots:
        yield "first shots", "none of a model's own"
        return
    yield "first shots right", f"{metrics.first_solved} of {metrics.first_shots}"
    for k, value in metrics.pass_at.items():
        if value is not None:
            yield f"pass@{k}", f"{_percent(value.value)}{_interval(value)}"
        elif metrics.first_shots < metrics.samples:
            left = metrics.samples - metrics.first_shots
            yield f"pass@{k}", f"not estimated: {left} samples have no first shot of a model's own"
        else:
            yield f"pass@{k}", f"not estimated: it takes {k} samples of every problem"


def titled(plan: Plan, title: str) -> str:
    """A table's title; with an oracle each of them says so, since tables are quoted one by one."""
    return f"{title} (with oracle)" if plan.oracle else title


def rounds(metrics: Metrics) -> Iterator[Row]:
    """Solved within so many repairs, and what each round added."""
    before = 0
    for repairs, solved in enumerate(telling(metrics.within)):
        gain = f" ({solved - before:+d})" if repairs else ""
        yield f"within {repairs} repair{'' if repairs == 1 else 's'}", f"{solved} of {metrics.samples}{gain}"
        before = solved


def telling(within: Sequence[int]) -> Sequence[int]:
    """The rounds up to the last that gained, and one without gain, which says that it was the last."""
    last = max((r for r, n in enumerate(within) if not r or n != within[r - 1]), default=0)
    return within[: last + 2]


def spent(metrics: Metrics) -> Iterator[Row]:
    """What the loop made and what it cost, the same on every machine."""
    yield "attempts", f"{metrics.attempts}, {metrics.repeats} the same program as an earlier one"
    for who_, count in metrics.solved_by.items():
        yield f"solved by {who_}", f"{count} of {metrics.samples}"
    yield "only the shown tests pass", str(metrics.shown_not_judge)
    if metrics.blocked_but_right:
        yield "right, and blocked by guardrails", str(metrics.blocked_but_right)
    if metrics.prompt_tokens or metrics.completion_tokens:
        yield "tokens", f"{metrics.prompt_tokens:,} read, {metrics.completion_tokens:,} written"
    if metrics.cost is not None:
        each = f", {metrics.cost / metrics.solved:.4g} a solve" if metrics.solved else ""
        yield "cost", f"{metrics.cost:.4g}{each}"


def forecasts(metrics: Metrics) -> Iterator[Row]:
    """What the diagnoses' fixability was worth: a row a bin, what was said and what came true."""
    found = metrics.calibration
    if found is None:
        return
    yield "failed programs", f"{found.count}, {_percent(found.rate)} of them passed by a later attempt"
    yield "Brier score", f"{found.brier:.3f}, skill {found.skill:+.3f} over saying that share"
    for one in found.bins:
        came = f"{_percent(one.share)} ({_percent(one.share_low)} to {_percent(one.share_high)})"
        yield (
            f"told {one.low:.1f} to {one.high:.1f}",
            f"{one.count}: told {_percent(one.forecast)}, came {came}",
        )


def times(metrics: Metrics) -> Iterator[Row]:
    """What depends on this machine and its cache."""
    m = metrics.measured
    yield "executions", f"{m['executions']:.0f}, {m['cached']:.0f} known to the cache"
    yield (
        "seconds, all units",
        f"{m['seconds']:.1f} ({m['loop_seconds']:.1f} loop, {m['judge_seconds']:.1f} judge)",
    )
    if m["model_seconds"]:
        yield "seconds, model", f"{m['model_seconds']:.1f}"


def machine(plan: Plan) -> Iterator[Row]:
    """Where and when it was made, and what its speed did to the time limits."""
    yield "begun", plan.made
    for name, value in plan.machine.items():
        yield name.replace("_", " "), str(value)
    limit = plan.brief.settings.get("limits", {}).get("seconds")
    yield "time limits", f"times {plan.brief.stretch:g}, for the machine's speed (of {limit} s)"


def settings(plan: Plan) -> Iterator[Row]:
    """What has to be the same for the same result."""
    yield "data, SHA-256", plan.data
    if plan.recording:
        yield "recording" if plan.brief.provider not in ALONE else "samples", plan.recording
        yield "… SHA-256", plan.answers
    yield "version of coder-tui", plan.version
    for section in ("loop", "search", "limits", "guardrails"):
        values = plan.brief.settings.get(section, {})
        yield section, ", ".join(f"{name} {value}" for name, value in values.items())


def failures(metrics: Metrics) -> Iterator[Row]:
    """Why answers are not right, most frequent first."""
    for name, count in metrics.errors.items():
        yield name, str(count)


def who(plan: Plan) -> str:
    """Who made the answers."""
    model = f" {plan.brief.model}" if plan.brief.model else ""
    named = {
        REFERENCE: "reference solutions",
        SAMPLES: f"samples in {plan.recording}{f' by{model}' if model else ''}",
    }
    return named.get(plan.brief.provider, f"{plan.brief.provider}{model}")


def seen(plan: Plan) -> str:
    """Which tests the loop saw."""
    if plan.brief.provider in ALONE:
        return "none: the answers are judged as they are"
    if plan.oracle:
        return "THE JUDGE'S OWN (oracle)"
    named = {
        "auto": "those on record, else the docstring's examples",
        "docstring": "the docstring's examples",
        "none": "none: only that the function is there",
    }
    return named.get(plan.shown, plan.shown)


def _counts(plan: Plan, metrics: Metrics) -> str:
    """How many samples had which, where that is not the same for all."""
    if plan.brief.provider in ALONE or (len(metrics.shown) < 2 and "existence" not in metrics.shown):
        return ""
    named = {"existence": "nothing but that the function is there"}
    return ": " + ", ".join(f"{named.get(name, name)} {count}" for name, count in metrics.shown.items())


def _samples(plan: Plan, metrics: Metrics) -> str:
    return f", {metrics.samples} samples" if metrics.samples != metrics.problems else ""


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def _interval(value: Estimate | None) -> str:
    return f" (95 % interval {_percent(value.low)} to {_percent(value.high)})" if value else ""
