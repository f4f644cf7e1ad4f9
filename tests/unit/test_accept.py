"""Accept and undo: the user's file is written whole, as it was styled, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.accept import accept, undo
from engine.errors import AcceptRefused
from engine.model import Attempt, Task
from engine.task_files import load_task, new_task
from engine.workspace import Workspace

BROKEN = "def double(n):\n    return n + n + 1\n"
FIXED = "def double(n):\n    return n + n\n"
TESTS = "from maths import double\n\n\ndef test_two():\n    assert double(2) == 4\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    project = tmp_path / "project"
    project.mkdir()
    (project / "maths.py").write_text(BROKEN)
    (project / "test_maths.py").write_text(TESTS)
    return project


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path / "state" / "run-1"


def _task(folder: Path) -> Task:
    return load_task(folder / "maths.py", folder / "test_maths.py")


def _attempt(task: Task, text: str = FIXED, name: str = "1") -> Attempt:
    files = {**task.workspace.files, task.target.file: text.encode()}
    return Attempt(name, candidate=Workspace(files, task.workspace.editable))


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_accept_writes_and_undo_restores(folder: Path, state: Path) -> None:
    task, before = _task(folder), _names(folder)
    done = accept(task, _attempt(task), state)
    assert done.paths == (str(folder / "maths.py"),)
    assert (folder / "maths.py").read_text() == FIXED
    assert undo(task, state) == done.paths
    assert (folder / "maths.py").read_text() == BROKEN
    assert _names(folder) == before
    with pytest.raises(AcceptRefused, match="nothing of this run"):
        undo(task, state)


def test_undo_after_two_accepts_returns_to_the_beginning(folder: Path, state: Path) -> None:
    task = _task(folder)
    accept(task, _attempt(task, "first = 1\n"), state)
    accept(task, _attempt(task, "second = 2\n", "2"), state)
    assert (folder / "maths.py").read_text() == "second = 2\n"
    undo(task, state)
    assert (folder / "maths.py").read_text() == BROKEN


def test_single_hunks_can_be_accepted_one_after_another(folder: Path, state: Path) -> None:
    task = _task(folder)
    accept(task, _attempt(task), state, edits={"maths.py": "# one\n" + BROKEN})
    accept(task, _attempt(task), state, edits={"maths.py": "# one\n" + FIXED})
    assert (folder / "maths.py").read_text() == "# one\n" + FIXED


@pytest.mark.parametrize("when", ["before accept", "before undo"])
def test_a_file_changed_meanwhile_is_never_overwritten(folder: Path, state: Path, when: str) -> None:
    task = _task(folder)
    if when == "before undo":
        accept(task, _attempt(task), state)
    (folder / "maths.py").write_text("mine = True\n")
    with pytest.raises(AcceptRefused, match=r"maths\.py changed on the disk since"):
        _ = accept(task, _attempt(task), state) if when == "before accept" else undo(task, state)
    assert (folder / "maths.py").read_text() == "mine = True\n"


def test_a_file_removed_meanwhile_is_not_made_again(folder: Path, state: Path) -> None:
    task = _task(folder)
    (folder / "maths.py").unlink()
    with pytest.raises(AcceptRefused, match="was removed"):
        accept(task, _attempt(task), state)
    assert not (folder / "maths.py").exists()


def test_mode_link_and_line_ends_survive(folder: Path, state: Path) -> None:
    real = folder / "real.py"
    real.write_bytes(b"\xef\xbb\xbf" + BROKEN.replace("\n", "\r\n").encode())
    real.chmod(0o750)
    (folder / "maths.py").unlink()
    (folder / "maths.py").symlink_to("real.py")
    task = _task(folder)
    accept(task, _attempt(task), state)
    assert (folder / "maths.py").is_symlink()
    assert real.read_bytes() == b"\xef\xbb\xbf" + FIXED.replace("\n", "\r\n").encode()
    assert real.stat().st_mode & 0o7777 == 0o750


def test_a_read_only_file_is_refused_even_to_root(folder: Path, state: Path) -> None:
    task = _task(folder)
    (folder / "maths.py").chmod(0o444)
    with pytest.raises(AcceptRefused, match=r"read-only.*chmod u"):
        accept(task, _attempt(task), state)
    assert (folder / "maths.py").read_text() == BROKEN


def test_undo_of_a_new_file_removes_it(folder: Path, state: Path) -> None:
    task = new_task("triple a number", folder / "test_maths.py", folder / "fresh.py")
    accept(task, _attempt(task, "def triple(n):\n    return 3 * n\n"), state)
    assert (folder / "fresh.py").read_text().startswith("def triple")
    undo(task, state)
    assert not (folder / "fresh.py").exists()


def test_a_new_file_does_not_replace_one_made_meanwhile(folder: Path, state: Path) -> None:
    task = new_task("triple a number", folder / "test_maths.py", folder / "fresh.py")
    (folder / "fresh.py").write_text("mine = True\n")
    with pytest.raises(AcceptRefused, match="was made since"):
        accept(task, _attempt(task), state)
    assert (folder / "fresh.py").read_text() == "mine = True\n"


def test_an_accept_cut_off_before_its_event_can_be_repeated_and_undone(folder: Path, state: Path) -> None:
    task = _task(folder)
    accept(task, _attempt(task), state)
    assert accept(task, _attempt(task), state).paths == (str(folder / "maths.py"),)
    undo(task, state)
    assert (folder / "maths.py").read_text() == BROKEN


def test_nothing_to_accept_is_said(folder: Path, state: Path) -> None:
    task = _task(folder)
    with pytest.raises(AcceptRefused, match="changes nothing"):
        accept(task, _attempt(task, BROKEN), state)
    with pytest.raises(AcceptRefused, match="no code"):
        accept(task, Attempt("1"), state)
    with pytest.raises(AcceptRefused, match="no file"):
        accept(Task("x", "", task.workspace, task.target, task.tests), _attempt(task), state)


def test_a_full_disk_leaves_the_file_as_it_was(small_disk: Path, state: Path) -> None:
    (small_disk / "maths.py").write_text(BROKEN)
    (small_disk / "test_maths.py").write_text(TESTS)
    task, before = _task(small_disk), _names(small_disk)
    with pytest.raises(AcceptRefused, match=r"nothing was written.*Free some space"):
        accept(task, _attempt(task, FIXED + "# " + "x" * 100_000), state)
    assert (small_disk / "maths.py").read_text() == BROKEN
    assert _names(small_disk) == before


def test_when_one_of_two_files_cannot_be_written_neither_is(folder: Path, state: Path) -> None:
    (folder / "other.py").write_text("a = 1\n")
    plain = _task(folder)
    files = {**plain.workspace.files, "other.py": b"a = 1\n"}
    task = Task(
        "maths", "", Workspace(files, frozenset(files)), plain.target, plain.tests, source=plain.source
    )
    candidate = Workspace({"maths.py": FIXED.encode(), "other.py": b"a = 2\n"}, frozenset(files))
    (folder / "other.py").chmod(0o400)
    with pytest.raises(AcceptRefused, match="read-only"):
        accept(task, Attempt("1", candidate=candidate), state)
    assert (folder / "maths.py").read_text() == BROKEN
    (folder / "other.py").chmod(0o600)
    assert len(accept(task, Attempt("1", candidate=candidate), state).paths) == 2
    undo(task, state)
    assert (folder / "maths.py").read_text() == BROKEN
    assert (folder / "other.py").read_text() == "a = 1\n"
