"""Tasks from files: exactly what the code and its tests import, and clear words for what cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.errors import TestsUnusable, UsageError
from engine.task_files import load_task, new_task
from sandbox.contract import Limits

TEST = "def test_it():\n    assert f() == 1\n"


class Project:
    """A folder that files are written into."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def __truediv__(self, name: str) -> Path:
        return self.root / name

    def write(self, **files: str) -> None:
        """Write files; `__` in a name is a folder, and `.py` is added."""
        for name, text in files.items():
            path = self.root / (name.replace("__", "/") + ".py")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_neighbours_that_are_imported_come_along_and_others_do_not(project: Project) -> None:
    project.write(
        a="import b\nfrom json import loads\ndef f(): return b.g()\n",
        b="def g():\n    from c import one\n    return one\n",
        c="one = 1\n",
        unused="secret = 1\n",
        test_a="import d\nfrom a import f\n" + TEST,
        d="",
    )
    task = load_task(project / "a.py", project / "test_a.py", limits=Limits(seconds=3))
    assert sorted(task.workspace.files) == ["a.py", "b.py", "c.py", "d.py"]
    assert task.workspace.editable == {"a.py"}
    assert list(task.tests) == ["test_a.py"]
    assert (task.id, task.target.file, task.limits.seconds) == ("a", "a.py", 3)
    assert (task.source, task.test_source) == (str(project / "a.py"), str(project / "test_a.py"))


def test_a_package_is_named_from_its_root(project: Project) -> None:
    project.write(
        src__pkg____init__="",
        src__pkg__core="from . import util\nfrom .sub.deep import z\ndef f(): return util.g()\n",
        src__pkg__util="from ..pkg import other\ndef g(): ...\n",
        src__pkg__other="",
        src__pkg__unused="",
        src__pkg__sub__deep="z = 1\n",
    )
    (project / "src/pkg/__init__.py").write_text("from .other import *\n")
    project.write(
        tests__conftest="import helpers\n",
        tests__helpers="",
        tests__test_core="from pkg.core import f\n" + TEST,
    )
    task = load_task(project / "src/pkg/core.py", [project / "tests"])
    assert task.target.file == "pkg/core.py"
    assert sorted(task.workspace.files) == [
        "pkg/__init__.py",
        "pkg/core.py",
        "pkg/other.py",
        "pkg/sub/deep.py",
        "pkg/util.py",
    ]
    assert sorted(task.tests) == ["conftest.py", "helpers.py", "test_core.py"]


def test_the_root_is_where_the_tests_import_from(project: Project) -> None:
    project.write(lib__m="def f(): return 1\n", test_m="from lib.m import f\n" + TEST)
    assert load_task(project / "lib/m.py", project / "test_m.py").target.file == "lib/m.py"


def test_helpers_of_the_tests_stay_out_of_the_candidates_reach(project: Project) -> None:
    project.write(
        a="def f(): return 1\n",
        tests__test_a="from a import f\nfrom answers import ALL\n" + TEST,
        tests__answers="ALL = [1]\n",
    )
    task = load_task(project / "a.py", project / "tests")
    assert sorted(task.workspace.files) == ["a.py"]
    assert sorted(task.tests) == ["answers.py", "test_a.py"]


def test_code_that_does_not_parse_is_what_this_is_for(project: Project) -> None:
    project.write(
        a="import b\nfrom c import (x, y)\ndef f(:\n    return 1\n",
        b="",
        c="",
        test_a="from a import f\n" + TEST,
    )
    task = load_task(project / "a.py", project / "test_a.py", function="f")
    assert sorted(task.workspace.files) == ["a.py", "b.py", "c.py"]


