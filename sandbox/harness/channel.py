"""The wire between tester and worker: whole JSON messages over a socket, capped in size and time."""

from __future__ import annotations

import socket
import time
from typing import Any

from sandbox.harness import frames

Message = dict[str, Any]

MAX_MESSAGE = 12 * 1024 * 1024
CHUNK = 256 * 1024


class ChannelClosed(Exception):
    """Nothing more can be said on this channel: the other side is gone, silent or talking nonsense."""


class Channel:
    """Sends and receives one message at a time. The first fault closes it for good."""

    def __init__(self, sock: socket.socket, deadline: float | None = None) -> None:
        self._sock = sock
        self._deadline = deadline
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
            data = self._guard(lambda: self._sock.recv(CHUNK))
            if not data:
                raise self._close("the candidate's process ended")
            try:
                self._ready = self._decoder.feed(data)
            except (frames.FrameError, MemoryError) as error:
                raise self._close(f"the candidate's process sent what is not a message: {error}") from None
        return self._ready.pop(0)

    def shut(self, why: str) -> ChannelClosed:
        """Close it on purpose; returns what to raise."""
        return self._close(why)

    def _guard(self, action: Any) -> Any:
        if self.fault:
            raise ChannelClosed(self.fault)
        if self._deadline is not None:
            self._sock.settimeout(max(0.001, self._deadline - time.monotonic()))
        try:
            return action()
        except TimeoutError:
            raise self._close("the candidate's process did not answer in time") from None
        except OSError:
            raise self._close("the candidate's process ended") from None

    def _close(self, why: str) -> ChannelClosed:
        if not self.fault:
            self.fault = why
            self._sock.close()
        return ChannelClosed(self.fault)
