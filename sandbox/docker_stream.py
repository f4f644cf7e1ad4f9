"""A container's stdin and stdout as asyncio streams, out of Docker's attach connection."""

from __future__ import annotations

import asyncio
import os
import socket
import struct
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docker import APIClient

STREAM_HEADER = struct.Struct(">BxxxI")  # 1 stdout, 2 stderr; three bytes of nothing; length
STDERR = 2
STDERR_KEPT = 8192
READ_LIMIT = 1 << 20


class AttachProtocol(asyncio.StreamReaderProtocol):
    """Takes Docker's 8-byte headers off: stdout goes to the reader, the end of stderr is kept."""

    def __init__(self, reader: asyncio.StreamReader, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(reader, loop=loop)
        self._header = bytearray()
        self._left = 0
        self._stream = 0
        self.stderr = bytearray()

    def data_received(self, data: bytes) -> None:
        """Sort what arrived; headers and payloads may be cut anywhere."""
        view = memoryview(data)
        while view:
            if not self._left:
                wanted = STREAM_HEADER.size - len(self._header)
                self._header += view[:wanted]
                view = view[wanted:]
                if len(self._header) == STREAM_HEADER.size:
                    self._stream, self._left = STREAM_HEADER.unpack(self._header)
                    self._header.clear()
                continue
            payload = view[: self._left]
            view = view[self._left :]
            self._left -= len(payload)
            if self._stream == STDERR:
                self.stderr += payload
                del self.stderr[:-STDERR_KEPT]
            else:
                super().data_received(bytes(payload))


def attach(client: APIClient, container: str) -> socket.socket:
    """The raw connection to a container that is not yet started. Blocking."""
    wanted: dict[str, Any] = {"stdin": 1, "stdout": 1, "stderr": 1, "stream": 1}
    held = client.attach_socket(container, params=wanted)
    raw = getattr(held, "_sock", held)
    # Ours alone: the HTTP response closes its own when it is collected.
    ours = socket.socket(fileno=os.dup(raw.fileno()))
    held.close()
    ours.setblocking(False)
    return ours


async def open_streams(
    connection: socket.socket,
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter, AttachProtocol]:
    """asyncio streams over an attach connection; closing the writer closes it."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=READ_LIMIT, loop=loop)
    protocol = AttachProtocol(reader, loop)
    transport, _ = await loop.create_connection(lambda: protocol, sock=connection)
    return reader, asyncio.StreamWriter(transport, protocol, reader, loop), protocol
