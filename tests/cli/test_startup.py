"""Start-up is lazy: a command pays for what it uses."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "module",
    [
        f"tui.commands.{name}"
        for name in ("fix", "new", "check", "guard", "runs", "show", "doctor", "config", "cache", "web")
    ]
    + ["engine.session", "engine.loop", "tui.headless", "tui.cli"],
)
def test_headless_commands_never_import_textual(module: str) -> None:
    code = f"import sys, {module}; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_search_runs_import_no_model_client() -> None:
    code = (
        "import sys, engine.session, engine.providers.registry;"
        "sys.exit(any(n in sys.modules for n in ('ollama', 'groq', 'openai')))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
