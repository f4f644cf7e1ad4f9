"""The server: every request past the doorkeeper, one process for each open page, none left behind."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import textual_serve
from aiohttp import WSCloseCode, web
from aiohttp.typedefs import Handler
from textual_serve.server import Server

from tui.web.doorkeeper import Doorkeeper
from tui.web.process import PATIENCE, ScreenProcess

PAGE = Path(__file__).parent / "page"
STATIC = Path(textual_serve.__file__).parent / "static"
FILES = {
    "page.css": PAGE / "page.css",
    "page.js": PAGE / "page.js",
    "xterm.css": STATIC / "css" / "xterm.css",
    "textual.js": STATIC / "js" / "textual.js",
    "RobotoMono.ttf": STATIC / "fonts" / "RobotoMono-VariableFont_wght.ttf",
}
MOST_SCREENS = 8  # each is a process with a sandbox of its own
MALFORMED = (AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError)
HEADERS = {
    # Nothing from elsewhere is loaded, run, sent to or framed by; the terminal sets styles in place.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "font-src 'self'; img-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",  # the link holds the token
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class Screens(Server):
    """Serves `command` to whoever has the token; `close_all` ends every page and its process."""

    def __init__(self, command: Sequence[str], doorkeeper: Doorkeeper) -> None:
        super().__init__(shlex.join(command), title="coder-tui")
        self._doorkeeper = doorkeeper
        self._open: set[web.WebSocketResponse] = set()
        self._leaving: set[ScreenProcess] = set()
        self._settled = asyncio.Event()
        self._settled.set()

    async def application(self) -> web.Application:
        """The routes, with the doorkeeper before all of them."""
        app = web.Application(middlewares=[self._guard])
        app.router.add_get("/{token}/", self._page)
        app.router.add_get("/{token}/ws", self.handle_websocket)
        app.router.add_get("/{token}/{name}", self._file)
        app.on_response_prepare.append(_add_headers)
        app.on_shutdown.append(self.close_all)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        token, _, rest = request.path.removeprefix("/").partition("/")
        refusal = self._doorkeeper.refusal(
            token=token,
            host=request.headers.get("Host", ""),
            origin=request.headers.get("Origin"),
            by_script=rest == "ws",
        )
        if refusal:
            raise web.HTTPForbidden(text=f"coder-tui: {refusal}\n")
        return await handler(request)

    async def _page(self, request: web.Request) -> web.StreamResponse:
        return web.FileResponse(PAGE / "index.html")

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["name"] not in FILES:
            raise web.HTTPNotFound
        return web.FileResponse(FILES[request.match_info["name"]])

    async def handle_websocket(self, request: web.Request) -> web.WebSocketResponse:
        """Start a screen for this page and carry keys and pictures until either of them ends."""
        if len(self._open) >= MOST_SCREENS:
            raise web.HTTPServiceUnavailable(text=f"coder-tui: {MOST_SCREENS} pages are open already\n")
        socket = web.WebSocketResponse(heartbeat=15, timeout=2.0)
        await socket.prepare(request)
        self._open.add(socket)
        screen = ScreenProcess(
            self.command,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=socket.close,  # type: ignore[arg-type]  # it says whether it did, which nobody asks
            download_manager=self.download_manager,
        )
        try:
            with suppress(TimeoutError):  # a page loaded again is to find its run let go of
                async with asyncio.timeout(PATIENCE):
                    await self._settled.wait()
            await screen.start(_size(request, "width", 80), _size(request, "height", 24))
            await self._process_messages(socket, screen)
        except MALFORMED:
            await socket.close(code=WSCloseCode.UNSUPPORTED_DATA)
        finally:
            self._open.discard(socket)
            await self._end(screen)
        return socket

    async def _end(self, screen: ScreenProcess) -> None:
        self._leaving.add(screen)
        self._settled.clear()
        try:
            await screen.stop()
        finally:
            self._leaving.discard(screen)
            if not self._leaving:
                self._settled.set()

    async def close_all(self, _: web.Application) -> None:
        """Tell every page; its handler then ends its process."""
        await asyncio.gather(*(socket.close(code=WSCloseCode.GOING_AWAY) for socket in set(self._open)))


async def _add_headers(_: web.Request, response: web.StreamResponse) -> None:
    response.headers.update(HEADERS)


def _size(request: web.Request, name: str, otherwise: int) -> int:
    said = request.query.get(name, "")
    return min(1000, max(1, int(said))) if said.isascii() and said.isdigit() else otherwise


async def serve(screens: Screens, host: str, port: int) -> web.AppRunner:
    """Have the server up on this address; `cleanup` of the result ends it. Raises OSError."""
    runner = web.AppRunner(
        await screens.application(), access_log=None, handle_signals=False, shutdown_timeout=PATIENCE + 2
    )
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except BaseException:
        await runner.cleanup()
        raise
    return runner
