"""A key in the environment comes out nowhere: journal, log, export, errors, plain and JSON output, screen."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from engine.config import load
from engine.model import Task
from engine.session import Session
from tests.engine.servers import echo
from tests.engine.servers.loopback import Handler, serve
from tui.app import CoderTui

pytestmark = [pytest.mark.bubblewrap, pytest.mark.slow]

KEYS = (
    "gsk_Xy12345678901234567890secret",
    "Correct-Horse-Battery",
)  # one that looks like one, one that does not
VARIABLE = {"groq": "GROQ_API_KEY", "openai": "OPENAI_API_KEY"}
providers = pytest.mark.parametrize("provider", VARIABLE)


def environment(folder: Path, provider: str, url: str, key: str) -> dict[str, str]:
    """Places of its own, one attempt, everything logged, the key, and the server that gives it away."""
    base = url if provider == "groq" else f"{url}/v1"
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder / "config"),
        "CODER_TUI_PATHS__STATE": str(folder / "state"),
        "CODER_TUI_PATHS__CACHE": str(folder / "cache"),
        "CODER_TUI_LOG__LEVEL": "debug",
        "CODER_TUI_SANDBOX__ISOLATION": "namespace",
        "CODER_TUI_SEARCH__FIRST": "false",
        "CODER_TUI_PROVIDER__NAME": provider,
        f"CODER_TUI_PROVIDER__{provider.upper()}__BASE_URL": base,
        f"CODER_TUI_PROVIDER__{provider.upper()}__MODEL": "tiny",
        VARIABLE[provider]: key,
    }


async def command(folder: Path, environ: dict[str, str], *arguments: str) -> tuple[int | None, bytes]:
    """The command's exit status and all that it said."""
    root = Path(__file__).resolve().parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tui.cli", *arguments, cwd=folder, env={**environ, "PYTHONPATH": str(root)},
        stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    return process.returncode, said


def leaks(folder: Path, key: str, *said: bytes) -> list[str]:
    """Files, and outputs by their number, in which the key stands."""
    found = [f"output {number}" for number, text in enumerate(said) if key.encode() in text]
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.name == "journal.db" for path in files)
    return found + [str(path) for path in files if key.encode() in path.read_bytes()]


@providers
@pytest.mark.parametrize("handler", echo.ALL, ids=lambda handler: handler.__name__)
async def test_a_key_that_a_server_echoes_is_kept_or_shown(
    provider: str, handler: Handler, tmp_path: Path, clamp: Task
) -> None:
    key = KEYS[1]
    async with serve(echo.wants_key(handler)) as server:
        environ = environment(tmp_path, provider, server.url, key)
        files = (clamp.source, "--tests", clamp.test_source)
        status, plain = await command(tmp_path, environ, "fix", *files, "--plain")
        assert any(f"Bearer {key}" == asked.headers.get("authorization") for asked in server.asked)
    assert status == 3 and b"INFRASTRUCTURE" in plain and b"Traceback" not in plain
    assert leaks(tmp_path, key, plain) == []


@providers
@pytest.mark.parametrize("key", KEYS)
async def test_a_key_comes_out_of_a_command(provider: str, key: str, tmp_path: Path, clamp: Task) -> None:
    async with serve(echo.wants_key(echo.bad_request)) as server:
        environ = environment(tmp_path, provider, server.url, key)
        files = (clamp.source, "--tests", clamp.test_source)
        said = [(await command(tmp_path, environ, "fix", *files, form))[1] for form in ("--plain", "--json")]
        listed = (await command(tmp_path, environ, "runs"))[1]
        run = listed.split()[0].decode()
        for arguments in (("show", run), ("export", run), ("doctor",), ("config", "show"), ("resume", run)):
            said.append((await command(tmp_path, environ, *arguments))[1])
    assert b"[key]" in said[0] and leaks(tmp_path, key, *said) == []


@providers
@pytest.mark.parametrize("key", KEYS)
async def test_a_key_comes_onto_the_screen(
    provider: str, key: str, tmp_path: Path, clamp: Task, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE[provider], key)
    async with serve(echo.wants_key(echo.bad_request)) as server:
        environ = environment(tmp_path, provider, server.url, key)
        config = load(cwd=tmp_path, environ=environ)
        async with Session(config) as session:
            run = await session.prepare(clamp)
            app = CoderTui(session, run, autostart=True)
            async with app.run_test(size=(160, 50)) as pilot:
                async with asyncio.timeout(60):
                    while session.history(run).ended is None:
                        await pilot.pause(0.05)
                await pilot.pause(0.5)
                pictures = [app.export_screenshot()]
                for number in "12345":
                    await pilot.press(number, "z")
                    pictures.append(app.export_screenshot())
                    await pilot.press("z")
    assert any("INFRA" in picture.upper() for picture in pictures)
    assert leaks(tmp_path, key, *(picture.encode() for picture in pictures)) == []
