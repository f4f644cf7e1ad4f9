"""Which tests must pass is read from syntax alone, so that no import can hide one."""

from __future__ import annotations

import pytest

from sandbox.harness.expected import expected_tests, matches, test_files

SOURCE = b"""
import unittest
import pytest

raise SystemExit("never imported")

def test_plain(): ...
async def test_waits(): ...
def helper(): ...
@pytest.mark.parametrize("x", [1, 2])
def test_many(x): ...
@pytest.fixture
def test_data(): ...
if True:
    def test_maybe(): ...

class TestGroup:
    def test_inside(self): ...
    def other(self): ...
    class TestDeeper:
        def test_deep(self): ...

class TestBuilt:
    def __init__(self): ...
    def test_never(self): ...

class TestNot:
    __test__ = False
    def test_never(self): ...

class Checks(unittest.TestCase):
    def test_case(self): ...
    def setUp(self): ...

class Plain:
    def test_never(self): ...
"""
FOUND = [
    "test_a.py::test_plain",
    "test_a.py::test_waits",
    "test_a.py::test_many",
    "test_a.py::TestGroup::test_inside",
    "test_a.py::TestGroup::TestDeeper::test_deep",
    "test_a.py::Checks::test_case",
]


def test_every_certain_definition_is_expected_and_nothing_else() -> None:
    assert expected_tests({"test_a.py": SOURCE, "helpers.py": b"def test_no(): ...\n"}) == FOUND


@pytest.mark.parametrize(
    ("selection", "count"),
    [
        (("test_a.py",), 6),
        (("test_a.py::TestGroup",), 2),
        (("test_a.py::test_many[1]",), 1),
        (("test_b.py",), 0),
    ],
)
def test_a_selection_expects_only_its_own(selection: tuple[str, ...], count: int) -> None:
    assert len(expected_tests({"test_a.py": SOURCE}, selection)) == count


def test_a_file_that_does_not_parse_expects_nothing() -> None:
    assert expected_tests({"test_a.py": b"def test_(:\n", "test_b.py": b"\xff\xfe\0"}) == []


def test_without_pytests_pattern_every_python_file_holds_tests() -> None:
    assert test_files({"checks.py": b"", "conftest.py": b"", "data.txt": b""}) == ["checks.py"]
    assert test_files({"checks.py": b"", "a/b_test.py": b""}) == ["a/b_test.py"]


def test_a_parameter_set_belongs_to_its_function_and_a_longer_name_does_not() -> None:
    assert matches("t.py::test_a", "t.py::test_a[1-x]")
    assert not matches("t.py::test_a", "t.py::test_ab")
