"""The tester's side of the conversation with the worker, every word of which is mere data."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any, Protocol

from sandbox.harness import doubts
from sandbox.harness.cells import Cells
from sandbox.harness.channel import Channel, ChannelClosed, Message
from sandbox.harness.codec import Foreign
from sandbox.harness.decoder import Decoder
from sandbox.harness.notes import Notes
from sandbox.harness.parcels import Parcels
from sandbox.harness.plain import CodecError, need

MOST_NESTED = 400
FRAMES = 60  # of the interpreter's stack, for one question inside another


class WorkerDied(BaseException):
    """The candidate's process is gone or cannot be talked to. No test that meets it passes."""


class Unsealable(BaseException):
    """The tests do something that only works with the candidate in their own process."""


class NotTransferable(Exception):
    """A value that cannot be handed from one process to the other."""


class Translator(Foreign, Protocol):
    """How values that are not plain are written and read here."""

    lenient: bool

    async def follow(self, number: int) -> Any: ...


class Server(Protocol):
    """What does what the worker asks for."""

    def perform(self, message: Message, decoder: Decoder) -> Any: ...


class Session:
    """Asks the worker, one question at a time, and serves what it asks back."""

    def __init__(self, channel: Channel, report: Callable[[dict[str, Any]], None]) -> None:
        self._channel = channel
        self._report = report
        self._parcels = Parcels(channel, Cells(0))
        self._lock = threading.RLock()
        self._freed: list[int] = []
        self._warned: set[str] = set()
        self.asked = 0
        self._depth = 0
        self._notes = Notes()
        self.translator: Translator
        self.server: Server
        self.fault = ""
        self.why_unsealable = ""
        self.before_request: Callable[[], None] = lambda: None
        self.check_argument: Callable[[Any], None] = lambda value: None
        self.imported: set[str] = set()
        self.in_test = False
        self.served = False  # the worker had something done here
        self.in_control = True

    def warn(self, text: str) -> None:
        """Tell once what had to be trusted."""
        if text not in self._warned and len(self._warned) < 200:
            self._warned.add(text)
            self._report({"kind": "warning", "text": text[:300]})

    def unsealable(self, why: str) -> Unsealable:
        """Tell that the tests cannot be sealed; returns what to raise."""
        if not self.why_unsealable:
            self.why_unsealable = why
            self._report({"kind": "unsealable", "why": why[:300]})
        return Unsealable(why)

    def request(
        self, op: str, on: int = 0, name: str = "", args: Any = (), kwargs: Any = None, **more: Any
    ) -> Any:
        """What the worker answers. Raises what the candidate raised, and WorkerDied."""
        with self._lock:
            if self.fault:
                raise WorkerDied(self.fault)
            if self._depth >= MOST_NESTED:
                raise RecursionError("maximum recursion depth exceeded between tests and candidate")
            for value in (*args, *(kwargs or {}).values()):
                self.check_argument(value)
            if op not in ("patch", "environ", "seed"):
                self.before_request()
            self.asked += 1
            number = self.asked
            message: Message = {"id": number, "op": op, "on": on, "name": name, **more}
            self._depth += 1
            if self._depth > 1:
                sys.setrecursionlimit(sys.getrecursionlimit() + FRAMES)
            try:
                self._send(message, {"args": tuple(args), "kwargs": kwargs or None})
                return self._await(number, op, name)
            except ChannelClosed as error:
                raise self._die(str(error)) from None
            finally:
                if self._depth > 1:
                    sys.setrecursionlimit(sys.getrecursionlimit() - FRAMES)
                self._depth -= 1

    def _die(self, why: str) -> WorkerDied:
        if not self.fault:
            self.fault = why
        return WorkerDied(self.fault)

    def _send(self, message: Message, values: dict[str, Any]) -> None:
        cells = self._parcels.cells
        idle = cells.unreferenced()
        changed = {number for number, _ in cells.changed(idle)}  # what was done to them is still to be told
        drop = list(dict.fromkeys([*self._freed, *(number for number in idle if number not in changed)]))
        self._parcels.cells.forget(drop)
        self._freed = []
        self.in_control = False
        try:
            self._parcels.send(self.translator, message, values, drop)
        except CodecError as error:
            self._freed = drop
            raise NotTransferable(str(error)) from None
        finally:
            self.in_control = True

    def _receive(self) -> tuple[Message, Decoder]:
        self.in_control = False
        try:
            message = self._channel.receive()
        finally:
            self.in_control = True
        try:
            decoder = self._parcels.open(self.translator, message, self._touched)
            free = message.get("free", [])
            need(type(free) is list and all(type(n) is int for n in free), "a list of numbers expected")
            self._parcels.cells.forget(free)
            self._freed += free
            return message, decoder
        except (CodecError, ValueError, TypeError, KeyError, RecursionError, MemoryError) as error:
            raise self._channel.shut(f"the candidate's process sent nonsense: {error}") from None

    def _await(self, number: int, op: str, name: str) -> Any:
        while True:
            message, decoder = self._receive()
            if "ask" in message:
                self._serve(message, decoder)
                continue
            try:
                need(
                    message.get("id") == number and type(message["id"]) is int,
                    "an answer to another question",
                )
                notes = decoder.value(message.get("notes"))
                failed = "error" in message
                value = (
                    None if "refused" in message else decoder.value(message["error" if failed else "value"])
                )
                need(not failed or issubclass(type(value), BaseException), "an error expected")
            except (CodecError, KeyError) as error:
                raise self._channel.shut(f"the candidate's process sent nonsense: {error}") from None
            self._notes.heed(notes)
            if "refused" in message:
                raise NotTransferable(str(message["refused"])[:300])
            doubt = doubts.of_error(op, name, value) if failed else doubts.of_value(value)
            if doubt:
                self.warn(doubt)
            if failed:
                raise value  # type: ignore[misc]  # checked above
            return value

    def _serve(self, message: Message, decoder: Decoder) -> None:
        self.served = True
        reply: Message = {"id": message.get("id")}
        try:
            self._notes.heed(decoder.value(message.get("notes")))
            values = {"value": self.server.perform(message, decoder)}
        except (WorkerDied, Unsealable, ChannelClosed, KeyboardInterrupt):
            raise
        except BaseException as error:
            values = {"error": error}
            if isinstance(error, AssertionError):
                self.warn("callback-assertion: an assertion failed in a function that the candidate called")
        self.translator.lenient = True
        try:
            self._send(reply, values)
        except NotTransferable as error:
            self._send(reply, {"error": TypeError(str(error))})
        finally:
            self.translator.lenient = False

    def _touched(self, number: int) -> None:
        mine = self._parcels.cells.is_mine(number)
        self.warn("argument-mutated" if mine else "result-mutated")
