"""A workspace never changes under anyone's hands, and no path leaves it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import WorkspaceError
from engine.workspace import Workspace, clean_path, read_source


@pytest.mark.parametrize("path", ["", ".", "/a.py", "../a.py", "a/../../b.py", "a/..", "a\0.py", "./"])
def test_no_path_leaves_the_root(path: str) -> None:
    with pytest.raises(WorkspaceError, match="not a path inside"):
        clean_path(path)
    with pytest.raises(WorkspaceError):
        Workspace({path: b""})


def test_an_edit_makes_a_new_workspace_and_only_of_editable_files() -> None:
    old = Workspace({"a.py": b"1\n", "b.py": b"2\n"}, frozenset({"a.py"}))
    new = old.edit("./a.py", "3\n")
    assert (old.text("a.py"), new.text("a.py"), new.text("b.py")) == ("1\n", "3\n", "2\n")
    for path in ("b.py", "c.py"):
        with pytest.raises(WorkspaceError, match="may not be edited"):
            old.edit(path, "")
    with pytest.raises(WorkspaceError, match=r"there is no c\.py"):
        old.text("c.py")
    with pytest.raises(TypeError):
        old.files["a.py"] = b""  # type: ignore[index]


_files = st.dictionaries(
    st.text("ab/", min_size=1, max_size=4).filter(lambda p: p.strip("/") == p and "//" not in p),
    st.binary(max_size=4),
)


@given(_files, _files)
def test_digests_are_equal_when_files_are(one: dict[str, bytes], two: dict[str, bytes]) -> None:
    assert (Workspace(one).digest() == Workspace(two).digest()) == (one == two)


def test_a_diff_says_what_changed_and_where_the_last_line_has_no_end() -> None:
    old = Workspace({"a.py": b"x = 1\n", "b.py": b"same\n"})
    new = Workspace({"a.py": b"x = 2", "b.py": b"same\n"})
    assert old.diff(new) == (
        "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x = 1\n+x = 2\n\\ No newline at end of file\n"
    )
    assert old.diff(old) == ""


def test_a_device_is_not_read_for_ever(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="larger than"):
        read_source(Path("/dev/zero"))
    with pytest.raises(WorkspaceError, match="is a folder"):
        read_source(tmp_path)


def test_a_file_that_fails_while_it_is_read_is_named() -> None:
    with pytest.raises(WorkspaceError, match="cannot read /proc/self/mem: Input/output error"):
        read_source(Path("/proc/self/mem"))
