"""A run killed at any event is whole afterwards: nothing shown is lost, and `resume` goes on."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.cli.conftest import Run

pytestmark = pytest.mark.bubblewrap

WRONG = "```python\ndef add(a, b):\n    return a * b\n```"
GOOD = "```python\ndef add(a, b):\n    return a + b\n```"
SEVERAL = 3
COMMAND = (
    "fix",
    "broken.py",
    "--tests",
    "test_broken.py",
    "--provider",
    "replay",
    "--isolation",
    "namespace",
    "--json",
)


@pytest.fixture
def recording(project: Path) -> str:
    path = project / "recording.jsonl"
    path.write_text(json.dumps({"task_id": "broken", "completions": [WRONG, GOOD]}) + "\n")
    return str(path)


def start(home: dict[str, str], project: Path, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tui.cli", *arguments],
        cwd=project,
        env=home,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def children_of(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parent = int((entry / "stat").read_text().rpartition(") ")[2].split()[1])
            except OSError:
                continue
            if parent == pid:
                found += [int(entry.name), *children_of(int(entry.name))]
    return found


def gone(pids: list[int], seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if not any(alive(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def alive(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(") ")[2].split()[0] != "Z"
    except OSError:
        return False


def all_events(run: Run, recording: str) -> list[str]:
    done = run(*COMMAND, "--recording", recording)
    assert done.returncode == 0, done.stderr
    return [json.loads(line)["event"] for line in done.stdout.splitlines()]


def test_killed_at_every_event(coder_tui: Run, home: dict[str, str], project: Path, recording: str) -> None:
    kinds = all_events(coder_tui, recording)
    assert kinds[-1] == "run_ended"

    def kill_after(shown: int) -> None:
        process = start(home, project, *COMMAND, "--recording", recording)
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(shown)]
        below = children_of(process.pid)
        process.send_signal(signal.SIGKILL)
        lines += process.stdout.readlines()
        process.communicate()
        assert gone(below), f"killed after {kinds[shown - 1]}: processes are left"
        events = [json.loads(line) for line in lines if line.endswith("\n")]
        run = events[0]["run"]
        kept = [json.loads(line) for line in coder_tui("show", run, "--json").stdout.splitlines()]
        assert kept[: len(events)] == events, f"killed after {kinds[shown - 1]}: shown events are lost"
        done = coder_tui("resume", run, "--isolation", "namespace", "--json")
        assert done.returncode == 0, done.stderr
        last = json.loads(done.stdout.splitlines()[-1])
        assert (last["event"], last["verdict"]) == ("run_ended", "passed")

    with ThreadPoolExecutor(SEVERAL) as several:  # in one journal, beside each other, as on a user's machine
        list(several.map(kill_after, range(1, len(kinds))))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signals_end_in_order(
    home: dict[str, str], project: Path, recording: str, coder_tui: Run, number: signal.Signals
) -> None:
    (project / "broken.py").write_text("import time\n\n\ndef add(a, b):\n    time.sleep(60)\n")
    process = start(home, project, *COMMAND, "--recording", recording)
    assert process.stdout is not None
    for line in process.stdout:
        if json.loads(line)["event"] == "execution_started":
            break
    below = children_of(process.pid)
    assert below, "the sandbox should be running"
    began = time.monotonic()
    process.send_signal(number)
    _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert time.monotonic() - began < 5
    assert "Traceback" not in errors
    assert gone(below)
    assert list(Path(home["TMPDIR"]).iterdir()) == []
