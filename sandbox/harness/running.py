"""One pytest session over the tests of a request, with nothing of pytest's surroundings taken in."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from sandbox.harness.expected import test_files
from sandbox.harness.specials import words

_OFF = words("cacheprovider doctest junitxml pastebin stepwise setuponly setupplan faulthandler")


def run_pytest(tests: Mapping[str, bytes], selection: Sequence[str], plugins: list[Any]) -> None:
    """Run the selected tests, or all. What happens is told by the plugins."""
    root = Path.cwd()
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    os.environ.pop("PYTEST_PLUGINS", None)
    args = ["-q", "--no-header", "--tb=no", "--color=no", "--assert=rewrite", "-c", os.devnull]
    args += ["--rootdir", str(root), "--import-mode=prepend", "-rN"]
    args += ["-o", "python_files=*.py", "-o", "addopts=", "-o", "testpaths="]
    args += [part for name in _OFF for part in ("-p", f"no:{name}")]
    if not any(Path(name).name == "conftest.py" for name in tests):
        args.append("--noconftest")
    args += list(selection) or test_files(tests)
    sys.argv[:] = ["pytest"]
    pytest.main(args, plugins)
