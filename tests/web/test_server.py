"""The server behind the browser's screen: who gets in, and what is left when it or a page ends."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import pytest

from engine.config import load
from engine.journal import Journal
from engine.session import Session
from engine.task_files import load_task
from tests.tui.journalled import COMMAND, home
from tests.web.serving import Served, living, serving

pytestmark = pytest.mark.bubblewrap
SLOW = """import time
from broken import add


def test_add():
    time.sleep(30)
    assert add(2, 3) == 5
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with serving(tmp_path, CODER_TUI_LOG__LEVEL="debug") as found:
        yield found


async def status(served: Served, path: str, **headers: str) -> int:
    async with (
        aiohttp.ClientSession() as client,
        client.get(f"http://{served.place}{path}", headers=headers, allow_redirects=False) as answer,
    ):
        await answer.read()
        if answer.status == 200:
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "http" not in policy
            assert answer.headers["Referrer-Policy"] == "no-referrer"
        return answer.status


async def test_nothing_is_given_without_token_own_name_and_own_page(served: Served) -> None:
    token, origin = served.token, {"Origin": f"http://{served.place}"}
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
    }
    for path in ("", "page.js", "textual.js", "xterm.css", "RobotoMono.ttf"):
        assert await status(served, f"/{token}/{path}") == 200, path
        assert await status(served, f"/{token[:-1]}/{path}") == 403, path
        assert await status(served, f"/{token}/{path}", Host="evil.example") == 403, path
        assert await status(served, f"/{token}/{path}", Origin="http://evil.example") == 403, path
    for path in ("/", "/ws", f"/ws?token={token}", "/static/js/textual.js", f"//{token}/"):
        assert await status(served, path) == 403, path
    for path in ("nothing", "..%2fserver.py", "%2e%2e/server.py", "page.js/..%2f..%2fserver.py"):
        assert await status(served, f"/{token}/{path}") in (403, 404), path
    ws = f"/{token}/ws"
    assert await status(served, ws, **upgrade) == 403
    assert await status(served, ws, **upgrade, Origin="http://evil.example") == 403
    assert await status(served, ws, **upgrade, **origin, Host="evil.example") == 403
    assert await status(served, f"/{token}x/ws", **upgrade, **origin) == 403
    assert len(served.family()) == 1, "no page was opened, so no screen was started"

    served.process.send_signal(signal.SIGINT)
    said = "".join(served.process.communicate(timeout=20))
    log = served.folder / "state" / "coder-tui" / "coder-tui.log"
    assert token not in said + (log.read_text() if log.exists() else "")
    assert served.process.returncode == 130


def prepared(folder: Path) -> str:
    """A run in the journal under `folder` whose tests take half a minute."""
    (folder / "broken.py").write_text("def add(a, b):\n    return a - b\n")
    (folder / "test_broken.py").write_text(SLOW)

    async def prepare() -> str:
        kept = {"paths.state": f"{folder}/state/coder-tui", "paths.cache": f"{folder}/cache/coder-tui"}
        config = load(overrides=kept | {"limits.seconds": 40})
        async with Session(config) as session:
            task = load_task(
                folder / "broken.py", [folder / "test_broken.py"], limits=config.limits.to_limits()
            )
            return await session.prepare(task)

    return asyncio.run(prepare())


class Tab:
    """What a page does, without a browser: it reads what is drawn and sends keys."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket

    async def until(self, text: bytes, seconds: float = 30) -> None:
        seen = b""
        async with asyncio.timeout(seconds):
            while text not in seen:
                message = await self._socket.receive()
                assert isinstance(message.data, bytes), (text, message)
                seen += message.data

    async def press(self, keys: str) -> None:
        await self._socket.send_str(json.dumps(["stdin", keys]))


def run_of(folder: Path) -> tuple[str | None, list[str]]:
    """The verdict of the one run, and the kinds of its events."""
    journal = Journal(folder / "state" / "coder-tui" / "journal.db")
    try:
        (run,) = journal.runs()
        return run.verdict, [event.event for _, event in journal.read(run.id)]
    finally:
        journal.close()


@pytest.mark.parametrize("how", ["the page is closed", "ctrl+c", "SIGTERM", "SIGKILL"])
def test_whatever_ends_it_in_the_middle_of_a_run_leaves_no_process_and_a_whole_journal(
    tmp_path: Path, how: str
) -> None:
    run = prepared(tmp_path)

    async def play(served: Served) -> set[int]:
        link, origin = served.link.replace("http", "ws") + "ws?width=120&height=40", f"http://{served.place}"
        async with aiohttp.ClientSession() as client, client.ws_connect(link, origin=origin) as tab:
            page = Tab(tab)
            await page.until(b"Press Enter")
            await page.press("\r")
            await page.until(b"RUN pytest")
            family = served.family()
            assert len(family) > 3, "server, screen, sandbox, tests"
            if how != "the page is closed":
                number = {"ctrl+c": signal.SIGINT, "SIGTERM": signal.SIGTERM, "SIGKILL": signal.SIGKILL}[how]
                served.process.send_signal(number)
                status = await asyncio.to_thread(served.process.wait, 15)
                assert status == (-signal.SIGKILL if how == "SIGKILL" else 130)
        return family

    with serving(tmp_path, run) as served:
        family = asyncio.run(play(served))
        if how == "the page is closed":
            family.remove(served.process.pid)
        assert living(family) == set()
    verdict, kinds = run_of(tmp_path)
    assert verdict is None, "it can be gone on with"
    assert kinds[0] == "run_started"
    assert "execution_started" in kinds


def test_an_address_that_others_reach_and_one_that_is_taken_are_refused(tmp_path: Path) -> None:
    environment = dict(os.environ) | home(tmp_path)

    def web(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [COMMAND, "web", *arguments]
        return subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=30, check=False
        )

    others = web("--host", "0.0.0.0")
    assert others.returncode == 2
    assert "acts as you" in others.stderr
    assert "--expose" in others.stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = web("--port", str(taken.getsockname()[1]))
    assert busy.returncode == 2
    assert "--port 0" in busy.stderr
    assert web("--port", "65536").returncode == 2
    code = (
        "import sys; sys.modules['textual_serve'] = None; from tui.cli import main; sys.exit(main(['web']))"
    )
    bare = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert bare.returncode == 2
    assert "coder-tui[web]" in bare.stderr


def test_a_run_that_is_not_there_is_said_in_the_page(tmp_path: Path) -> None:
    async def play(served: Served) -> None:
        link, origin = served.link.replace("http", "ws") + "ws", f"http://{served.place}"
        async with aiohttp.ClientSession() as client, client.ws_connect(link, origin=origin) as tab:
            await Tab(tab).until(b"no run")
            assert (await tab.receive(10)).type is aiohttp.WSMsgType.CLOSE

    with serving(tmp_path, "nothing") as served:
        asyncio.run(play(served))
