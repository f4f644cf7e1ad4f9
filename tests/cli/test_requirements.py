"""`--requirements FILE` and what `cache` says of what it left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.sandbox.test_requirements import no_index

pytestmark = pytest.mark.bubblewrap
CHECK = (
    "check",
    "uses.py",
    "--tests",
    "test_uses.py",
    "--isolation",
    "namespace",
    "--no-guardrails",
    "--json",
)


@pytest.fixture
def uses_six(project: Path) -> Path:
    """A project whose code needs six."""
    (project / "uses.py").write_text("import six\n\ndef f():\n    return six.ensure_str(b'yes')\n")
    (project / "test_uses.py").write_text("from uses import f\n\ndef test_f():\n    assert f() == 'yes'\n")
    (project / "requirements.txt").write_text("six==1.16.0\n")
    return project


def test_a_check_with_requirements_and_their_layer_in_the_cache(coder_tui: Run, uses_six: Path) -> None:
    if why := no_index():
        pytest.skip(why)
    without = json.loads(coder_tui(*CHECK).stdout)
    with_it = json.loads(coder_tui(*CHECK, "--requirements", "requirements.txt").stdout)
    assert (without["verdict"], with_it["verdict"]) == ("error", "passed")
    elsewhere = {"CODER_TUI_SANDBOX__DOCKER_HOST": "unix:///nowhere/docker.sock"}
    kept = json.loads(coder_tui("cache", "info", "--json", env=elsewhere).stdout)["layers"]
    assert [layer["size"] > 10_000 for layer in kept] == [True]
    cleared = json.loads(coder_tui("cache", "clear", "--json", env=elsewhere).stdout)
    assert cleared["layers_removed"] == 1
    assert json.loads(coder_tui("cache", "info", "--json", env=elsewhere).stdout)["layers"] == []


def test_what_cannot_be_installed_is_infrastructure_with_pips_word(coder_tui: Run, uses_six: Path) -> None:
    if why := no_index():
        pytest.skip(why)
    (uses_six / "requirements.txt").write_text("six==0.0.0.1\n")
    done = coder_tui(*CHECK, "--requirements", "requirements.txt")
    checked = json.loads(done.stdout)
    assert (done.returncode, checked["verdict"]) == (3, "infrastructure")
    assert "six==0.0.0.1" in checked["ended"]


def test_a_batch_job_names_its_requirements(coder_tui: Run, uses_six: Path) -> None:
    line = json.dumps(
        {"id": "x", "files": {"a.py": ""}, "tests": {"test_a.py": ""}, "requirements": ["-e ."]}
    )
    done = coder_tui("check", "--batch", "-", "--isolation", "namespace", stdin=line)
    assert done.returncode == 2
    assert "'-e .' is not a requirement" in done.stderr
