"""`fix --pull`: a missing model is fetched with progress, and without it the line that does so is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.model import Task
from tests.engine.conftest import RIGHT
from tests.engine.servers.loopback import Handler, serve
from tests.engine.servers.ollama import Ollama
from tests.engine.test_key_hygiene import command
from tests.engine.test_run_chaos import settings

pytestmark = [pytest.mark.bubblewrap, pytest.mark.slow]

GOOD = f"```python\n{RIGHT}```"


def environment(folder: Path, url: str) -> dict[str, str]:
    return {
        **settings(folder, "ollama", url),
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "CODER_TUI_PROVIDER__OLLAMA__FIRST_TOKEN_SECONDS": "10",
    }


async def fix(folder: Path, task: Task, server: Handler, *more: str) -> tuple[int | None, str]:
    async with serve(server) as running:
        files = (task.source, "--tests", task.test_source)
        environ = environment(folder, running.url)
        status, said = await command(folder, environ, "fix", *files, "--plain", *more)
    return status, said.decode()


async def test_a_missing_model_is_pulled_and_used(tmp_path: Path, clamp: Task) -> None:
    server = Ollama(model="other", pullable=True, pieces=(GOOD,))
    status, said = await fix(tmp_path, clamp, server, "--pull")
    assert status == 0 and "pulling tiny:1b: pulling ab12" in said and "PASSED after 1 attempt" in said


async def test_without_the_option_the_line_that_pulls_is_told(tmp_path: Path, clamp: Task) -> None:
    status, said = await fix(tmp_path, clamp, Ollama(model="other", pullable=True))
    assert status == 3 and "ollama pull tiny:1b" in said


async def test_a_pull_that_fails_is_one_line(tmp_path: Path, clamp: Task) -> None:
    broken = Ollama(model="other", pullable=True, trouble="error")
    status, said = await fix(tmp_path, clamp, broken, "--pull")
    assert status == 3 and "no space left" in said.splitlines()[-1] and "Traceback" not in said


@pytest.mark.parametrize(("reads", "told"), [(10**9, "read all of a prompt of"), (2048, "cut silently")])
async def test_doctor_shows_whether_the_model_saw_a_planted_word(
    tmp_path: Path, reads: int, told: str
) -> None:
    async with serve(Ollama(reads_at_most=reads)) as running:
        _, said = await command(tmp_path, environment(tmp_path, running.url), "doctor", "--json")
    rows = [json.loads(line) for line in said.decode().splitlines()]
    (row,) = [row for row in rows if row["name"] == "provider ollama"]
    assert told in row["detail"] and row["ok"] is (reads > 2048)
