"""From what the user named to a list of problems."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from engine.errors import UsageError
from engine.evaluation.benchmarks import humaneval, humanevalfix, mbpp, own, quixbugs
from engine.evaluation.benchmarks.folder import load_folder
from engine.evaluation.benchmarks.sources import NAMED, find_source
from engine.evaluation.problem import Problem
from engine.evaluation.rows import Row, read_rows

FORMS: tuple[tuple[Callable[[Row], bool], Callable[[Row], Problem]], ...] = (
    (humanevalfix.fits, humanevalfix.load),
    (humaneval.fits, humaneval.load),
    (mbpp.fits, mbpp.load),
    (quixbugs.fits, quixbugs.load),
    (own.fits, own.load),
)


@dataclass(frozen=True)
class Benchmark:
    """Problems in their own order; `digest` is of the data they were read from."""

    name: str
    source: Path
    digest: str
    problems: tuple[Problem, ...]


def load_benchmark(name: str, data: Path | None, cache: Path) -> Benchmark:
    """The benchmark of that name, folder or file. Raises UsageError with the remedy.

    `data` is a local copy of a named one; without it the copy in `cache` is used, fetched once if need be.
    """
    if name in NAMED:
        return _from_file(name, data or find_source(name, cache))
    path = Path(name).expanduser()
    if data is not None:
        raise UsageError("--data belongs to a named benchmark", f"one of {', '.join(NAMED)}")
    if path.is_dir():
        problems = load_folder(path)
        return Benchmark(path.resolve().name, path.resolve(), _digest(problems), tuple(problems))
    if path.is_file():
        return _from_file(path.name.partition(".")[0], path)
    raise UsageError(
        f"there is no benchmark {name!r}", f"name a folder, a .jsonl file, or one of {', '.join(NAMED)}"
    )


def _from_file(name: str, path: Path) -> Benchmark:
    rows = read_rows(path)
    problems, seen = [], set()
    for number, row in rows.rows:
        where = f"line {number} of the benchmark {path}"
        try:
            problem = _loader(row)(row)
        except UsageError as error:
            raise UsageError(f"{where} cannot be used: {error.message}", error.remedy) from None
        if problem.id in seen:
            raise UsageError(f"{where} has the task {problem.id} a second time", "give each an id of its own")
        seen.add(problem.id)
        problems.append(problem)
    return Benchmark(name, path.resolve(), rows.digest, tuple(problems))


def _loader(row: Row) -> Callable[[Row], Problem]:
    for fits, load in FORMS:
        if fits(row):
            return load
    raise UsageError(
        f"its keys {', '.join(map(repr, sorted(row)[:8]))} are of no form that is known",
        'our own is {"task_id", "description", "function", "tests": {"test_solution.py": "..."}}',
    )


def _digest(problems: list[Problem]) -> str:
    return sha256(repr(problems).encode("utf-8", "surrogatepass")).hexdigest()
