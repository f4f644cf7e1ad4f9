"""What is written, and what is not: --write, a read-only target, a full disk."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import BROKEN, Run

pytestmark = pytest.mark.bubblewrap
FIX = ("fix", "broken.py", "--tests", "test_broken.py", "--isolation", "namespace")


def test_without_write_the_file_stays(coder_tui: Run, project: Path) -> None:
    done = coder_tui(*FIX)
    assert done.returncode == 0, done.stderr
    assert "+    return a + b" in done.stdout
    assert (project / "broken.py").read_text() == BROKEN


def test_write_writes_and_the_end_comes_last(coder_tui: Run, project: Path) -> None:
    done = coder_tui(*FIX, "--write", "--json")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [events[-2]["event"], events[-1]["event"]] == ["fix_accepted", "run_ended"]
    assert {"event", "verdict", "attempts", "best", "file"} <= events[-1].keys()
    assert "a + b" in (project / "broken.py").read_text()


def test_a_read_only_target_is_refused_after_the_run_is_told(coder_tui: Run, project: Path) -> None:
    (project / "broken.py").chmod(0o444)
    done = coder_tui(*FIX, "--write", "--json")
    assert done.returncode == 3
    assert json.loads(done.stdout.splitlines()[-1])["event"] == "run_ended"
    assert "chmod" in done.stderr and len(done.stderr.splitlines()) == 1
    assert (project / "broken.py").read_text() == BROKEN


def test_a_full_disk_is_one_line(coder_tui: Run, small_disk: Path) -> None:
    done = coder_tui(*FIX, env={"XDG_STATE_HOME": str(small_disk)})
    assert done.returncode == 3
    assert "full" in done.stderr and "Traceback" not in done.stderr


def test_new_writes_code_from_a_recording(coder_tui: Run, project: Path) -> None:
    answer = "```python\ndef double(x):\n    return 2 * x\n```"
    (project / "recording.jsonl").write_text(
        json.dumps({"task_id": "double", "completions": [answer]}) + "\n"
    )
    (project / "test_double.py").write_text(
        "from double import double\n\n\ndef test_it():\n    assert double(4) == 8\n"
    )
    arguments = ("--describe", "twice x", "--tests", "test_double.py", "--out", "double.py")
    done = coder_tui("new", *arguments, "--provider", "replay", "--recording", "recording.jsonl")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "return 2 * x" in (project / "double.py").read_text()
