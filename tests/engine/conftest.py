"""A session in places of its own, with the embedded sandbox and recorded completions."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from engine import events as ev
from engine.config import Config, load
from engine.history import History
from engine.model import Task
from engine.session import Session
from engine.task_files import load_task
from sandbox.contract import Limits

GIVEN = "def clamp(x, low, high):\n    return max(low, x)\n"
TESTS = """\
import pytest
from clamp import clamp


def test_inside():
    assert clamp(5, 0, 10) == 5


def test_below():
    assert clamp(-5, 0, 10) == 0


@pytest.mark.parametrize("x", [11, 400])
def test_above(x):
    assert clamp(x, 0, 10) == 10
"""
RIGHT = "def clamp(x, low, high):\n    return min(high, max(low, x))\n"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Defaults, in the test's own places, in bubblewrap."""
    return load(
        config_file=None,
        overrides={
            "paths.state": str(tmp_path / "state"),
            "paths.cache": str(tmp_path / "cache"),
            "sandbox.isolation": "namespace",
        },
        cwd=tmp_path,
        environ={},
    )


@pytest.fixture
async def session(config: Config) -> AsyncIterator[Session]:
    """An open session; closed afterwards."""
    async with Session(config) as opened:
        yield opened


@pytest.fixture
def clamp(tmp_path: Path) -> Task:
    """A small broken function on disk, with tests."""
    folder = tmp_path / "clamp"
    folder.mkdir()
    (folder / "clamp.py").write_text(GIVEN)
    (folder / "test_clamp.py").write_text(TESTS)
    return load_task(folder / "clamp.py", [folder / "test_clamp.py"], limits=Limits(seconds=5))


Record = Callable[..., str]


@pytest.fixture
def recording(tmp_path: Path) -> Record:
    """Write completions to a recording and return its path."""

    def write(*completions: str) -> str:
        path = tmp_path / "recording.jsonl"
        path.write_text(json.dumps({"task_id": "clamp", "completions": completions}) + "\n")
        return str(path)

    return write


async def finish(session: Session, task: Task, recording: str) -> tuple[History, list[ev.Event]]:
    """Replay a recording to its end."""
    run = await session.prepare(task, "replay", "", recording)
    await session.begin(run)
    await session.wait(run)
    return session.history(run), list(session.events_of(run))
