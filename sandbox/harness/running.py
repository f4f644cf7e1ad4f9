"""One pytest session over the tests of a request, with nothing of pytest's surroundings taken in."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sandbox.harness.expected import test_files
from sandbox.harness.prepared import Prepared, Silent, lock_out, options, suits
from sandbox.harness.reporting import Reporting

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
        _ready[0].run(root, names, plugins)
        return
    lock_out()
    no_conftest = ["--noconftest"] if suits(tests) else []
    pytest.main([*options(str(root)), *no_conftest, *names], [Silent(), *plugins])
