"""A small HTTP/1.1 server on loopback whose answers can also break off, stall or never end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> dict[str, object]:
        return json.loads(self.body or b"{}")


class Answer:
    """Writes one response in chunks; left unfinished, the connection is cut."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.finished = False

    async def start(self, status: int = 200, kind: str = "application/json", **headers: str) -> None:
        lines = [
            f"HTTP/1.1 {status} X",
            f"content-type: {kind}",
            "transfer-encoding: chunked",
            "connection: close",
        ]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        await self.raw("\r\n".join([*lines, "", ""]).encode())

    async def send(self, data: bytes | str) -> None:
        data = data.encode() if isinstance(data, str) else data
        await self.raw(b"%x\r\n%s\r\n" % (len(data), data))

    async def raw(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def finish(self) -> None:
        await self.raw(b"0\r\n\r\n")
        self.finished = True

    async def whole(self, status: int, body: object, kind: str = "application/json", **headers: str) -> None:
        await self.start(status, kind, **headers)
        await self.send(body if isinstance(body, bytes | str) else json.dumps(body))
        await self.finish()


Handler = Callable[[Asked, Answer], Awaitable[None]]


@dataclass
class Loopback:
    """The running server; `hung_up` is set when a client went away in the middle of an answer."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    hung_up: asyncio.Event = field(default_factory=asyncio.Event)


@asynccontextmanager
async def serve(handler: Handler) -> AsyncIterator[Loopback]:
    """Serve `handler` until the block ends, then cut every connection."""
    state = Loopback()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        try:
            while (asked := await _read(reader)) is not None:
                state.asked.append(asked)
                answer = Answer(writer)
                working = asyncio.ensure_future(handler(asked, answer))
                leaving = asyncio.ensure_future(reader.read(1))
                try:
                    await asyncio.wait({working, leaving}, return_when=asyncio.FIRST_COMPLETED)
                    if not working.done():
                        state.hung_up.set()
                        return
                    await working
                finally:
                    working.cancel()
                    leaving.cancel()
                    await asyncio.gather(working, leaving, return_exceptions=True)
                return  # one request a connection keeps the watch for a leaving client simple
        except (ConnectionError, asyncio.IncompleteReadError):
            state.hung_up.set()
        except asyncio.CancelledError:
            pass
        finally:
            tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    state.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield state
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(reader: asyncio.StreamReader) -> Asked | None:
    line = await reader.readline()
    if not line:
        return None
    method, path, _ = line.decode().split(" ", 2)
    headers: dict[str, str] = {}
    while (line := (await reader.readline()).decode().strip()) != "":
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Asked(method, path, headers, await reader.readexactly(int(headers.get("content-length", "0"))))
