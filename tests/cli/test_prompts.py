"""Prompt templates from the command line: kept for all projects or one, compared, taken back, refused."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("coder-tui"))


def prompts(folder: Path, *arguments: str, text: str = "") -> tuple[int, str]:
    done = subprocess.run(
        [COMMAND, "prompts", *arguments], input=text, capture_output=True, text=True, cwd=folder, timeout=60,
        env={"HOME": str(folder), "EDITOR": "sed -i s/Mend/Repair/", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def test_a_template_is_kept_compared_and_taken_back(tmp_path: Path) -> None:
    assert prompts(tmp_path, "save", "repair", text="Mend {{ file }}\n") == (
        0, "repair: saved for all your projects\n",
    )  # fmt: skip
    assert prompts(tmp_path, "edit", "repair", "--project") == (0, "repair: saved for this project\n")
    assert prompts(tmp_path, "show", "repair") == (0, "Repair {{ file }}\n")
    assert "+Repair {{ file }}" in prompts(tmp_path, "diff")[1].splitlines()
    assert prompts(tmp_path, "reset", "repair")[1] == "repair: the user one is used\n"
    assert prompts(tmp_path, "reset", "repair")[1] == "repair: the shipped one is used\n"
    status, said = prompts(tmp_path, "save", "repair", text="a\n{{ filee }}\n")
    assert (status, said.count("\n")) == (2, 1) and "line 2: there is no variable filee" in said
