"""Requirements from a project's own files: every line that counts, and no option that could do harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import UsageError
from engine.task_requirements import read_requirements


def test_a_list_with_comments_continued_and_included_lines(tmp_path: Path) -> None:
    (tmp_path / "base.txt").write_text("tabulate>=0.9\n")
    main = tmp_path / "requirements.txt"
    main.write_text(
        "# what we need\nsix == 1.16.0  # old\n\n-r base.txt\n"
        "rich[markdown]>=13,<15 \\\n  ; python_version > '3.8'\n"
    )
    assert read_requirements(main) == (
        'rich[markdown]<15,>=13; python_version > "3.8"',
        "six==1.16.0",
        "tabulate>=0.9",
    )


def test_hashes_stay_with_their_line(tmp_path: Path) -> None:
    file = tmp_path / "requirements.txt"
    file.write_text("six==1.16.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n")
    assert read_requirements(file) == ("six==1.16.0 --hash=sha256:aa --hash=sha256:bb",)


def test_a_projects_dependencies(tmp_path: Path) -> None:
    file = tmp_path / "pyproject.toml"
    file.write_text('[project]\nname = "x"\ndependencies = ["six", "tabulate>=0.9"]\n')
    assert read_requirements(file) == ("six", "tabulate>=0.9")
    file.write_text('[project]\nname = "x"\n')
    assert read_requirements(file) == ()


@pytest.mark.parametrize(
    "name, text",
    [
        ("requirements.txt", "-e .\n"),
        ("requirements.txt", "--extra-index-url http://example.invalid\nsix\n"),
        ("requirements.txt", "-r requirements.txt\n"),
        ("pyproject.toml", "[project\n"),
        ("pyproject.toml", '[project]\ndependencies = "six"\n'),
        ("pyproject.toml", "project = 3\n"),
    ],
)
def test_what_cannot_be_taken_is_named_with_its_file(tmp_path: Path, name: str, text: str) -> None:
    file = tmp_path / name
    file.write_text(text)
    with pytest.raises(UsageError, match=name):
        read_requirements(file)
