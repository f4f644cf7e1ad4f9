"""The loop on recorded completions, in a real sandbox."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from engine import events as ev
from engine.config import Config
from engine.errors import AcceptRefused, UsageError
from engine.model import Prompt, PromptForm, Task
from engine.session import Session
from sandbox.contract import Assurance, Verdict
from tests.engine.conftest import GIVEN, RIGHT, Record, finish

pytestmark = [pytest.mark.bubblewrap, pytest.mark.slow]

WRONG = "```python\ndef clamp(x, low, high):\n    return min(high, x)\n```"
GOOD = f"The upper bound was missing.\n```python\n{RIGHT}```"


def verdicts(history: object) -> dict[str, Verdict | None]:
    return {a.id: a.verdict for a in history.attempts.values()}  # type: ignore[attr-defined]


async def test_a_wrong_answer_is_followed_by_a_sealed_pass(
    session: Session, clamp: Task, recording: Record
) -> None:
    history, events = await finish(session, clamp, recording(WRONG, GOOD))
    assert verdicts(history) == {"0": Verdict.FAILED, "1": Verdict.FAILED, "2": Verdict.PASSED}
    passed = history.attempts["2"]
    assert passed.confirmed and passed.execution and passed.execution.assurance is Assurance.SEALED
    assert (history.best, history.verdict) == ("2", Verdict.PASSED)
    executed = [
        e.execution.assurance for e in events if isinstance(e, ev.ExecutionEnded) and e.attempt == "2"
    ]
    assert executed == [Assurance.IN_PROCESS, Assurance.SEALED]


async def test_a_repeated_answer_is_not_executed_again(
    session: Session, clamp: Task, recording: Record
) -> None:
    again = WRONG.replace("min(high, x)", "min( high, x )  # better")
    history, events = await finish(session, clamp, recording(WRONG, again))
    assert history.attempts["2"].duplicate_of == "1"
    assert not [e for e in events if isinstance(e, ev.ExecutionStarted) and e.attempt == "2"]
    assert history.verdict is Verdict.FAILED


async def test_a_blocked_answer_never_runs(session: Session, clamp: Task, recording: Record) -> None:
    evil = "```python\nimport os\ndef clamp(x, low, high):\n    os.system('true')\n    return x\n```"
    history, events = await finish(session, clamp, recording(evil))
    assert history.attempts["1"].verdict is Verdict.BLOCKED
    assert not [e for e in events if isinstance(e, ev.ExecutionStarted) and e.attempt == "1"]


async def test_prose_is_no_code(session: Session, clamp: Task, recording: Record) -> None:
    history, _ = await finish(session, clamp, recording("I am sorry, I cannot help with that.", GOOD))
    assert verdicts(history)["1"] is Verdict.NO_CODE
    assert history.verdict is Verdict.PASSED


async def test_the_best_so_far_is_kept_when_nothing_passes(
    session: Session, clamp: Task, recording: Record
) -> None:
    worse = "```python\ndef clamp(x, low, high):\n    return None\n```"
    history, _ = await finish(session, clamp, recording(WRONG, worse))
    assert history.verdict is Verdict.FAILED
    assert history.best == "1"


async def test_code_that_passes_already_is_left_alone(
    session: Session, clamp: Task, recording: Record
) -> None:
    Path(clamp.source).write_text(RIGHT)
    from engine.task_files import load_task

    task = load_task(Path(clamp.source), [Path(clamp.test_source)], limits=clamp.limits)
    history, _ = await finish(session, task, recording(WRONG))
    assert (history.verdict, history.best, list(history.attempts)) == (Verdict.PASSED, "0", ["0"])


async def test_an_endless_answer_times_out_and_the_run_goes_on(
    session: Session, clamp: Task, recording: Record
) -> None:
    endless = "```python\ndef clamp(x, low, high):\n    while True:\n        pass\n```"
    history, _ = await finish(session, clamp, recording(endless, GOOD))
    assert verdicts(history)["1"] is Verdict.TIMEOUT
    assert history.verdict is Verdict.PASSED


async def test_a_stopped_run_ends_at_once_and_goes_on_later(
    session: Session, clamp: Task, recording: Record
) -> None:
    endless = "```python\ndef clamp(x, low, high):\n    while True:\n        pass\n```"
    run = await session.prepare(clamp, "replay", "", recording(endless, GOOD))
    await session.begin(run)
    async with asyncio.timeout(20):
        async for event in session.subscribe(run):
            if isinstance(event, ev.ExecutionStarted) and event.attempt == "1":
                break
    began = time.monotonic()
    await session.stop(run)
    assert time.monotonic() - began < 3
    assert session.history(run).verdict is not Verdict.PASSED
    await session.begin(run)
    await session.wait(run)
    assert session.history(run).verdict is Verdict.PASSED


async def test_a_rerun_is_a_child_and_overwrites_nothing(
    session: Session, clamp: Task, recording: Record
) -> None:
    run = await session.prepare(clamp, "replay", "", recording(WRONG, GOOD, WRONG, GOOD))
    await session.begin(run)
    await session.wait(run)
    before = session.history(run).attempts["1"]
    prompt = Prompt("", "try once more", PromptForm.REPAIR, edited=True)
    await session.rerun(run, "1", prompt)
    await session.wait(run)
    history = session.history(run)
    assert history.attempts["1"] == before
    assert history.attempts["1.1"].parent == "1" and history.attempts["1.1"].origin == "edit"
    with pytest.raises(UsageError):
        await session.rerun(run, "99")


async def test_accept_writes_and_undo_takes_back(session: Session, clamp: Task, recording: Record) -> None:
    history, _ = await finish(session, clamp, recording(GOOD))
    file = Path(clamp.source)
    await session.accept(history.run, "1")
    assert file.read_text() == RIGHT
    await session.undo(history.run)
    assert file.read_text() == GIVEN
    with pytest.raises(AcceptRefused):
        await session.undo(history.run)


async def test_a_file_that_changed_meanwhile_is_not_overwritten(
    session: Session, clamp: Task, recording: Record
) -> None:
    history, _ = await finish(session, clamp, recording(GOOD))
    Path(clamp.source).write_text("# mine\n")
    with pytest.raises(AcceptRefused):
        await session.accept(history.run, "1")
    assert Path(clamp.source).read_text() == "# mine\n"


async def test_what_is_shown_was_in_the_journal_first(
    session: Session, clamp: Task, recording: Record
) -> None:
    history, events = await finish(session, clamp, recording(WRONG, GOOD))
    seen = []
    async for event in session.subscribe(history.run):
        seen.append(event)
        if isinstance(event, ev.RunEnded):
            break
    assert seen == events


async def test_a_run_whose_time_is_up_is_unsolved_and_no_fault(
    config: Config, clamp: Task, recording: Record
) -> None:
    short = config.model_copy(update={"loop": config.loop.model_copy(update={"seconds": 2.0})})
    endless = "```python\ndef clamp(x, low, high):\n    while True:\n        pass\n```"
    async with Session(short) as session:
        history, _ = await finish(session, clamp, recording(endless, GOOD))
    assert history.verdict is Verdict.FAILED
    assert history.ended and "time limit" in history.ended.message


async def test_a_session_that_closes_leaves_its_run_open(
    config: Config, clamp: Task, recording: Record
) -> None:
    endless = "```python\ndef clamp(x, low, high):\n    while True:\n        pass\n```"
    async with Session(config) as first:
        run = await first.prepare(clamp, "replay", "", recording(endless, GOOD))
        await first.begin(run)
        async for event in first.subscribe(run):
            if isinstance(event, ev.ExecutionStarted) and event.attempt == "1":
                break
    async with Session(config) as second:
        assert second.history(run).ended is None
        assert [a.id for a in second.history(run).attempts.values() if a.verdict is None] == []
        await second.begin(run)
        await second.wait(run)
        assert second.history(run).verdict is Verdict.PASSED
