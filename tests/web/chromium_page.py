"""Headless Chromium, driven over its own protocol: keys in, the terminal's text and pictures out."""

from __future__ import annotations

import asyncio
import base64
import shutil
import signal
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import aiohttp

from tests.conftest import BROWSERS

BROWSER = next(filter(None, map(shutil.which, BROWSERS)), "")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--hide-scrollbars", "--remote-debugging-port=0", "--window-size=1120,720",
)  # fmt: skip
# The page keeps its terminal to itself: the object that gets a `fitAddon` is the one that holds it.
FIND_TERMINAL = """
Object.defineProperty(Object.prototype, "fitAddon", {
  configurable: true,
  set(value) {
    window.holder = this;
    Object.defineProperty(this, "fitAddon", { value, writable: true });
  },
});
"""
READ_SCREEN = """
(() => {
  const buffer = window.holder?.terminal.buffer.active;
  if (!buffer) return "";
  return Array.from({ length: window.holder.terminal.rows },
    (_, y) => buffer.getLine(buffer.viewportY + y)?.translateToString(true) ?? "").join("\\n");
})()
"""
NAMED = {"Enter": (13, "\r"), "Escape": (27, ""), "F5": (116, ""), "Tab": (9, "")}


@dataclass
class Page:
    """One tab. `asked` has the address of every request it made, `said` what its console was told."""

    socket: aiohttp.ClientWebSocketResponse
    asked: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    _numbers: count[int] = field(default_factory=lambda: count(1))
    _answers: dict[int, asyncio.Future[dict[str, object]]] = field(default_factory=dict)

    async def listen(self) -> None:
        """Take answers and events until the tab is gone."""
        async for message in self.socket:
            data = message.json()
            params = data.get("params", {})
            match data.get("method"):
                case None:
                    self._answers.pop(data["id"]).set_result(data)
                case "Network.requestWillBeSent":
                    self.asked.append(params["request"]["url"])
                case "Network.webSocketCreated":
                    self.asked.append(params["url"])
                case "Runtime.exceptionThrown":
                    self.said.append(str(params["exceptionDetails"]))
                case "Log.entryAdded":
                    self.said.append(str(params["entry"]))

    async def call(self, method: str, **params: object) -> dict[str, object]:
        """One command of the protocol and its result."""
        number = next(self._numbers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self.socket.send_json({"id": number, "method": method, "params": params})
        answered = await asyncio.wait_for(answer, 20)
        assert "error" not in answered, (method, answered)
        result = answered["result"]
        assert isinstance(result, dict)
        return result

    async def open(self, link: str) -> None:
        """Go to a page."""
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self.call(f"{domain}.enable")
        await self.call("Page.addScriptToEvaluateOnNewDocument", source=FIND_TERMINAL)
        await self.call("Page.navigate", url=link)

    async def value(self, expression: str) -> object:
        """What an expression gives in the page."""
        result = (await self.call("Runtime.evaluate", expression=expression, returnByValue=True))["result"]
        assert isinstance(result, dict)
        return result.get("value")

    async def text(self) -> str:
        """The rows of the terminal."""
        return str(await self.value(READ_SCREEN))

    async def wait(self, *texts: str, seconds: float = 30) -> str:
        """Wait until all of these are on the terminal."""
        shown, end = "", time.monotonic() + seconds
        while time.monotonic() < end:
            shown = await self.text()
            if all(text in shown for text in texts):
                return shown
            await asyncio.sleep(0.1)
        raise AssertionError(f"{texts} did not appear on:\n{shown}\nconsole: {self.said}")

    async def until(self, expression: str, seconds: float = 30) -> None:
        """Wait until an expression holds in the page."""
        end = time.monotonic() + seconds
        while not await self.value(expression):
            assert time.monotonic() < end, f"{expression} did not become so; console: {self.said}"
            await asyncio.sleep(0.05)

    async def press(self, *keys: str) -> None:
        """Press keys: letters, digits, and those that have a name."""
        for key in keys:
            code, text = NAMED.get(key, (ord(key[0].upper()), key))
            about = {"key": key, "code": key, "windowsVirtualKeyCode": code}
            await self.call("Input.dispatchKeyEvent", type="keyDown", text=text, **about)
            await self.call("Input.dispatchKeyEvent", type="keyUp", **about)

    async def type(self, text: str) -> None:
        """Put text in, as an input method does."""
        await self.call("Input.insertText", text=text)

    async def picture(self, path: Path) -> bytes:
        """A screenshot, kept at `path`."""
        data = base64.b64decode(str((await self.call("Page.captureScreenshot"))["data"]))
        path.write_bytes(data)
        return data


@asynccontextmanager
async def browser(folder: Path) -> AsyncIterator[Page]:
    """A browser with nothing in it, and its one page; ended on leaving."""
    process = subprocess.Popen(
        [BROWSER, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        port = await _port(folder / "DevToolsActivePort")
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as listed:
                (tab,) = [t for t in await listed.json() if t["type"] == "page"]
            async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                listening = asyncio.create_task(page.listen())
                try:
                    yield page
                finally:
                    listening.cancel()
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


async def _port(written: Path) -> int:
    for _ in range(600):
        if written.exists() and "\n" in written.read_text():
            break
        await asyncio.sleep(0.05)
    return int(written.read_text().split()[0])
