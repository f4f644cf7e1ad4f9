"""The wheel works from any directory: prompts, defaults, examples, harness and image travel with it."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's wheel, built without a network."""
    out = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "-w",
        out,
        ROOT,
    ]
    subprocess.run(command, check=True, capture_output=True)
    return next(out.glob("coder_tui-*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a clean environment: its requirements are ours, the project is the wheel alone."""
    place = tmp_path_factory.mktemp("clean")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", place], check=True)
    python = place / "bin" / "python"
    install = [sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel]
    subprocess.run(install, check=True, capture_output=True)
    # A path in a .pth file is searched, but .pth files in it are not read: the clone stays out of sight.
    packages = next((place / "lib").glob("python*/site-packages"))
    (packages / "requirements.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return place / "bin" / "coder-tui"


def run(command: Path, home: dict[str, str], cwd: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [command, *arguments],
        cwd=cwd,
        env=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_everything_travels(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in (
        "engine/default_config.toml",
        "engine/examples/merge_intervals/merge_intervals.py",
        "prompts/repair.md.j2",
        "sandbox/harness/supervisor.py",
        "sandbox/image/Dockerfile",
        "tui/styles/main.tcss",
    ):
        assert wanted in names, wanted
    assert not [name for name in names if name.startswith("tests/")]


@pytest.mark.bubblewrap
def test_the_example_is_solved_from_any_directory(
    installed: Path, home: dict[str, str], tmp_path: Path
) -> None:
    done = run(installed, home, tmp_path, "tui", "--isolation", "namespace")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "sealed in namespace" in done.stdout
    assert "PASSED after 1 attempt" in done.stdout


def test_settings_and_guardrails_work_there(installed: Path, home: dict[str, str], project: Path) -> None:
    assert run(installed, home, project, "config", "show", "loop.attempts").stdout.startswith(
        "loop.attempts = 8"
    )
    assert run(installed, home, project, "guard", "broken.py").returncode == 0
    assert run(installed, home, project, "--version").stdout.startswith("coder-tui 0.")
