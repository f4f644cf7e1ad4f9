"""Whole runs against servers that misbehave: each ends typed, in time and with nothing left, or goes on."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from pathlib import Path

import pytest

from engine import events as ev
from engine.config import Config, load
from engine.model import Task
from engine.session import Session
from sandbox.contract import Verdict
from tests.engine.conftest import RIGHT
from tests.engine.servers import chaos
from tests.engine.servers.loopback import Answer, Asked, Handler, serve
from tests.engine.servers.ollama import Ollama
from tests.engine.servers.openai import OpenAI
from tests.engine.servers.scripted import Scripted

pytestmark = [pytest.mark.bubblewrap, pytest.mark.slow]

GOOD = f"```python\n{RIGHT}```"
WRONG = "```python\ndef clamp(x, low, high):\n    return min(high, x)\n```"
KINDS: dict[str, type[Ollama] | type[OpenAI]] = {"ollama": Ollama, "groq": OpenAI, "openai": OpenAI}
providers = pytest.mark.parametrize("provider", KINDS)
FAULTS = ("slow", "stall", "cut", "error")
LIMIT = 25.0  # seconds, most of them for other work on the machine


def settings(folder: Path, provider: str, url: str) -> dict[str, str]:
    """An environment: places of its own, short patience, one server."""
    address = {"ollama": "HOST", "groq": "BASE_URL", "openai": "BASE_URL"}[provider]
    own = f"CODER_TUI_PROVIDER__{provider.upper()}__"
    return {
        "CODER_TUI_PATHS__STATE": str(folder / "state"),
        "CODER_TUI_PATHS__CACHE": str(folder / "cache"),
        "CODER_TUI_SANDBOX__ISOLATION": "namespace",
        "CODER_TUI_SEARCH__FIRST": "false",
        "CODER_TUI_PROVIDER__NAME": provider,
        f"{own}{address}": f"{url}/v1" if provider == "openai" else url,
        f"{own}MODEL": "tiny:1b",
        f"{own}CONNECT_SECONDS": "2",
        f"{own}FIRST_TOKEN_SECONDS": "1",
        f"{own}BETWEEN_TOKENS_SECONDS": "0.6",
        "GROQ_API_KEY": "gsk_chaos12345678",
    }


def configuration(folder: Path, provider: str, url: str) -> Config:
    return load(cwd=folder, environ=settings(folder, provider, url))


def children() -> set[int]:
    """This process's living children."""
    here = Path("/proc/self/task")
    return {int(pid) for task in here.iterdir() for pid in (task / "children").read_text().split()}


async def end(config: Config, task: Task) -> tuple[ev.RunEnded, list[ev.Event]]:
    """One run to its end."""
    async with Session(config) as session:
        run = await session.prepare(task)
        await session.begin(run)
        ended = await session.wait(run)
        assert ended is not None
        return ended, list(session.events_of(run))


@providers
@pytest.mark.parametrize("handler", chaos.ALL, ids=lambda handler: handler.__name__)
async def test_a_server_that_is_none_ends_the_run_as_a_fault(
    provider: str, handler: Handler, tmp_path: Path, clamp: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_chaos12345678")
    before, began = children(), time.monotonic()
    async with serve(handler) as server:
        ended, events = await end(configuration(tmp_path, provider, server.url), clamp)
    assert time.monotonic() - began < LIMIT
    assert ended.verdict is Verdict.INFRASTRUCTURE and ended.attempts == 0
    told = [e for e in events if isinstance(e, ev.Notice) and e.level == "error"]
    assert len(told) == 1 and "\n" not in told[0].message and len(told[0].message) < 500
    assert children() <= before


@providers
@pytest.mark.parametrize("trouble", FAULTS)
async def test_an_answer_that_breaks_ends_the_run_as_a_fault_and_is_no_attempt_of_the_code(
    provider: str, trouble: str, tmp_path: Path, clamp: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", "gsk_chaos12345678")
    model = Scripted(KINDS[provider], [WRONG, (GOOD, trouble)])
    began = time.monotonic()
    async with serve(model) as server:
        config = configuration(tmp_path, provider, server.url)
        async with Session(config) as session:
            run = await session.prepare(clamp)
            await session.begin(run)
            await session.wait(run)
            assert time.monotonic() - began < LIMIT
            history = session.history(run)
            assert history.verdict is Verdict.INFRASTRUCTURE and history.best == "1"
            assert [a.verdict for a in history.attempts.values()][1:] == [
                Verdict.FAILED,
                Verdict.INFRASTRUCTURE,
            ]
            model.answers = [GOOD]  # the server is well again: the run goes on where it stood
            await session.begin(run)
            await session.wait(run)
            history = session.history(run)
    assert history.verdict is Verdict.PASSED
    assert "min(high, x)" in str(model.sent[-1]["messages"]), "the failure before the fault is still told"


async def test_a_server_that_dies_in_the_run_ends_it_in_time(tmp_path: Path, clamp: Task) -> None:
    first = asyncio.Event()

    async def once(asked: Asked, answer: Answer) -> None:
        await Ollama(model="tiny:1b", pieces=(WRONG,))(asked, answer)
        if asked.path == "/api/chat":
            first.set()

    async with serve(once) as server:
        config = configuration(tmp_path, "ollama", server.url)
        running = asyncio.create_task(end(config, clamp))
        await asyncio.wait_for(first.wait(), LIMIT)
    ended, _ = await asyncio.wait_for(running, LIMIT)
    assert ended.verdict is Verdict.INFRASTRUCTURE and ended.attempts == 1


@pytest.mark.parametrize("handler", [chaos.flood, chaos.redirect, chaos.web_page, chaos.silence])
async def test_the_command_ends_with_status_3_and_leaves_nothing(
    handler: Handler, tmp_path: Path, clamp: Task
) -> None:
    (tmp_path / "tmp").mkdir()
    root = Path(__file__).resolve().parents[2]
    async with serve(handler) as server:
        environ = {
            **settings(tmp_path, "openai", server.url),
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path / "tmp"),
            "PYTHONPATH": str(root),
        }
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tui.cli", "fix", clamp.source, "--tests", clamp.test_source, "--json",
            cwd=tmp_path, env=environ, stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        out, err = await asyncio.wait_for(process.communicate(), LIMIT + 10)
    assert process.returncode == 3 and err == b""
    last = json.loads(out.splitlines()[-1])
    assert (last["event"], last["verdict"]) == ("run_ended", "infrastructure")
    assert list((tmp_path / "tmp").iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
