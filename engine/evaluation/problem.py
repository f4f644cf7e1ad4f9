"""One problem of a benchmark, with two sets of tests that are never mixed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.model import Target, Task
from engine.workspace import Workspace
from sandbox.contract import Job, Limits

FILE = "solution.py"
TESTS = "test_solution.py"


@dataclass(frozen=True)
class Problem:
    """What is wanted, what is given, the tests that the loop sees and those that judge.

    `files` is the code as given by path (empty where it is to be written). `shown` are the loop's tests and
    `shown_from` says where they come from; `judge` are the benchmark's own, which reach no provider, prompt
    or search. `reference` is the whole text of `file` that is known to be right, `prefix` what a bare
    completion goes on from; both "" where there is none.
    """

    id: str
    description: str
    file: str
    function: str
    judge: Mapping[str, str]
    shown: Mapping[str, str] = field(default_factory=dict)
    shown_from: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    reference: str = ""
    prefix: str = ""
    requirements: tuple[str, ...] = ()

    def task(self, limits: Limits) -> Task:
        """The task as the loop gets it: nothing of the judge's tests is in it."""
        return Task(
            id=self.id,
            description=self.description,
            workspace=self.workspace(),
            target=Target(self.file, self.function),
            tests=encoded(self.shown),
            limits=limits,
            requirements=self.requirements,
        )

    def workspace(self) -> Workspace:
        """The code as given; the one file that a candidate may change is `file`."""
        return Workspace(encoded(self.files), frozenset({self.file}))

    def judge_job(self, candidate: Workspace, limits: Limits) -> Job:
        """The sandbox job that says whether a candidate is right."""
        return Job(
            id=self.id,
            files=dict(candidate.files),
            tests=encoded(self.judge),
            limits=limits,
            requirements=self.requirements,
        )


def encoded(files: Mapping[str, str]) -> dict[str, bytes]:
    """Texts as bytes; half a surrogate pair, which JSON can hold, stays what it is."""
    return {path: text.encode("utf-8", "surrogatepass") for path, text in files.items()}
