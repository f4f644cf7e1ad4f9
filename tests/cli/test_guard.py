"""`coder-tui guard` and the policy options, as a user runs them."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Run

BAD = "import os\nrun = os.system\n\nrun('x')\n"
READS = "print(open('data.csv').read())\n"


def test_sarif_lacks_what_the_standard_requires(coder_tui: Run, project: Path) -> None:
    (project / "bad code.py").write_text(BAD)
    (project / "reads.py").write_text(READS)
    done = coder_tui("guard", "--format", "sarif", "bad code.py", "reads.py")
    assert done.returncode == 1
    log = json.loads(done.stdout)
    assert log["version"] == "2.1.0" and log["$schema"].endswith("sarif-2.1.0.json")
    (run,) = log["runs"]
    driver = run["tool"]["driver"]
    ids = [rule["id"] for rule in driver["rules"]]
    assert driver["name"] and len(set(ids)) == len(ids)
    assert {result["level"] for result in run["results"]} == {"error", "warning"}
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"] in ("bad%20code.py", "reads.py")
        assert place["region"]["startLine"] >= 1 and place["region"]["startColumn"] >= 1
    (related,) = [r["relatedLocations"] for r in run["results"] if "relatedLocations" in r]
    assert related[0]["physicalLocation"]["region"]["startLine"] == 2


def test_json_loses_a_documented_field(coder_tui: Run, project: Path) -> None:
    (project / "bad.py").write_text(BAD)
    done = coder_tui("guard", "--json", "bad.py")
    line = json.loads(done.stdout)
    assert line["file"] == "bad.py" and line["seconds"] < 1
    assert {"rule", "severity", "line", "column", "name", "why", "fix"} <= line["findings"][1].keys()
    assert (line["findings"][1]["line"], line["findings"][1]["via_line"]) == (4, 2)


def test_a_policy_is_not_heeded(coder_tui: Run, project: Path) -> None:
    (project / "reads.py").write_text(READS)
    assert coder_tui("guard", "reads.py").returncode == 0
    assert coder_tui("guard", "--policy", "strict", "reads.py").returncode == 1
    assert coder_tui("guard", "--policy", "strict", "--allow", "open", "reads.py").returncode == 0
    assert "nothing found" in coder_tui("guard", "--policy", "files", "reads.py").stdout
    refused = coder_tui("guard", "--allow", "open()", "reads.py")
    assert refused.returncode == 2 and len(refused.stderr.splitlines()) == 1


def test_a_comment_counts_without_being_asked_to(coder_tui: Run, project: Path) -> None:
    (project / "own.py").write_text("open('log', 'w')  # coder-tui: allow G301\n")
    assert coder_tui("guard", "own.py").returncode == 1
    assert coder_tui("guard", "--own", "own.py").returncode == 0


def test_a_projects_file_weakens_the_guardrails(coder_tui: Run, project: Path) -> None:
    (project / "reads.py").write_text(READS)
    for line in ('policy = "off"', 'allow = ["open"]'):
        (project / ".coder-tui.toml").write_text(f"[guardrails]\n{line}\n")
        done = coder_tui("guard", "reads.py")
        assert done.returncode == 2 and "a project may not set guardrails." in done.stderr


def test_check_runs_what_a_stricter_policy_blocks(coder_tui: Run, project: Path) -> None:
    (project / "broken.py").write_text("def add(a, b):\n    open('broken.py')\n    return a + b\n")
    done = coder_tui(
        "check", "broken.py", "--tests", "test_broken.py", "--json", "--policy", "strict",
        "--isolation", "namespace",
    )  # fmt: skip
    assert json.loads(done.stdout)["verdict"] == "blocked"
