"""Other settings while a session lives: for runs that begin later, with what need not be opened again."""

from __future__ import annotations

from pathlib import Path

from engine.config import load
from engine.config_model import Config
from engine.examples import FIRST, example_task
from engine.session import Session


def settings(folder: Path, **changed: object) -> Config:
    places = {"paths.state": f"{folder}/state", "paths.cache": f"{folder}/cache"}
    named = {name.replace("__", "."): value for name, value in changed.items()}
    return load(overrides={**places, **named}, cwd=folder, environ={"CODER_TUI_CONFIG": f"{folder}/none"})


async def test_new_settings_hold_for_the_next_run_and_a_recorded_one_keeps_its_own(tmp_path: Path) -> None:
    async with Session(settings(tmp_path)) as session:
        task = example_task(FIRST, tmp_path / "examples", session.config.limits.to_limits())
        before = await session.prepare(task)
        await session.reconfigure(settings(tmp_path, loop__attempts=3, provider__name="ollama"))
        after = await session.prepare(task)
        started = [session.history(run).started for run in (before, after)]
        assert [(s.provider, s.settings["attempts"]) for s in started if s] == [("search", 8), ("ollama", 3)]


async def test_the_sandbox_is_kept_unless_it_must_be_another(tmp_path: Path) -> None:
    async with Session(settings(tmp_path)) as session:
        sandbox, workshop = session.workshop.sandbox, session.workshop
        await session.reconfigure(settings(tmp_path, screen__theme="nord"))
        assert session.workshop is workshop
        await session.reconfigure(settings(tmp_path, search__seconds=1.0))
        assert session.workshop is not workshop
        assert session.workshop.sandbox is sandbox
        await session.reconfigure(settings(tmp_path, sandbox__isolation="namespace"))
        assert session.workshop.sandbox is not sandbox
