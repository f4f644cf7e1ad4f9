"""Evaluations by command line: what other programs rely on, what a kill leaves, what a wrong word gets."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tui.cli import main

pytestmark = pytest.mark.bubblewrap

RIGHT = "def twice(x):\n    return 2 * x\n"
WRONG = "def twice(x):\n    return x\n"
COUNT = 6


@pytest.fixture
def evaluation(project: Path) -> tuple[str, ...]:
    """Problems and a recording in which every second one is solved by its second completion."""
    row = {
        "prompt": 'def twice(x):\n    """Twice x.\n    >>> twice(2)\n    4\n    """\n',
        "canonical_solution": "    return 2 * x\n",
        "entry_point": "twice",
        "test": "def check(candidate):\n    assert candidate(977) == 1954\n",
    }
    problems = [{"task_id": f"D/{n}", **row} for n in range(COUNT)]
    (project / "doubles.jsonl").write_text("\n".join(map(json.dumps, problems)))
    answers = [[WRONG + f"# {n}\n", RIGHT if n % 2 else WRONG] for n in range(COUNT)]
    lines = [{"task_id": f"D/{n}", "completions": some} for n, some in enumerate(answers)]
    (project / "recording.jsonl").write_text("\n".join(map(json.dumps, lines)))
    replay = ("--provider", "replay", "--recording", "recording.jsonl")
    return ("eval", "doubles.jsonl", *replay, "--isolation", "namespace", "--out", "out")


def lasting(folder: Path) -> tuple[list[dict[str, object]], str]:
    """Results and report less what is about this moment."""
    rows = [json.loads(line) for line in (folder / "results.jsonl").read_text().splitlines()]
    for row in rows:
        del row["measured"]
    return rows, (folder / "report.md").read_text().partition("## Times")[0]


@pytest.mark.slow
def test_a_kill_loses_results_or_changes_the_report(
    coder_tui: Run, evaluation: tuple[str, ...], project: Path, home: dict[str, str]
) -> None:
    whole = coder_tui(*evaluation[:-1], "whole", "--json", "-k", "1")
    assert whole.returncode == 0, whole.stderr
    *results, end = map(json.loads, whole.stdout.splitlines())
    assert {row["task_id"] for row in results} == {f"D/{n}" for n in range(COUNT)}
    assert (end["event"], end["solved"], end["first_solved"], end["within"]) == (
        "evaluation_ended",
        3,
        0,
        [0, 3],
    )
    line = [sys.executable, "-m", "tui.cli", *evaluation, "--no-cache", "--jobs", "1", "--json"]
    for resume in ((), ("--resume",)):
        process = subprocess.Popen([*line, *resume], cwd=project, env=home, stdout=subprocess.PIPE, text=True)
        assert process.stdout
        assert process.stdout.readline(), "one more result, and then the end"
        process.send_signal(signal.SIGKILL)
        process.communicate()
    have = (project / "out/results.jsonl").read_bytes().count(b"\n")
    rest = coder_tui(*evaluation, "--json", "--resume")
    assert rest.returncode == 0, rest.stderr
    assert len(rest.stdout.splitlines()) == COUNT - have + 1, "what was done is not done again"
    assert lasting(project / "out") == lasting(project / "whole")
    page = (project / "out/report.html").read_text()
    assert (
        "<svg" in page and "<script" not in page and "http://" not in page.replace("http://www.w3.org/", "")
    )
    again = coder_tui(*evaluation)
    assert again.returncode == 2 and "--resume" in again.stderr
    listed = coder_tui("evals", "--json")
    assert [json.loads(row)["solved"] for row in listed.stdout.splitlines()] == [3, 3]
    compared = json.loads(coder_tui("compare", "whole", "out", "--json").stdout)
    assert (compared["problems"], compared["only_first"], compared["p"]) == (COUNT, [], 1.0)


@pytest.mark.slow
def test_samples_of_others_are_judged_otherwise_than_they_should(
    coder_tui: Run, evaluation: tuple[str, ...], project: Path
) -> None:
    """Whole solutions and bare completions, several a problem, and one that does not parse."""
    rows = [
        {"task_id": "D/0", "solution": RIGHT},
        {"task_id": "D/0", "completion": "    return x\n"},
        {"task_id": "D/1", "completion": "    return x + x\n"},
        {"task_id": "D/1", "solution": "def twice(x) return"},
    ]
    (project / "samples.jsonl").write_text("\n".join(map(json.dumps, rows)))
    judge = ("import-samples", "samples.jsonl", "--benchmark", "doubles.jsonl", "--isolation", "namespace")
    done = coder_tui(*judge, "--json", "-k", "1,2", "--out", "judged")
    *results, end = map(json.loads, done.stdout.splitlines())
    solved = {(row["task_id"], row["sample"]): row["solved"] for row in results}
    assert solved == {("D/0", 0): True, ("D/0", 1): False, ("D/1", 0): True, ("D/1", 1): False}
    assert (end["pass_at"]["1"]["value"], end["pass_at"]["2"]["value"]) == (0.5, 1.0)
    few = coder_tui(*judge, "-k", "1,3", "--plain").stdout
    assert "not estimated: it takes 3 samples of every problem" in few and "50.0 %" in few
    log = json.loads(coder_tui("export-eval", "judged").stdout)
    assert [sample["scores"]["judge"]["value"] for sample in log["samples"]] == ["C", "I", "C", "I"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("eval", "nosuch"), "no benchmark 'nosuch'"),
        (("eval", "doubles.jsonl", "--data", "x"), "--data belongs to a named benchmark"),
        (("eval", "doubles.jsonl", "--provider", "replay"), "--recording FILE"),
        (("eval", "doubles.jsonl", "--provider", "nosuch"), "there is no provider 'nosuch'"),
        (("eval", "doubles.jsonl", "-k", "0"), "-k counts from 1"),
        (("eval", "doubles.jsonl", "-k", "one"), "as in -k 1,3"),
        (("eval", "doubles.jsonl", "-n", "0"), "-n must be at least 1"),
        (("eval", "doubles.jsonl", "--ids", "D/9"), "no problem 'D/9'"),
        (("eval", "doubles.jsonl", "--oracle", "--shown", "none"), "say two things"),
        (("eval", "doubles.jsonl", "--shown", "nowhere"), "no such file"),
        (("eval", "doubles.jsonl", "--resume"), "no evaluation like this one"),
        (
            ("eval", "doubles.jsonl", "--provider", "replay", "--recording", "recording.jsonl", "-n", "2"),
            "-n 1",
        ),
        (("eval", "doubles.jsonl", "--recording", "recording.jsonl"), "belongs to --provider replay"),
        (("compare", "here"), "name the folders of two"),
        (("compare", "here", "there"), "holds no evaluation"),
        (("export-eval", "here"), "holds no evaluation"),
    ],
)
def test_a_wrong_word_gets_no_clear_line(
    arguments: tuple[str, ...],
    said: str,
    evaluation: tuple[str, ...],
    project: Path,
    home: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(project)
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, home[name])
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert said in error and len(error.splitlines()) == 1
