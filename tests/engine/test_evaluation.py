"""A whole evaluation: the loop on what it may see, the judge on what it made, the figures of both."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from engine.config import Config, load
from engine.errors import ProviderError
from engine.evaluation.evaluate import Evaluation, evaluate
from engine.evaluation.local import LocalCrew
from engine.evaluation.plan import Plan, units_of
from engine.evaluation.runner import EvaluationStopped, Step
from engine.evaluation.setup import Wanted, prepare
from engine.evaluation.speed import measure_speed
from engine.evaluation.store import read_results
from engine.evaluation.unit import Brief, Unit, UnitResult, brief_adapter, result_adapter, unit_adapter
from engine.places import Places
from engine.prompting import Prompts
from sandbox.errors import SandboxError
from tests.engine.servers.loopback import Answer, Asked, serve
from tests.engine.servers.openai import OpenAI

pytestmark = pytest.mark.bubblewrap

RIGHT = "def twice(x):\n    return 2 * x\n"
LUCKY = "def twice(x):\n    return 4\n"
WRONG = "def twice(x):\n    return x\n"


@pytest.fixture
def benchmark(tmp_path: Path) -> Path:
    """Three problems; 977 is the judge's secret."""
    path = tmp_path / "doubles.jsonl"
    row = {
        "prompt": 'def twice(x):\n    """Twice x.\n    >>> twice(2)\n    4\n    """\n',
        "canonical_solution": "    return 2 * x\n",
        "entry_point": "twice",
        "test": "def check(candidate):\n    assert candidate(977) == 1954\n",
    }
    path.write_text("\n".join(json.dumps({"task_id": f"D/{n}", **row}) for n in range(3)))
    return path


def recorded(folder: Path, *lines: tuple[str, ...], given: tuple[str, ...] = ()) -> Path:
    path = folder / "recording.jsonl"
    rows = ({"task_id": f"D/{n}", "completions": c, "given_tests": given} for n, c in enumerate(lines))
    path.write_text("\n".join(map(json.dumps, rows)))
    return path


async def run(
    wanted: Wanted, config: Config, folder: Path, resume: bool = False
) -> tuple[Evaluation, list[UnitResult]]:
    prepared = prepare(wanted, config)
    steps: list[Step] = []

    def units(plan: Plan) -> Iterable[Unit]:
        return units_of(plan, prepared.problems, prepared.recording)

    def crew(plan: Plan) -> LocalCrew:
        return LocalCrew(plan.brief, config, jobs=1)

    done = await evaluate(prepared.plan, units, crew, folder, steps.append, resume=resume)
    assert [step.done for step in steps] == list(range(1, len(steps) + 1))
    return done, list(read_results(folder))


async def test_the_judge_is_asked_about_the_wrong_answer(
    benchmark: Path, config: Config, tmp_path: Path
) -> None:
    """First shots, kept and last answers, repairs and what only seemed right, each counted apart."""
    recording = recorded(tmp_path, (RIGHT,), (WRONG, WRONG, RIGHT), (LUCKY, RIGHT))
    for pick, solved, within in (("best", [1, 1, 0], (1, 1, 2)), ("last", [1, 1, 1], (1, 2, 3))):
        wanted = Wanted(str(benchmark), provider="replay", recording=recording, pick=pick)
        done, rows = await run(wanted, config, tmp_path / pick)
        assert [row.solved for row in rows] == list(map(bool, solved))
        assert [row.first_solved for row in rows] == [True, False, False]
        assert done.metrics.within == within
        assert done.metrics.pass_at[1] is not None
        assert done.metrics.pass_at[1].value == pytest.approx(1 / 3)
        assert done.metrics.repeats == 1
        forecast = done.metrics.calibration
        assert forecast is not None and (forecast.count, forecast.rate) == (1, 1.0), "wrong, then right"
        assert done.metrics.shown_not_judge == (pick == "best")
        assert pick == "best" or done.metrics.measured["cached"] == done.metrics.measured["executions"]
    assert [shot.origin for shot in rows[2].shots] == ["loop", "recorded"], "the loop was content before"


