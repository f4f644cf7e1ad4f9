"""The setting for large pages: read, lent while somebody needs it, made permanent, and always given back."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.errors import SandboxStartFailed
from sandbox.large_pages import can_be_turned_on, current, make_permanent, turn
from sandbox.large_pages_loan import borrowed, forget

BORROWER = """
import sys
from pathlib import Path
from sandbox.large_pages_loan import borrowed

with borrowed(Path(sys.argv[1]), Path(sys.argv[2])):
    print("up", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def knob(tmp_path: Path) -> Path:
    """A file in the place of the kernel's setting."""
    path = tmp_path / "shmem_enabled"
    path.write_text("always within_size advise [never] deny force\n")
    return path


@pytest.fixture
def record(tmp_path: Path) -> Path:
    """Where the old value is kept."""
    return tmp_path / "state" / "large-pages"


def borrower(knob: Path, record: Path) -> subprocess.Popen[str]:
    """A process that has borrowed large pages, until its stdin ends or it is killed."""
    process = subprocess.Popen(
        [sys.executable, "-c", BORROWER, str(knob), str(record)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    return process


def test_the_value_in_force_is_read(knob: Path, tmp_path: Path) -> None:
    assert current(knob) == "never"
    assert current(tmp_path / "none") == ""
    assert can_be_turned_on(knob)
    assert not can_be_turned_on(tmp_path / "none")


def test_what_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    assert not turn("within_size", tmp_path)  # a folder, which not even root can write to


def test_they_are_on_until_the_last_has_gone_in_any_order(knob: Path, record: Path) -> None:
    first, second, third = (borrowed(knob, record) for _ in range(3))
    with contextlib.ExitStack() as last:
        with contextlib.ExitStack() as middle:
            with first:
                assert current(knob) == "within_size"
                last.enter_context(second)
                middle.enter_context(third)
            assert current(knob) == "within_size"
        assert current(knob) == "within_size"
    assert current(knob) == "never"
    assert record.read_text() == ""


@pytest.mark.parametrize("value", ["advise", "never"])
def test_what_was_off_before_is_what_comes_back(knob: Path, record: Path, value: str) -> None:
    knob.write_text(value)
    with borrowed(knob, record):
        assert current(knob) == "within_size"
    assert current(knob) == value


@pytest.mark.parametrize("value", ["always", "within_size", "force", "deny"])
def test_what_is_on_or_forbidden_stays_throughout(knob: Path, record: Path, value: str) -> None:
    knob.write_text(value)
    with borrowed(knob, record):
        assert current(knob) == value
    assert current(knob) == value


def test_what_somebody_else_changes_meanwhile_is_left_alone(knob: Path, record: Path) -> None:
    with borrowed(knob, record):
        knob.write_text("advise")
        with borrowed(knob, record):
            assert current(knob) == "advise"  # only the first to come changes anything
    assert current(knob) == "advise"
    with borrowed(knob, record):
        assert current(knob) == "within_size"
    assert current(knob) == "advise"


def test_one_that_is_killed_counts_as_gone(knob: Path, record: Path) -> None:
    with borrowed(knob, record), borrower(knob, record) as other:
        other.kill()
        other.wait()
    assert current(knob) == "never"


def test_what_the_last_one_left_when_it_was_killed_is_put_back_by_the_next(knob: Path, record: Path) -> None:
    with borrower(knob, record) as other:
        other.kill()
    assert current(knob) == "within_size"
    with borrowed(knob, record):
        assert current(knob) == "within_size"
    assert current(knob) == "never"


def test_where_nothing_can_be_written_all_goes_on(tmp_path: Path, knob: Path) -> None:
    (tmp_path / "file").touch()
    with borrowed(knob, tmp_path / "file" / "record"):
        assert current(knob) == "never"
    with borrowed(tmp_path, tmp_path / "record"):
        assert (tmp_path / "record").read_text() == ""


def test_made_permanent_they_stay_when_the_borrowers_go(knob: Path, record: Path, tmp_path: Path) -> None:
    file = tmp_path / "tmpfiles.d" / "coder-tui.conf"
    with borrowed(knob, record):
        make_permanent(knob, file)
        forget(record)
    assert current(knob) == "within_size"
    said = [line for line in file.read_text().splitlines() if not line.startswith("#")]
    assert said == [f"w {knob} - - - - within_size"]
    assert "To undo: rm /etc/tmpfiles.d/coder-tui.conf" in file.read_text()


def test_a_setting_that_cannot_be_written_leaves_no_file(tmp_path: Path) -> None:
    file = tmp_path / "tmpfiles.d" / "coder-tui.conf"
    with pytest.raises(SandboxStartFailed, match="cannot be written here"):
        make_permanent(tmp_path, file)
    assert not file.exists()


def test_nothing_to_forget_is_no_error(record: Path) -> None:
    forget(record)
    assert not record.exists()
