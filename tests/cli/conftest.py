"""The command as a user runs it: a process of its own, with places of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., "subprocess.CompletedProcess[str]"]

BROKEN = "def add(a, b):\n    return a - b\n"
TESTS = """\
from broken import add


def test_two():
    assert add(2, 3) == 5


def test_zero():
    assert add(1, 0) == 1
"""


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose configuration, state and cache are below the test's own folder."""
    kept = {
        k: v
        for k, v in os.environ.items()
        if not k.startswith(("XDG_", "CODER_TUI_LOOP", "CODER_TUI_PROVIDER"))
    }
    (tmp_path / "tmp").mkdir()
    return kept | {
        "TMPDIR": str(tmp_path / "tmp"),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_STATE_HOME": str(tmp_path / "state"),
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
        "HOME": str(tmp_path),
    }


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with broken.py and test_broken.py."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "broken.py").write_text(BROKEN)
    (folder / "test_broken.py").write_text(TESTS)
    return folder


@pytest.fixture
def coder_tui(home: dict[str, str], project: Path) -> Run:
    """Run the command in the project folder and capture what it says."""

    def run(
        *arguments: str, stdin: str = "", env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "tui.cli", *arguments],
            cwd=project,
            env=home | (env or {}),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run
