"""One pytest session over the tests of a request, with nothing of pytest's surroundings taken in."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sandbox.harness.expected import test_files
from sandbox.harness.prepared import Prepared, Silent, lock_out, options, suits
from sandbox.harness.reporting import Reporting
from sandbox.harness.rewriting import expect

_ready: list[Prepared] = []


def preload() -> None:
    """Make a session ready, before any fork."""
    if not _ready:
        _ready.append(Prepared([Reporting(lambda message: None, frozenset())]))


def renew() -> None:
    """Make ready for another run in this process."""
    _ready[0].renew()


def run_pytest(tests: Mapping[str, bytes], selection: Sequence[str], plugins: list[Any]) -> None:
    """Run the selected tests, or all. What happens is told by the plugins."""
    root = Path.cwd()
    names = list(selection) or test_files(tests)
    sys.argv[:] = ["pytest"]
    if _ready and suits(tests):
        expect(_in_one_folder(str(root), tests, names))
        _ready[0].run(root, names, plugins)
        return
    lock_out()
    no_conftest = ["--noconftest"] if suits(tests) else []
    pytest.main([*options(str(root)), *no_conftest, *names], [Silent(), *plugins])


def _in_one_folder(root: str, tests: Iterable[str], names: Iterable[str]) -> dict[str, str]:
    """The modules of the files in `names` and where they are, if all of the tests is in one folder."""
    if any("/" in test for test in tests):
        return {}
    files = {name.partition("::")[0] for name in names}
    return {file.removesuffix(".py"): f"{root}/{file}" for file in files if file.endswith(".py")}
