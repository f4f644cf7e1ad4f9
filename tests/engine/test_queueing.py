"""Queued runs: one after the other, taken out, passed over when they cannot begin."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from engine.config import load
from engine.errors import UsageError
from engine.examples import FIRST, example_task
from engine.session import Session

pytestmark = pytest.mark.bubblewrap


async def test_queued_runs_go_one_after_the_other_and_a_stop_lets_the_next_begin(tmp_path: Path) -> None:
    places = {"paths.state": f"{tmp_path}/state", "paths.cache": f"{tmp_path}/cache"}
    overrides = {**places, "sandbox.isolation": "namespace"}
    async with Session(load(overrides=overrides, cwd=tmp_path, environ={})) as session:
        task = example_task(FIRST, tmp_path / "examples", session.config.limits.to_limits())
        first, second, third, last = [await session.prepare(task) for _ in range(4)]
        session.journal.release(third)
        session._recorders.pop(third)  # as if it were another process's
        other = Session(session.config)
        other.journal.claim(third)
        for run in (first, second, third, last):
            session.queue.add(run)
        with pytest.raises(UsageError, match="queued or going"):
            session.queue.add(second)
        session.queue.remove(second)
        await asyncio.sleep(0.05)
        assert (session.going(), session.queue.waiting) == ([first], (third, last))
        await session.stop(first)
        async with asyncio.timeout(30):
            while not session.history(last).ended:  # noqa: ASYNC110
                await asyncio.sleep(0.02)
        assert "open in process" in session.queue.refused[third]
        assert str(session.history(last).verdict) == "passed"
        assert session.history(second).attempts == {}
        await other.close()
