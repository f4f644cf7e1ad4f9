"""The supervisor's line to its host: requests from stdin, answers on stdout, as frames."""

from __future__ import annotations

import os
import signal
from collections import deque
from typing import Protocol

from sandbox.harness.frames import Decoder, Frame, FrameError, encode
from sandbox.harness.loop import Loop

_PIECE = 256 * 1024


class Cancel(Protocol):
    """Ends the execution of a request if it is under way; of any request for None."""

    def __call__(self, target: object, why: str) -> None: ...


class Host:
    """Requests that wait their turn. Pings and cancellations do not: they are answered as they come."""

    def __init__(self, loop: Loop, cancel: Cancel) -> None:
        self.gone = False
        self.requests: deque[Frame] = deque()
        self._loop, self._cancel = loop, cancel
        self._decoder = Decoder()
        # Frames get a descriptor of their own: whatever prints by mistake prints to stderr.
        self._stdin, self._stdout = os.dup(0), os.dup(1)
        null = os.open("/dev/null", os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(2, 1)
        os.close(null)
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        os.set_blocking(self._stdin, False)
        loop.on_readable(self._stdin, self._listen)

    def answer(self, frame: Frame) -> None:
        """Send a frame; a host that does not listen any more is gone."""
        rest = memoryview(encode(frame))
        try:
            while rest:
                rest = rest[os.write(self._stdout, rest) :]
        except BrokenPipeError:
            self.gone = True

    def answer_shortly(self, frame: Frame) -> None:
        """Send a frame with a result; one that is too large for a frame without what can be long."""
        try:
            self.answer(frame)
        except FrameError:
            self.answer({**frame, "result": _bare(frame["result"])})

    def _listen(self) -> None:
        data = os.read(self._stdin, _PIECE)
        if not data:
            self._loop.release(self._stdin)
            self.gone = True
            self._cancel(None, "the host is gone")
        for frame in self._decoder.feed(data):
            if frame.get("op") == "ping":
                self.answer({"id": frame.get("id"), "pong": True})
            elif frame.get("op") == "cancel":
                self._call_off(frame.get("target"))
                self.answer({"id": frame.get("id"), "cancelled": frame.get("target")})
            else:
                self.requests.append(frame)

    def _call_off(self, target: object) -> None:
        if target is not None:
            self._cancel(target, "cancelled")
        for request in [waiting for waiting in self.requests if waiting.get("id") == target]:
            self.requests.remove(request)
            self.answer({"id": target, "fault": "cancelled before it began"})


def _bare(result: Frame) -> Frame:
    """A result without texts. What came of tests is among them, so nothing is left that could pass."""
    if "scripts" in result:
        return {**result, "scripts": [{**row, "error": None, "output": ""} for row in result["scripts"]]}
    cut: Frame = {"verdict": "killed", "ended": "report limit", "tests": [], "error": None}
    return {**result, **cut, "output": "", "warnings": []}
