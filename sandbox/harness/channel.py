"""The wire between tester and worker: whole JSON messages over a socket, capped in size and time."""

from __future__ import annotations

import math
import socket
import struct
from typing import Any

from sandbox.harness import frames

Message = dict[str, Any]

MAX_MESSAGE = 12 * 1024 * 1024
CHUNK = 64 * 1024


class ChannelClosed(Exception):
    """Nothing more can be said on this channel: the other side is gone, silent or talking nonsense."""


class Channel:
    """Sends and receives one message at a time. The first fault closes it for good.

    `seconds` is how long the other side may keep silent; the supervisor's clock is behind it.
    """

    def __init__(self, sock: socket.socket, seconds: float | None = None) -> None:
        self._sock = sock
        # One buffer, and the kernel's own time limit: a call a message where system calls are dear.
        self._piece = memoryview(bytearray(CHUNK))
        if seconds is not None:
            whole = math.floor(seconds)
            limit = struct.pack("@ll", whole, int((seconds - whole) * 1e6))
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, limit)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)
        self._decoder = frames.Decoder(MAX_MESSAGE)
        self._ready: list[Message] = []
        self.fault = ""

    def send(self, message: Message) -> None:
        """Put one message on the wire. Raises ChannelClosed, or FrameError if it is too large to send."""
        data = frames.encode(message, MAX_MESSAGE)
        self._guard(lambda: self._sock.sendall(data))

    def receive(self) -> Message:
        """The next message. Raises ChannelClosed."""
        while not self._ready:
            size = self._guard(lambda: self._sock.recv_into(self._piece))
            if not size:
                raise self._close("the candidate's process ended")
            try:
                self._ready = self._decoder.feed(self._piece[:size])
            except (frames.FrameError, MemoryError) as error:
                raise self._close(f"the candidate's process sent what is not a message: {error}") from None
        return self._ready.pop(0)

    def shut(self, why: str) -> ChannelClosed:
        """Close it on purpose; returns what to raise."""
        return self._close(why)

    def _guard(self, action: Any) -> Any:
        if self.fault:
            raise ChannelClosed(self.fault)
        try:
            return action()
        except BlockingIOError:
            raise self._close("the candidate's process did not answer in time") from None
        except OSError:
            raise self._close("the candidate's process ended") from None

    def _close(self, why: str) -> ChannelClosed:
        if not self.fault:
            self.fault = why
            self._sock.close()
        return ChannelClosed(self.fault)
