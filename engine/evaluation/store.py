"""An evaluation's folder: its plan and its results, safe against a kill at any moment."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from engine.atomic_file import replace_file
from engine.errors import CoderTuiError, UsageError
from engine.evaluation.plan import Plan, plan_from_json
from engine.evaluation.unit import UnitResult, result_adapter
from sandbox.contract import Verdict

PLAN = "evaluation.json"
RESULTS = "results.jsonl"


class Store:
    """Results as lines of a file, in the order in which they came; sorted once all of them are there.

    A context manager that holds the folder against other processes. What was half written when a process
    was killed is cut off on opening: that unit is done again, and no other.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held = -1
        self._file = -1

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._held = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self.__exit__(None, None, None)
            raise UsageError(
                f"another process is evaluating in {self.folder}", "wait for it, or name another --out"
            ) from None
        except OSError as error:
            self.__exit__(None, None, None)
            raise UsageError(
                f"{self.folder} cannot be used: {error.strerror}", "name another --out"
            ) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in ("_file", "_held"):
            if getattr(self, name) >= 0:
                os.close(getattr(self, name))
                setattr(self, name, -1)

    def begin(self, plan: Plan, resume: bool) -> Plan:
        """Take up a plan, or go on with the one that is there; the plan that holds. Raises UsageError."""
        path = self.folder / PLAN
        if path.exists():
            if not resume:
                raise UsageError(
                    f"there is an evaluation in {self.folder}", "add --resume to go on, or name another --out"
                )
            before = plan_from_json(path.read_bytes(), str(path))
            if different := plan.differences(before):
                raise UsageError(
                    f"the evaluation in {self.folder} is another one: {'; '.join(different[:4])}",
                    "resume it as it was begun, or name another --out",
                )
            plan = before
        else:
            replace_file(path, plan.to_json().encode())
        self._file = os.open(self.folder / RESULTS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        self._cut_torn_line()
        return plan

    def rewrite_plan(self, plan: Plan) -> None:
        """Keep a plan that has learnt something since it was begun."""
        replace_file(self.folder / PLAN, plan.to_json().encode())

    def add(self, result: UnitResult) -> None:
        """Keep one result; it outlives this process once this returns. Raises CoderTuiError."""
        line = line_of(result)
        try:
            written = 0
            while written < len(line):
                written += os.write(self._file, line[written:])
        except OSError as error:
            raise CoderTuiError(
                f"{self.folder / RESULTS} cannot be written: {error.strerror}", "make room, then --resume"
            ) from None

    def done(self) -> set[str]:
        """The keys of the units that need not be done again; one that a fault of ours ended does."""
        return {result.key for result in self.results() if result.verdict != Verdict.INFRASTRUCTURE}

    def results(self) -> Iterator[UnitResult]:
        """The results as they stand on the disk; of a unit that was done again the later one comes later."""
        return read_results(self.folder)

    def sort(self, keys: Sequence[str]) -> None:
        """Bring the lines into the plan's order, the last of each unit; whole or not at all."""
        path = self.folder / RESULTS
        places: dict[str, tuple[int, int]] = {}
        at = 0
        with path.open("rb") as stream:
            for line in stream:
                places[result_adapter.validate_json(line).key] = (at, len(line))
                at += len(line)
            ordered = [places[key] for key in keys if key in places]
            if at == sum(size for _, size in ordered) and ordered == sorted(ordered):
                return
            fresh = path.with_name(f".{RESULTS}.sorted")
            with fresh.open("wb") as out:
                for start, size in ordered:
                    stream.seek(start)
                    out.write(stream.read(size))
                out.flush()
                os.fsync(out.fileno())
        fresh.replace(path)

    def _cut_torn_line(self) -> None:
        size = os.fstat(self._file).st_size
        end = size
        while end > 0:
            begin = max(0, end - 65536)
            newline = os.pread(self._file, end - begin, begin).rfind(b"\n")
            if newline >= 0:
                end = begin + newline + 1
                break
            end = begin
        os.ftruncate(self._file, end)
        os.lseek(self._file, end, os.SEEK_SET)


def line_of(result: UnitResult) -> bytes:
    """A result as a line of the file; text that no file can hold (half a surrogate pair) is replaced."""
    try:
        return result_adapter.dump_json(result) + b"\n"
    except ValueError:
        import json

        plain = result_adapter.dump_python(result, mode="json")
        return json.dumps(plain, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def read_plan(folder: Path) -> Plan:
    """The plan of an evaluation that is there. Raises UsageError."""
    path = folder / PLAN
    try:
        return plan_from_json(path.read_bytes(), str(path))
    except OSError as error:
        raise UsageError(f"{folder} holds no evaluation: {error.strerror}", "name its folder") from None


def read_results(folder: Path) -> Iterator[UnitResult]:
    """The results of an evaluation, line by line. Raises UsageError for a line that is none."""
    path = folder / RESULTS
    try:
        with path.open("rb") as stream:
            for number, line in enumerate(stream, 1):
                try:
                    yield result_adapter.validate_json(line)
                except ValueError:
                    raise UsageError(
                        f"line {number} of {path} is no result", "remove it, then --resume does it again"
                    ) from None
    except FileNotFoundError:
        return