@pytest.mark.slow
async def test_the_last_answer_is_not_the_last_on_record(
    benchmark: Path, config: Config, tmp_path: Path
) -> None:
    """Where the shown tests are wrong, where an answer is empty, where the others have more of them."""
    lines = ((WRONG, RIGHT), ("", WRONG, "", RIGHT), (RIGHT, WRONG, WRONG, ""))
    recording = recorded(tmp_path, *lines, given=("assert twice(2) == 5",))
    wanted = Wanted(str(benchmark), provider="replay", recording=recording, pick="last")
    done, rows = await run(wanted, config, tmp_path / "out")
    assert [(row.solved, row.first_solved, row.answer) for row in rows] == [
        (True, False, "2"),
        (True, False, "4"),
        (False, True, "4"),
    ]
    assert [len(row.shots) for row in rows] == [2, 4, 4] and done.metrics.within == (1, 1, 1, 2)


@pytest.mark.slow
async def test_what_is_on_record_is_not_what_the_loop_sees(
    benchmark: Path, config: Config, tmp_path: Path
) -> None:
    recording = recorded(tmp_path, (LUCKY, RIGHT), given=("assert twice(3) == 6",))
    for shown, solved in (("auto", True), ("docstring", False)):
        wanted = Wanted(str(benchmark), provider="replay", recording=recording, shown=shown)
        done, (row,) = await run(wanted, config, tmp_path / shown)
        assert (row.solved, row.shown_from) == (solved, "recording" if shown == "auto" else "docstring")
        assert done.plan.tasks == ("D/0",), "what has no answer is left out"


@pytest.mark.slow
async def test_the_judges_tests_reach_the_model(benchmark: Path, config: Config, tmp_path: Path) -> None:
    seen: list[bytes] = []
    server = OpenAI(pieces=("```python\n", WRONG, "```"), prompt_tokens=500)

    async def model(asked: Asked, answer: Answer) -> None:
        seen.append(asked.body)
        await server(asked, answer)

    async with serve(model) as address:
        places = {"paths.state": config.paths.state, "paths.cache": config.paths.cache}
        config = load(
            overrides={
                **places,
                "sandbox.isolation": "namespace",
                "provider.openai.base_url": f"{address.url}/v1",
                "loop.attempts": 3,
                "search.between": False,
            },
            cwd=tmp_path,
            environ={},
        )
        for oracle in (False, True):
            seen.clear()
            wanted = Wanted(str(benchmark), provider="openai", model="tiny", samples=2, oracle=oracle)
            done, rows = await run(wanted, config, tmp_path / f"oracle-{oracle}")
            assert done.metrics.solved == 0 and done.metrics.samples == 6
            assert (done.metrics.pass_at[1] is None) is oracle, "solved with an oracle is no pass@k"
            assert len([body for body in seen if b"twice" in body]) >= 6
            assert any(b"977" in body for body in seen) is oracle
            assert all(row.shots[0].prompt_tokens == 500 for row in rows)


