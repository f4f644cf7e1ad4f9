"""Where patches that all pass the tests disagree: run side by side on inputs like those of the tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from engine.model import Task
from engine.providers.search.inputs import Arguments, inputs_of, nearby
from engine.workspace import Workspace
from sandbox.contract import Assurance, Job, Limits, Sandbox
from sandbox.errors import SandboxError

MOST = 8  # patches that are compared
_INPUTS = 80
_SECONDS = 0.7
_MARK = "answers of the patches: "
_LONGEST = 120
_LITTLE = 0.1  # what another patch of the same answers adds


@dataclass(frozen=True, slots=True)
class Table:
    """What each patch answers on each input: `answers[patch][input]` is a value's text, or how it failed."""

    function: str
    inputs: tuple[Arguments, ...]
    answers: tuple[tuple[str, ...], ...]

    def weigh(self, weights: Sequence[float]) -> list[float]:
        """For each patch the weight of the best that answers as it does, and a little of the others'.

        One idea can be written in many ways: that it is does not make it much likelier.
        """
        alike: dict[tuple[str, ...], list[float]] = {}
        for answers, weight in zip(self.answers, weights, strict=True):
            alike.setdefault(answers, []).append(weight)
        return [max(one) + _LITTLE * (sum(one) - max(one)) for one in (alike[a] for a in self.answers)]

    def doubt(self, patch: int) -> Doubt | None:
        """The shortest call that tells a patch from most of the others; None where none does."""
        here = self.answers[patch]
        best: tuple[int, int, int] | None = None
        for place, values in enumerate(self.inputs):
            others = [answers[place] for number, answers in enumerate(self.answers) if number != patch]
            apart = sum(answer != here[place] for answer in others)
            if apart and len(here[place]) < _LONGEST:
                best = max(best or (0, 0, 0), (apart, -len(repr(values)), place))
        if best is None:
            return None
        apart, _, place = best
        there = {answers[place]: None for answers in self.answers if answers[place] != here[place]}
        given = ", ".join(map(repr, self.inputs[place]))
        return Doubt(f"{self.function}({given})", here[place], tuple(there), apart)


@dataclass(frozen=True, slots=True)
class Doubt:
    """A call on which `apart` other patches differ: `here` is what this one answers, `there` what they do."""

    call: str
    here: str
    there: tuple[str, ...]
    apart: int

    def test(self) -> str:
        """The test that would keep this patch, as the user may want it (or its contrary)."""
        if self.here.startswith("raises "):
            return f"with pytest.raises({self.here.removeprefix('raises ')}): {self.call}"
        sign = "is" if self.here in {"None", "True", "False"} else "=="
        return f"assert {self.call} {sign} {self.here}"


async def compare(
    sandbox: Sandbox, task: Task, start: Workspace, function: str, texts: Sequence[str]
) -> Table | None:
    """Run the function of each text on the tests' inputs and others; None where that is not possible."""
    inputs = nearby(inputs_of(task.tests, function), _INPUTS)
    if not inputs or len(texts) < 2:
        return None
    job = Job(
        id=f"{task.id}-compare",
        files={**start.files, **_modules(task.target.file, texts)},
        tests={"test_compare.py": _test(task.target.file, function, inputs, len(texts)).encode()},
        limits=Limits(seconds=_SECONDS + 3, memory_mb=task.limits.memory_mb),
        requirements=task.requirements,
    )
    try:
        output = (await sandbox.execute(job, Assurance.IN_PROCESS)).output
    except SandboxError:
        return None
    return _read(output, function, inputs, len(texts))


def _modules(path: str, texts: Sequence[str]) -> Mapping[str, bytes]:
    place = PurePosixPath(path)
    return {
        str(place.with_name(f"{place.stem}_patch_{number}.py")): text.encode("utf-8", "surrogatepass")
        for number, text in enumerate(texts)
    }


def _test(path: str, function: str, inputs: Sequence[Arguments], count: int) -> str:
    module = ".".join(PurePosixPath(path).with_suffix("").parts)
    return (
        f"MODULES = [f'{module}_patch_{{n}}' for n in range({count})]\n"
        f"FUNCTION, MARK, SECONDS, LONGEST = {function!r}, {_MARK!r}, {_SECONDS}, {_LONGEST}\n"
        f"INPUTS = {list(inputs)!r}\n{_RUNNER}"
    )


def _read(output: str, function: str, inputs: Sequence[Arguments], count: int) -> Table | None:
    """The table that the test printed; it ran beside the patches, so none of it is taken on trust."""
    _, found, rest = output.rpartition(_MARK)
    try:
        rows = json.loads(rest.splitlines()[0]) if found and rest else None
    except ValueError:
        return None
    if not isinstance(rows, list) or len(rows) != count or not all(isinstance(row, list) for row in rows):
        return None
    size = min(len(row) for row in rows)
    answers = tuple(tuple(str(answer) for answer in row[:size]) for row in rows)
    return Table(function, tuple(inputs[:size]), answers) if size else None


_RUNNER = """
import copy, importlib, json, signal, time


class TooLong(BaseException):
    pass


def stop(*_):
    raise TooLong


def answer(function, values):
    signal.setitimer(signal.ITIMER_REAL, 0.1)
    try:
        text = repr(function(*copy.deepcopy(values)))
    except TooLong:
        text = "too long"
    except Exception as error:
        text = "raises " + type(error).__name__
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return text if len(text) <= 4 * LONGEST else text[: 4 * LONGEST] + "..."


def test_compare():
    signal.signal(signal.SIGALRM, stop)
    functions = [getattr(importlib.import_module(name), FUNCTION) for name in MODULES]
    rows, until = [[] for _ in functions], time.monotonic() + SECONDS
    for values in INPUTS:
        found = [answer(function, values) for function in functions]
        for row, text in zip(rows, found):
            row.append(text)
        if time.monotonic() > until:
            break
    print("\\n" + MARK + json.dumps(rows))
"""
