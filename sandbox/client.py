"""The host's end of a supervisor: frames over two streams, one execution at a time."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, Sequence

from sandbox import wire
from sandbox.contract import Assurance, Execution, Isolation, Job, Limits, Screened, ScreenJob, Script
from sandbox.errors import SandboxLost, SandboxStartFailed
from sandbox.harness.frames import HEADER, MAX_FRAME, Frame, FrameError, decode, encode
from sandbox.harness.requests import SCREEN_SECONDS

START_SECONDS = 60.0
GRACE_SECONDS = 20.0  # on top of what the supervisor itself allows
CANCEL_SECONDS = 8.0


class SupervisorClient:
    """Speaks to one supervisor; `suspicions` says why its sandbox should be thrown away, if it should."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, isolation: Isolation
    ) -> None:
        self.suspicions: list[str] = []
        self.executions = 0
        self.versions: dict[str, str] = {}
        self._reader, self._writer, self._isolation = reader, writer, isolation
        self._lock = asyncio.Lock()
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Queue[Frame | None]] = {}
        self._listener: asyncio.Task[None] | None = None

    async def ready(self, seconds: float = START_SECONDS) -> dict[str, str]:
        """Wait for the supervisor's first word: versions of python, pytest and harness.

        Raises SandboxStartFailed.
        """
        try:
            async with asyncio.timeout(seconds):
                hello = await self._receive()
        except (TimeoutError, EOFError, ConnectionError, FrameError) as error:
            why = f"{error}" or type(error).__name__
            raise SandboxStartFailed(f"the sandbox's supervisor did not come up: {why}") from error
        if not hello.get("ready"):
            raise SandboxStartFailed("the sandbox's supervisor began with something else than ready")
        self.versions = {key: str(hello.get(key, "")) for key in ("python", "pytest", "harness")}
        self._listener = asyncio.create_task(self._listen())
        return self.versions

    async def execute(self, job: Job, assurance: Assurance) -> Execution:
        """Run the tests once. Raises SandboxLost, SandboxError, JobRefused; cancelling ends it inside too."""
        request = {"op": "execute", "assurance": assurance.value, **wire.job_fields(job)}
        # twice: what cannot be sealed is run again in-process
        seconds = 2 * job.limits.seconds + GRACE_SECONDS
        async with self._lock:
            answer = await self._ask_once(request, seconds)
        self._note(answer["result"])
        return wire.execution(answer["result"], self._isolation)

    async def run_scripts(self, scripts: Sequence[Script], limits: Limits) -> tuple[Execution, ...]:
        """One execution a script. Raises SandboxLost, SandboxError, JobRefused; cancelling ends it inside."""
        request = {"op": "scripts", **wire.script_fields(scripts, limits)}
        # Each alone at the worst, and every batch once more before that.
        seconds = 2 * len(scripts) * limits.seconds + GRACE_SECONDS
        async with self._lock:
            answer = await self._ask_once(request, seconds)
        self._note(answer["result"])
        return wire.script_executions(answer["result"], scripts, self._isolation)

    async def screen(self, job: ScreenJob) -> AsyncGenerator[Screened, None]:
        """Try variants, yielding as they end; closing the iterator ends it inside too."""
        request = {"op": "screen", **wire.screen_fields(job)}
        asked = self._ask(request, SCREEN_SECONDS + GRACE_SECONDS)
        async with self._lock, contextlib.aclosing(asked) as answers:
            async for answer in answers:
                if "screened" in answer:
                    for result in wire.screened(answer["screened"], len(job.variants)):
                        yield result
                else:
                    self._note(answer)

    async def ping(self, seconds: float = 5.0) -> bool:
        """Whether the supervisor answers."""
        try:
            return bool((await self._ask_once({"op": "ping"}, seconds)).get("pong"))
        except SandboxLost:
            return False

    async def close(self) -> None:
        """Close both streams; a supervisor whose stdin ends ends itself. Never raises."""
        if self._listener:
            self._listener.cancel()
        with contextlib.suppress(OSError, RuntimeError):
            self._writer.close()

    async def _ask_once(self, request: Frame, seconds: float) -> Frame:
        async with contextlib.aclosing(self._ask(request, seconds)) as answers:
            return await anext(answers)

    async def _ask(self, request: Frame, seconds: float) -> AsyncGenerator[Frame, None]:
        number = next(self._ids)
        answers: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._answers[number] = answers
        ended = False
        try:
            await self._send({**request, "id": number})
            while not ended:
                # Not wait_for: in Python 3.11 an answer that comes as we are cancelled hides that we are.
                async with asyncio.timeout(seconds):
                    answer = await answers.get()
                ended = answer is None or "screened" not in answer
                if answer is None:
                    raise SandboxLost("the sandbox went away in the middle of an execution")
                if "fault" in answer:
                    raise wire.fault(answer)
                yield answer
        except TimeoutError as error:
            ended = True
            raise SandboxLost(f"the sandbox did not answer within {seconds:g} s") from error
        finally:
            if not ended:
                await self._cancel(number, answers)
            self._answers.pop(number, None)

    async def _cancel(self, number: int, answers: asyncio.Queue[Frame | None]) -> None:
        """Have it ended inside and wait for its last word, so that the sandbox is free again."""

        async def last_word() -> None:
            await self._send({"op": "cancel", "target": number, "id": next(self._ids)})
            while (answer := await answers.get()) is not None and "screened" in answer:
                pass

        try:
            async with asyncio.timeout(CANCEL_SECONDS):
                await asyncio.shield(asyncio.ensure_future(last_word()))
        except (TimeoutError, SandboxLost):
            self.suspicions.append("a cancelled execution did not end")

    def _note(self, result: Frame) -> None:
        self.executions += 1
        self.suspicions += [str(why) for why in result.get("suspicions", [])]

    async def _send(self, frame: Frame) -> None:
        try:
            self._writer.write(encode(frame))
            await self._writer.drain()
        except (OSError, RuntimeError) as error:
            raise SandboxLost(f"the sandbox does not take requests: {error}") from error

    async def _receive(self) -> Frame:
        (length,) = HEADER.unpack(await self._reader.readexactly(HEADER.size))
        if length > MAX_FRAME:
            raise FrameError(f"a frame of {length} bytes is over the cap")
        return decode(await self._reader.readexactly(length))

    async def _listen(self) -> None:
        """Hand every answer to whoever asked; at the end tell them all."""
        try:
            while True:
                frame = await self._receive()
                queue = self._answers.get(frame.get("id", 0))
                if queue:
                    queue.put_nowait(frame)
        except (EOFError, OSError, FrameError):
            self.suspicions.append("the supervisor is gone")
        finally:
            for queue in self._answers.values():
                queue.put_nowait(None)
