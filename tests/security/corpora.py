"""The cases that sandboxes are judged by: the shared corpora, and our own cheats and honest styles."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sandbox.contract import Job, Limits
from tests.conftest import shared_folder
from tests.sandbox.sealed_run import split

HERE = Path(__file__).parent
KINDS = ("honest", "cheats", "cheats_adaptive")


@dataclass(frozen=True, slots=True)
class Case:
    """One candidate with its tests and what the corpus wants of it."""

    files: Mapping[str, bytes]
    tests: Mapping[str, bytes]
    expect: str

    def job(self, name: str, seconds: float = 4.0) -> Job:
        """The case as a job."""
        return Job(name, self.files, self.tests, Limits(seconds=seconds))

    def judged_rightly(self, has_passed: bool, warned: bool) -> bool:
        """Whether an outcome is what the corpus wants."""
        if self.expect == "must-pass":
            return has_passed
        if self.expect == "must-fail-or-warn":
            return not has_passed or warned
        return self.expect == "pass-allowed" or not has_passed


def shared_names() -> list[str]:
    """Every case of the shared corpora as `kind/name`; none where the folder is not there."""
    return sorted(
        f"{kind}/{path.parent.name}"
        for kind in KINDS
        for path in (shared_folder() / "corpora" / kind).glob("*/meta.json")
    )


def shared_case(name: str) -> Case:
    """The case `kind/name` of the shared corpora."""
    folder = shared_folder() / "corpora" / name
    files = {"solution.py": (folder / "solution.py").read_bytes()}
    tests = {"test_solution.py": (folder / "test_solution.py").read_bytes()}
    return Case(files, tests, json.loads((folder / "meta.json").read_text())["expect"])


def own_cheats() -> list[Path]:
    """Our own cheats, one file each."""
    return sorted((HERE / "cheats").glob("*.txt"))


def own_styles() -> list[Path]:
    """Honest code in every style of test, one file each."""
    return sorted((HERE.parent / "sandbox" / "styles").glob("*.txt"))


def own_case(path: Path) -> Case:
    """A cheat of ours as it says itself, or a style, which must pass."""
    files, tests = split(path.read_text())
    return Case(files, tests, files.pop("expect", b"must-pass").decode().strip())
