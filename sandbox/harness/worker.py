"""The worker: the only process that loads the candidate. It answers the tester's requests, one by one.

Nothing here is a safeguard: whatever runs in this process belongs to the candidate. What protects a
verdict is that the tester takes every word of it for mere data.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from typing import Any

from sandbox.harness import operations
from sandbox.harness.cells import Cells
from sandbox.harness.channel import Channel, ChannelClosed, Message
from sandbox.harness.files import lay_out, search_path
from sandbox.harness.handles import Handles
from sandbox.harness.loops import Loops
from sandbox.harness.parcels import Parcels
from sandbox.harness.plain import CodecError
from sandbox.harness.surroundings import Surroundings
from sandbox.harness.visitors import Visitors


def run(request: dict[str, Any], channel: socket.socket, aside: int = -1) -> None:
    """Serve the candidate in `request` until the tester hangs up. What it prints is also written to
    `aside` until it is handed over."""
    lay_out(request["files"])
    sys.path[:0] = search_path(request["files"])
    sys.argv[:] = [""]
    Worker(Channel(channel), aside).serve()


FRAMES = 60  # of the interpreter's stack, for one question inside another


class Worker:
    """One conversation with the tester."""

    def __init__(self, channel: Channel, aside: int) -> None:
        self._channel = channel
        self._turn = threading.RLock()
        self._asked = 0
        self._depth = 0
        self._parcels = Parcels(channel, Cells(1))
        self.loops = Loops(self)
        self.visitors = Visitors(self.ask, self.loops.visit)
        self.handles = Handles(os.getcwd(), self.visitors)  # noqa: PTH109  # no Path: it lies apart
        self.patches = operations.Patches()
        self._surroundings = Surroundings(self.ask, aside)

    def serve(self) -> None:
        """Answer until there is nobody left to answer."""
        self._surroundings.install()
        try:
            while True:
                self._answer(self._channel.receive())
        except ChannelClosed:
            os._exit(0)

    def ask(self, message: Message, values: dict[str, Any]) -> Any:
        """Have the tester do something, and answer what it asks meanwhile."""
        if self._depth == 0:
            raise RuntimeError("the tests can only be called while they wait for an answer")
        with self._turn:
            self._asked += 1
            number = message["id"] = self._asked
            self._parcels.send(self.handles, message, {**values, "notes": self._surroundings.take() or None})
            while True:
                reply = self._channel.receive()
                if "op" in reply:
                    self._answer(reply)
                    continue
                decoder = self._parcels.open(self.handles, reply)
                if reply.get("id") != number:
                    raise RuntimeError("an answer to another question")
                if "error" in reply:
                    raise decoder.value(reply["error"])
                return decoder.value(reply["value"])

    def _answer(self, request: Message) -> None:
        self._depth += 1
        if self._depth > 1:  # what the conversation itself needs is not taken from the candidate's stack
            sys.setrecursionlimit(sys.getrecursionlimit() + FRAMES)
        try:
            values = {"value": self._do(request)}
        except ChannelClosed:
            raise
        except BaseException as error:
            values = {"error": error}
        with self._turn:
            self._reply({"id": request["id"]}, values)
        if "error" in values:
            values["error"].__traceback__ = None  # its frames hold arguments that nobody else does
        if self._depth > 1:
            sys.setrecursionlimit(sys.getrecursionlimit() - FRAMES)
        self._depth -= 1

    def _reply(self, reply: Message, values: dict[str, Any]) -> None:
        values["notes"] = self._surroundings.take() or None
        reply["free"] = self._parcels.cells.unreferenced()
        try:
            self._parcels.send(self.handles, reply, values)
        except CodecError as error:
            refusal = {"id": reply["id"], "free": reply["free"], "refused": str(error)}
            self._parcels.send(self.handles, refusal, {"notes": ()})

    def _do(self, request: Message) -> Any:
        decoder = self._parcels.open(self.handles, request)
        args, kwargs = decoder.value(request["args"]), decoder.value(request["kwargs"]) or {}
        del decoder  # it would hold the arguments, which then look as if the candidate kept them
        return operations.TABLE[request["op"]](self, request, args, kwargs)
