"""One execution as the supervisor sees it: children, pipes, clock, caps, and the end of it all."""

from __future__ import annotations

import time
from collections.abc import Callable

from sandbox.harness import processes, reports
from sandbox.harness.frames import Decoder, Frame, FrameError
from sandbox.harness.loop import Loop
from sandbox.harness.output import Aside, HeadAndTail
from sandbox.harness.requests import BEGUN, DONE
from sandbox.harness.seat import Seat
from sandbox.harness.source import Source
from sandbox.harness.stage import Stage
from sandbox.harness.verdict import Seen

POLL_SECONDS = 0.1
GLANCE_SECONDS = 0.03  # between two looks at the reports, that nobody is woken for
FLOOD = 64  # times the output that is kept: more than this is an attack, not a log
MAX_REPORTS = 64 * 1024 * 1024
_LAST_PIECES = 64
# What the kernel keeps behind a descriptor, as a socket's buffers, is in no process's memory. This bounds it
# where no control group counts it.
MAX_DESCRIPTORS = 2048
WORKER_SECONDS = 0.3  # a worker's end may be heard of after the tester's, which met it first


class SetupFailed(RuntimeError):
    """A child failed before it came to the candidate or the tests: never their doing."""


class Execution:
    """Runs the children of one request until they are gone; `seen` tells what happened.

    `forward` gets the reports as they come, instead of `seen`.
    """

    def __init__(
        self, loop: Loop, stage: Stage, request: Frame, forward: Callable[[Frame], None] | None = None
    ) -> None:
        self.seen = Seen()
        self.peak = 0
        self.suspicions: list[str] = []
        self._loop, self._stage, self._request = loop, stage, request
        self._forward = forward
        self._limits: dict[str, float] = request["limits"]
        self.output = HeadAndTail(int(self._limits["output_kb"]) << 10)
        self._aside = Aside()
        self._decoder = Decoder()
        self._reported = self._begun = 0
        self._sources: list[Source] = []
        self._unwatched: list[Source] = []
        self._children = stage.children
        self.staying: Seat | None = None

    def run(self, seconds: float) -> None:
        """See the children off within `seconds`; the end of the first is the end of all."""
        deadline = time.monotonic() + seconds
        poll = time.monotonic() + POLL_SECONDS
        main = self._children[0]
        while not main.gone and not self.staying and not self.seen.stopped:
            now = time.monotonic()
            if now >= deadline:
                self.stop("timeout", f"wall clock {seconds:g} s")
            elif now >= poll:
                self._poll()
                poll = time.monotonic() + POLL_SECONDS
            else:
                self._loop.turn(min(poll, deadline, now + GLANCE_SECONDS) - now)
                for source in self._unwatched:
                    source.catch_up(1)
        self._bury()

    def stop(self, verdict: str, words: str) -> None:
        """End it now, for this reason; the first reason counts."""
        if self.seen.stopped is None:
            self.seen.stopped = (verdict, words)

    def begin(self) -> None:
        """Let the children read their requests."""
        for seat in self._stage.seats:
            for descriptor, take in (
                (seat.output, self._take_output),
                (seat.begun, self._take_begun),
                (seat.reports, self._take_reports),
                (seat.aside, self._aside.add),
            ):
                if descriptor >= 0:
                    watched = descriptor != seat.reports or self._forward is not None
                    self._sources.append(Source(self._loop, descriptor, take, watched))
                    self._unwatched += [] if watched else self._sources[-1:]
        self._stage.begin(self._request)

    def _take_output(self, data: bytes) -> None:
        self.output.add(data)
        limit = int(self._limits["output_kb"]) * FLOOD
        if self.output.total > limit << 10:
            self.stop("killed", f"output limit {limit} KB")

    def _take_begun(self, data: bytes) -> None:
        self._begun += data.count(BEGUN)
        if DONE in data:
            for source in self._unwatched:
                source.catch_up(_LAST_PIECES)

    def _take_reports(self, data: bytes) -> None:
        self._reported += len(data)
        if self._reported > MAX_REPORTS:
            self.stop("killed", "report limit")
            return
        try:
            for message in self._decoder.feed(data):
                (self._forward or self._take)(message)
        except FrameError as error:
            self.seen.malformed = f"the report is malformed: {error}"
            self.stop("tampered", self.seen.malformed)

    def _take(self, message: Frame) -> None:
        if why := reports.flaw(message):
            raise FrameError(why)
        if len(self.seen.messages) >= reports.MOST:
            self.stop("killed", "report limit")
            return
        self.seen.messages.append(message)
        # What a tester alone may say, a candidate that shares a process with its tests could say as well.
        tester = self._children[0].role == "tester"
        if message["kind"] == "unsealable":
            if not tester:
                raise FrameError("a process that is not sealed says that it cannot be")
            self.stop("unsealable", message["why"])
        elif message["kind"] == "done" and not self.seen.lost_worker():
            if message.get("stays") and tester and self._request.get("stay"):
                self.staying = self._stage.seats[0]
            for child in self._children[1:]:
                child.home.kill(child)  # while the tester leaves: two ends take as long as one

    def _poll(self) -> None:
        alive = [child for child in self._children if child.pid and not child.gone]
        baselines = {child.uid: processes.resident(child.home.zygote_pid) for child in alive}
        survey = processes.survey({child.pid for child in alive}, baselines)
        self.peak = max(self.peak, survey.memory)
        memory, allowed = int(self._limits["memory_mb"]), int(self._limits["processes"])
        if survey.memory > memory << 20:
            self.stop("out_of_memory", f"memory limit {memory} MB")
        elif survey.count > allowed + len(alive):
            self.stop("killed", f"process limit {allowed}")
        elif survey.descriptors > MAX_DESCRIPTORS:
            self.stop("killed", f"descriptor limit {MAX_DESCRIPTORS}")

    def _bury(self) -> None:
        """Everything that is still there ends here, and what was still in the pipes is read."""
        main, *others = self._children
        deadline = time.monotonic() + WORKER_SECONDS
        while self.seen.lost_worker() and not all(child.gone for child in others):
            if time.monotonic() > deadline:
                break  # it lives, and talked nonsense
            self._loop.turn(deadline - time.monotonic())
        self.seen.worker = next((child.status for child in others if child.gone), None)
        if self.seen.stopped:
            self.staying = None
        self._stage.end(self.staying)
        for source in self._sources:
            source.drain(_LAST_PIECES)
        self.output.add(self._aside.left())
        self.seen.main = 0 if self.staying else main.status
        self._note_suspicions()
        self.peak = max(self.peak, *(child.peak_kb << 10 for child in self._children))
        # A worker that nobody asked anything may be ended before it has read its request.
        if self._begun < len(self._children) and not self.seen.stopped and not self.seen.of_kind("done"):
            why = " ".join(self.output.text().split())[-400:]
            raise SetupFailed(f"a child could not be confined: {why}")

    def _note_suspicions(self) -> None:
        if self.seen.stopped and self.seen.stopped[0] != "unsealable":
            self.suspicions.append(self.seen.stopped[1])
        if any(child.left_processes for child in self._children):
            self.suspicions.append("processes left over")
        if not all(seat.child.gone for seat in self._stage.seats if seat is not self.staying):
            self.suspicions.append("a child that cannot be killed")
