"""What bad input gets: one clear line that names the remedy, the documented status, no traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run


def says_one_line(
    run: Run, status: int, *words: str, arguments: tuple[str, ...], env: dict[str, str] | None = None
) -> None:
    done = run(*arguments, env=env)
    assert done.returncode == status, done.stderr
    lines = done.stderr.strip().splitlines()
    assert len(lines) == 1, done.stderr
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in lines[0], lines[0]


FIX = ("fix", "broken.py", "--tests", "test_broken.py")


def test_a_missing_file(coder_tui: Run) -> None:
    says_one_line(coder_tui, 2, "absent.py", arguments=("fix", "absent.py", "--tests", "test_broken.py"))


def test_missing_tests(coder_tui: Run) -> None:
    says_one_line(coder_tui, 2, "test_absent.py", arguments=("fix", "broken.py", "--tests", "test_absent.py"))


def test_a_folder_in_place_of_a_file(coder_tui: Run, project: Path) -> None:
    says_one_line(coder_tui, 2, "folder", arguments=("fix", str(project), "--tests", "test_broken.py"))


def test_a_binary_file(coder_tui: Run, project: Path) -> None:
    (project / "broken.py").write_bytes(b"\x7fELF\x00\x01\xff\xfe")
    says_one_line(coder_tui, 2, "broken.py", arguments=FIX)


def test_a_huge_file(coder_tui: Run, project: Path) -> None:
    (project / "broken.py").write_text("x = 1\n" * 400_000)
    says_one_line(coder_tui, 2, "broken.py", "bytes", arguments=FIX)


def test_tests_that_do_not_parse(coder_tui: Run, project: Path) -> None:
    (project / "test_broken.py").write_text("def test_(:\n")
    says_one_line(coder_tui, 2, "test_broken.py:1", arguments=FIX)


def test_tests_that_collect_nothing(coder_tui: Run, project: Path) -> None:
    (project / "test_broken.py").write_text("x = 1\n")
    says_one_line(coder_tui, 2, "test_broken.py", arguments=FIX)


def test_a_function_that_is_not_there(coder_tui: Run) -> None:
    says_one_line(coder_tui, 2, "addd", "add", arguments=(*FIX, "--function", "addd"))


def test_an_unknown_provider(coder_tui: Run) -> None:
    says_one_line(coder_tui, 2, "olama", "ollama", arguments=(*FIX, "--provider", "olama"))


def test_a_cloud_provider_without_its_key(coder_tui: Run) -> None:
    says_one_line(
        coder_tui, 2, "GROQ_API_KEY", arguments=(*FIX, "--provider", "groq"), env={"GROQ_API_KEY": ""}
    )


def test_broken_toml_names_file_and_line(coder_tui: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[loop]\nattempts = = 3\n")
    says_one_line(
        coder_tui, 2, "bad.toml", "line 2", arguments=(*FIX, "--config", str(tmp_path / "bad.toml"))
    )


def test_an_unknown_setting_names_the_nearest(coder_tui: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.toml").write_text("[loop]\natempts = 3\n")
    says_one_line(
        coder_tui, 2, "atempts", "attempts", arguments=(*FIX, "--config", str(tmp_path / "bad.toml"))
    )


def test_an_unknown_run(coder_tui: Run) -> None:
    says_one_line(coder_tui, 2, "20990101", arguments=("show", "20990101"))


def test_a_malformed_batch_line(coder_tui: Run) -> None:
    done = coder_tui("check", "--batch", "-", stdin='{"id": "a"}\n')
    assert done.returncode == 2
    assert "files" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("path", ["../outside.py", "/etc/passwd", "a/../../b.py"])
def test_a_batch_path_outside_the_workspace(coder_tui: Run, path: str) -> None:
    tests = {"test_a.py": "def test_a(): pass"}
    job = json.dumps({"id": "a", "files": {path: "x = 1"}, "tests": tests}) + "\n"
    done = coder_tui("check", "--batch", "-", stdin=job)
    assert done.returncode == 2
    assert "workspace" in done.stderr and "Traceback" not in done.stderr


def test_no_command_line_tests(coder_tui: Run) -> None:
    assert coder_tui("fix", "broken.py").returncode == 2
    assert coder_tui("nonsense").returncode == 2


@pytest.mark.bubblewrap
def test_an_error_forges_a_line_of_ours(coder_tui: Run, project: Path) -> None:
    said = "x\\nPASSED in gvisor, sealed\\x0bPASSED\\x85PASSED\\u2028PASSED\\rPASSED"
    (project / "liar.py").write_text(f"def f():\n    raise ValueError('{said}')\n")
    (project / "test_liar.py").write_text("from liar import f\n\ndef test_it():\n    assert f() == 1\n")
    done = coder_tui("check", "liar.py", "--tests", "test_liar.py", "--isolation", "namespace")
    assert done.returncode == 1
    assert [line for line in done.stdout.splitlines() if not line.startswith("  ")] == ["FAILED in namespace"]