@pytest.mark.slow
async def test_a_server_that_fails_is_held_against_the_model(
    benchmark: Path, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not judged, not counted, done again on resuming; told at once where it is plain that it goes on."""
    monkeypatch.setattr("engine.evaluation.worker.PAUSES", (0.0, 0.0))
    monkeypatch.setattr("engine.evaluation.runner.IN_A_ROW", 4)
    server, down = OpenAI(pieces=("```python\n", RIGHT, "```")), [True]

    async def model(asked: Asked, answer: Answer) -> None:
        if down[0] and asked.path.endswith("/completions"):
            await answer.whole(400, {"error": {"message": "no processor is free"}})
        else:
            await server(asked, answer)

    async with serve(model) as address:
        served = load(
            overrides={
                "paths.state": config.paths.state,
                "paths.cache": config.paths.cache,
                "sandbox.isolation": "namespace",
                "provider.openai.base_url": f"{address.url}/v1",
            },
            cwd=tmp_path,
            environ={},
        )
        wanted = Wanted(str(benchmark), provider="openai", model="tiny")
        done, rows = await run(wanted, served, tmp_path / "out")
        assert done.metrics.infrastructure == 3 and done.metrics.samples == 0
        assert {row.verdict for row in rows} == {"infrastructure"}
        assert all(row.message and row.measured.tries == 3 for row in rows)
        with pytest.raises(EvaluationStopped, match="4 units"):
            await run(
                Wanted(str(benchmark), provider="openai", model="tiny", samples=2), served, tmp_path / "2"
            )
        down[0] = False
        done, rows = await run(wanted, served, tmp_path / "out", resume=True)
        assert done.metrics.solved == 3 and len(rows) == 3
    with pytest.raises(ProviderError, match=r"127\.0\.0\.1"):
        await run(wanted, served, tmp_path / "3")


@pytest.mark.slow
async def test_a_run_out_of_time_is_taken_for_a_fault_of_ours(config: Config, tmp_path: Path) -> None:
    """The code as given takes longer than the run may: that is an answer, and trying again is in vain."""
    path = tmp_path / "endless.jsonl"
    test = "from solution import f\n\ndef test_f():\n    assert f() == 1\n"
    files = {"solution.py": "def f():\n    while True:\n        pass\n"}
    row = {"task_id": "E/0", "function": "f", "tests": {"test_solution.py": test}, "files": files}
    path.write_text(json.dumps({**row, "shown": ["assert f() == 1"]}))
    bounds = {"limits": config.limits.model_copy(update={"seconds": 2.0})}
    bounds |= {"loop": config.loop.model_copy(update={"seconds": 0.5})}
    wanted = Wanted(str(path), provider="search")
    done, (ended,) = await run(wanted, config.model_copy(update=bounds), tmp_path / "out")
    assert (ended.verdict, ended.solved, ended.measured.tries) == ("timeout", False, 1)
    assert (done.metrics.samples, done.metrics.infrastructure) == (1, 0)


@pytest.mark.slow
async def test_a_known_verdict_waits_for_a_sandbox(
    benchmark: Path, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was judged before is told without one; what is new still needs it."""
    wanted = Wanted(str(benchmark), provider="reference")
    await run(wanted, config, tmp_path / "first")
    monkeypatch.setenv("PATH", "")
    done, _ = await run(wanted, config, tmp_path / "second")
    assert done.metrics.solved == 3 and done.metrics.measured["cached"] == 3
    stronger = config.model_copy(
        update={
            "sandbox": config.sandbox.model_copy(update={"isolation": "auto", "docker_host": "unix:///x"})
        }
    )
    with pytest.raises(SandboxError):
        await run(wanted, stronger, tmp_path / "third")


@pytest.mark.slow
async def test_a_slow_machine_turns_a_pass_into_a_failure(
    benchmark: Path, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a machine that takes long for the fixed work limits are longer, and the plan says by how much."""
    slow = "import time\ndef twice(x):\n    time.sleep(0.8)\n    return 2 * x\n"
    limits = config.limits.model_copy(update={"seconds": 0.7})
    config = config.model_copy(update={"limits": limits})
    recording = recorded(tmp_path, (slow,))
    measured = measure_speed()
    for slower, stretches, verdict in ((1, (1.0,), "timeout"), (16, (4.0, 8.0), "passed")):
        # Beside a machine 16 times as quick this one is slow; what is measured on it is real.
        monkeypatch.setattr("engine.evaluation.speed.REFERENCE_SECONDS", measured / slower)
        wanted = Wanted(str(benchmark), provider="replay", recording=recording)
        done, (row,) = await run(wanted, config, tmp_path / str(slower))
        stretch = done.plan.brief.stretch
        assert (stretch in stretches, row.verdict) == (True, verdict)
        assert measured / 2 < float(done.plan.machine["speed_seconds"]) < measured * 2
        assert f"times {stretch:g}," in (done.folder / "report.md").read_text()


def test_what_travels_does_not_arrive_as_it_was(benchmark: Path, config: Config) -> None:
    prepared = prepare(Wanted(str(benchmark), provider="reference"), config)
    (unit, *_) = units_of(prepared.plan, prepared.problems, None)
    assert unit_adapter.validate_json(unit_adapter.dump_json(unit)) == unit
    brief: Brief = prepared.plan.brief
    assert brief_adapter.validate_json(brief_adapter.dump_json(brief)) == brief
    result = UnitResult("D/0", 0, False, "failed", None, False, "docstring", "1", "gvisor")
    assert result_adapter.validate_json(result_adapter.dump_json(result)) == result


def test_another_model_or_other_prompts_are_taken_for_the_same(
    benchmark: Path, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The model is known by name though it was not named, and templates are part of what is measured."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    wanted = Wanted(str(benchmark), provider="ollama")
    before = prepare(wanted, config).plan
    assert before.brief.model == config.provider.ollama.model != ""
    prompts = Prompts(Places.of(config).prompts)
    prompts.save("repair", prompts.source("repair") + "\nBe brief.\n")
    after = prepare(wanted, config).plan
    assert after.differences(before) == [f'prompts "{before.prompts}" → "{after.prompts}"']
    assert prepare(Wanted(str(benchmark), provider="search"), config).plan.prompts == ""
