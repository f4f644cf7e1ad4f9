"""Tests and candidate in one process: quick, and good for finding failures; a pass here is no proof."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from sandbox.harness.files import lay_out, search_path
from sandbox.harness.reporting import Reporting
from sandbox.harness.running import preload, run_pytest

__all__ = ["preload", "run"]


def run(request: dict[str, Any], report: Callable[[dict[str, Any]], None]) -> None:
    """Run the tests of `request` over its files, telling each outcome as it happens."""
    files = {**request["files"], **request["tests"]}
    lay_out(files)
    sys.path[:0] = search_path(files)
    run_pytest(request["tests"], request["selection"], [Reporting(report, frozenset(request["tests"]))])
    report({"kind": "done"})
