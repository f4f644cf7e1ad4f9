"""The shipped examples fail as given and are repaired without a model, in every sandbox there is."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.config import load
from engine.examples import example_task, names
from engine.session import Session
from sandbox.contract import Assurance, Verdict

ISOLATIONS = [
    pytest.param("namespace", marks=pytest.mark.bubblewrap),
    pytest.param("gvisor", marks=pytest.mark.gvisor),
]


@pytest.mark.parametrize("isolation", ISOLATIONS)
@pytest.mark.parametrize("name", names())
async def test_an_example_is_repaired(name: str, isolation: str, tmp_path: Path) -> None:
    places = {"paths.state": str(tmp_path / "state"), "paths.cache": str(tmp_path / "cache")}
    config = load(overrides={**places, "sandbox.isolation": isolation}, cwd=tmp_path)
    task = example_task(name, tmp_path / "examples", config.limits.to_limits())
    async with Session(config) as session:
        run = await session.prepare(task, "search")
        await session.begin(run)
        await session.wait(run)
        history = session.history(run)
    assert history.attempts["0"].verdict is Verdict.FAILED
    assert history.verdict is Verdict.PASSED
    best = history.attempts[history.best]
    assert best.confirmed and best.execution is not None
    assert (best.execution.assurance, str(best.execution.isolation)) == (Assurance.SEALED, isolation)