def test_a_path_with_dots_is_the_same_task(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write(src__a="", tests__test_a="import a\n" + TEST)
    monkeypatch.chdir(project / "tests")
    task = load_task(Path("../src/a.py"), Path())
    assert (task.source, task.target.file) == (str(project / "src/a.py"), "a.py")


def test_a_module_linked_from_elsewhere_is_not_taken_along(project: Project, tmp_path: Path) -> None:
    project.write(code__a="import b\n", outside__b="secret = 1\n", code__test_a="import a\n" + TEST)
    (project / "code/b.py").symlink_to(project / "outside/b.py")
    task = load_task(project / "code/a.py", project / "code/test_a.py")
    assert sorted(task.workspace.files) == ["a.py"]


def test_a_folder_of_tests_beside_the_code_does_not_take_the_code_for_a_test(project: Project) -> None:
    project.write(test_a="def f(): return 1\n", test_b="from test_a import f\n" + TEST)
    task = load_task(project / "test_a.py", project.root)
    assert sorted(task.tests) == ["test_b.py"]
    assert sorted(task.workspace.files) == ["test_a.py"]


def test_a_function_that_is_not_there_is_answered_with_the_nearest(project: Project) -> None:
    project.write(a="class Stack:\n    def push(self): ...\nif 1:\n    def merge(): ...\n", test_a=TEST)
    for name in ("merge", "Stack", "Stack.push"):
        assert load_task(project / "a.py", project / "test_a.py", function=name).target.function == name
    with pytest.raises(UsageError, match=r"no function 'merg'\. It has merge"):
        load_task(project / "a.py", project / "test_a.py", function="merg")


def test_tests_that_do_not_parse_are_named_with_their_line(project: Project) -> None:
    project.write(a="", test_a="import a\n\ndef test_x(:\n    pass\n")
    with pytest.raises(TestsUnusable, match=r"test_a\.py:3: the tests do not parse"):
        load_task(project / "a.py", project / "test_a.py")


@pytest.mark.parametrize("text", ["", "import a\n", "class TestX:\n    x = 1\n", "def check(): ...\n"])
def test_a_file_without_a_test_is_refused(project: Project, text: str) -> None:
    project.write(a="", test_a=text)
    with pytest.raises(TestsUnusable, match="no test in it"):
        load_task(project / "a.py", project / "test_a.py")


@pytest.mark.parametrize(
    "text",
    ["def test_x(): ...\n", "import unittest\nclass T(unittest.TestCase):\n    def test_x(self): ...\n"],
)
def test_both_styles_of_test_count(project: Project, text: str) -> None:
    project.write(a="", test_a=text)
    assert load_task(project / "a.py", project / "test_a.py").tests


def test_what_cannot_be_read_is_named(project: Project) -> None:
    project.write(a="", test_a=TEST)
    (project / "binary.py").write_bytes(b"\xff\xfe")
    (project / "null.py").write_bytes(b"a = 1\0\n")
    (project / "huge.py").write_bytes(b"#" * 1_000_001)
    (project / "empty").mkdir()
    bad: list[tuple[Path, Path, str]] = [
        (project / "absent.py", project / "test_a.py", r"absent\.py: No such file"),
        (project / "a.py", project / "absent.py", r"there is no .*absent\.py"),
        (project / "binary.py", project / "test_a.py", "not UTF-8"),
        (project / "null.py", project / "test_a.py", "binary file"),
        (project / "huge.py", project / "test_a.py", "more than the 1,000,000 allowed"),
        (project.root, project / "test_a.py", "not a Python file"),
        (project / "a.py", project / "empty", "holds no test_"),
        (project / "a.py", project / "binary.py", "not UTF-8"),
        (project / "a.py", project / ("x" * 300), "File name too long"),
        (project / "a.py", project / "a.py", "as the code and as its tests"),
    ]
    for file, tests, said in bad:
        with pytest.raises(UsageError, match=said) as caught:
            load_task(file, tests)
        assert "\n" not in str(caught.value)
    with pytest.raises(TestsUnusable, match="no tests are named"):
        load_task(project / "a.py", [])


def test_two_tests_of_one_name_are_not_mixed_up(project: Project) -> None:
    project.write(a="", one__test_a=TEST, two__test_a=TEST)
    with pytest.raises(TestsUnusable, match="same name"):
        load_task(project / "a.py", [project / "one", project / "two"])


def test_a_new_task_has_no_code_yet(project: Project) -> None:
    project.write(b="", test_a="from a import f\nimport b\n" + TEST)
    task = new_task("f gives one", project / "test_a.py", project / "a.py")
    assert task.workspace.editable == {"a.py"}
    assert sorted(task.workspace.files) == ["b.py"]
    assert task.description == "f gives one"
    for describe, out, said in (
        (" ", "a.py", "description is empty"),
        ("f", "b.py", "there already"),
        ("f", "absent/a.py", "mkdir -p"),
        ("f", "a.txt", "not a Python file"),
    ):
        with pytest.raises(UsageError, match=said):
            new_task(describe, project / "test_a.py", project / out)
