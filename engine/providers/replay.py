"""A recorded run as a provider: attempt n gets completion n, offline and the same every time."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncGenerator, Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError

from engine.errors import Exhausted, UsageError
from engine.providers.base import Chunk, Done, Request, Text

MAX_RECORDING = 256 * 1024 * 1024


class Recorded(BaseModel):
    """One line of a recording; other keys are left alone."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True)

    task_id: str
    completions: tuple[str, ...]
    given_tests: tuple[str, ...] = ()
    model: str = ""


def read_recording(path: Path) -> dict[str, Recorded]:
    """The lines of a `.jsonl` or `.jsonl.gz` file by task id; raises UsageError with the line at fault."""
    lines = {recorded.task_id: recorded for recorded in recorded_lines(path)}
    if not lines:
        raise UsageError(
            f"the recording {path} is empty", "name a .jsonl or .jsonl.gz file with one line a task"
        )
    return lines


def recorded_lines(path: Path) -> Iterator[Recorded]:
    """The lines of a recording in their order; raises UsageError with the line at fault."""
    for number, line in enumerate(_read(path).split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            recorded = Recorded.model_validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            where = ".".join(str(part) for part in first["loc"])
            said = f"{where}: {first['msg']}" if where else first["msg"]
            raise UsageError(
                f"line {number} of the recording {path} cannot be used: {said}",
                'a line is {"task_id": "...", "completions": ["..."], "given_tests": ["..."]}',
            ) from None
        yield recorded


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            with gzip.GzipFile(fileobj=raw) if packed else nullcontext(raw) as stream:
                data = stream.read(MAX_RECORDING + 1)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UsageError(
            f"cannot read the recording {path}: {reason}", "check the path given to --recording"
        ) from None
    if len(data) > MAX_RECORDING:
        raise UsageError(f"the recording {path} is over {MAX_RECORDING >> 20} MB", "split it")
    return data


class ReplayProvider:
    """Gives a recording's completions in order; a recording of one line serves any task."""

    name = "replay"
    endpoint = "this machine"
    local = True
    uses_prompt = False

    def __init__(self, recording: Path, model: str = "") -> None:
        self._path = recording
        self._lines: dict[str, Recorded] | None = None
        self.model = model or recording.name

    @classmethod
    def of(cls, line: Recorded, model: str = "") -> Self:
        """A provider of one line that is at hand already; it serves any task."""
        provider = cls(Path(line.task_id), model or line.model or "recorded")
        provider._lines = {line.task_id: line}
        return provider

    async def _line(self, task: str) -> Recorded:
        if self._lines is None:
            self._lines = await asyncio.to_thread(read_recording, self._path)
        if len(self._lines) == 1:
            return next(iter(self._lines.values()))
        if task not in self._lines:
            raise Exhausted(f"the recording {self._path.name} has no task {task!r}", f"it has {self._some()}")
        return self._lines[task]

    def _some(self) -> str:
        ids = list(self._lines or ())
        return ", ".join(ids[:3]) + (f" and {len(ids) - 3} more" if len(ids) > 3 else "")

    async def complete(self, request: Request) -> AsyncGenerator[Chunk, None]:
        """The recorded completion of this number; Exhausted after the last one."""
        line = await self._line(request.task.id)
        if request.number > len(line.completions):
            count = len(line.completions)
            raise Exhausted(
                f"the recording has {count} completion{'' if count == 1 else 's'} for {line.task_id}"
            )
        yield Text(line.completions[request.number - 1])
        yield Done(note=f"completion {request.number} of {len(line.completions)} recorded for {line.task_id}")

    async def check(self) -> str:
        """How much the recording holds; raises UsageError when it cannot be read."""
        lines = await asyncio.to_thread(read_recording, self._path)
        count = sum(len(line.completions) for line in lines.values())
        return f"{self._path.name}: {len(lines)} tasks, {count} completions"

    async def close(self) -> None:
        """Nothing is held."""
