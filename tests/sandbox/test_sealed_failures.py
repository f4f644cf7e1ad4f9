"""What a failing execution tells, sealed and in one process alike."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest

from tests.sandbox.sealed_run import in_process, passed, sealed

Run = Callable[[dict[str, bytes], dict[str, bytes]], list[dict[str, Any]]]
both = pytest.mark.parametrize("run", [sealed, in_process])


def failure(run: Run, solution: str, tests: str) -> dict[str, Any]:
    reports = run({"solution.py": solution.encode()}, {"test_solution.py": tests.encode()})
    assert not passed(reports)
    told = next(report for report in reports if report.get("failure"))
    return dict(told["failure"])


@both
@pytest.mark.parametrize("line", ["assert f(2) == 4", "assert 4 == f(2)"])
def test_expected_and_actual_are_swapped_or_missing(run: Run, line: str) -> None:
    told = failure(run, "def f(x): return x + 3\n", f"from solution import f\ndef test_f():\n    {line}\n")
    assert (told["expected"], told["actual"]) == ("4", "5")
    assert told["error_type"] == "AssertionError" and told["test_line"] == 3


@both
@pytest.mark.parametrize(
    ("line", "text"),
    [
        ("assert f(2) == 4", "assert 5 == 4\n +  where 5 = f(2)"),
        ("assert f(2) in [4]", "assert 5 in [4]\n +  where 5 = f(2)"),
        ("assert [f(2)] == [4]", "assert [5] == [4]\n  \n  At index 0 diff: 5 != 4"),
    ],
)
def test_what_explains_a_comparison_is_lost(run: Run, line: str, text: str) -> None:
    told = failure(run, "def f(x): return x + 3\n", f"from solution import f\ndef test_f():\n    {line}\n")
    assert told["message"].startswith(text)


@both
def test_long_texts_that_differ_take_all_the_time(run: Run) -> None:
    solution = "import random\ndef f(n):\n    r = random.Random(n)\n"
    solution += "    return '\\n'.join(str(r.random()) for _ in range(1000))\n"
    started = time.monotonic()
    told = failure(run, solution, "from solution import f\ndef test_f():\n    assert f(1) == f(2)\n")
    assert "From line 1, the first 80 lines:" in told["message"]
    assert time.monotonic() - started < 8


@both
def test_unittest_sides_are_missing(run: Run) -> None:
    tests = "import unittest\nfrom solution import f\nclass T(unittest.TestCase):\n"
    tests += "    def test_f(self): self.assertEqual(f(2), [4])\n"
    told = failure(run, "def f(x): return [x]\n", tests)
    assert (told["expected"], told["actual"], told["test_line"]) == ("[4]", "[2]", 4)


def test_a_failure_that_says_nothing_ends_in_a_colon() -> None:
    tests = b"def test_f():\n    raise AssertionError\n"
    told = next(r for r in in_process({"solution.py": b""}, {"test_solution.py": tests}) if r.get("failure"))
    assert told["message"] == "AssertionError"
    assert told["failure"]["traceback"].endswith("\nAssertionError")


@both
def test_innermost_frame_is_not_told(run: Run) -> None:
    solution = "def g(n):\n    half = n // 2\n    return 1 / half\n\ndef f(n):\n    return g(n)\n"
    told = failure(run, solution, "from solution import f\ndef test_f():\n    assert f(1) == 4\n")
    assert (told["error_type"], told["file"], told["line"], told["test_line"]) == (
        "ZeroDivisionError",
        "solution.py",
        3,
        3,
    )
    assert told["local_values"] == {"n": "1", "half": "0"}
    assert "in g" in told["traceback"] and "in f" in told["traceback"]


@both
@pytest.mark.parametrize(
    ("solution", "kind", "line"),
    [
        ("x = (\n", "SyntaxError", 1),
        ("import os\nboom\n", "NameError", 2),
        ("def g(): pass\n", "ImportError", 0),
    ],
)
def test_import_failure_is_vague(run: Run, solution: str, kind: str, line: int) -> None:
    reports = run(
        {"solution.py": solution.encode()},
        {"test_solution.py": b"from solution import f\ndef test_f(): f()\n"},
    )
    told = next(report["failure"] for report in reports if report["kind"] == "error")
    assert (told["error_type"], told["line"]) == (kind, line)
    assert f"solution.py:{line}" in told["message"] if line else "test_solution.py:1" in told["message"]


def test_dead_worker_lets_later_tests_pass() -> None:
    solution = b"import os\ndef f(x):\n    if x: os._exit(3)\n    return 1\n"
    tests = (
        b"from solution import f\ndef test_a(): f(1)\ndef test_b(): pass\ndef test_c(): assert f(0) == 1\n"
    )
    reports = sealed({"solution.py": solution}, {"test_solution.py": tests})
    tested = [report for report in reports if report["kind"] == "test"]
    assert [test["outcome"] for test in tested] == ["failed"] * 3
    assert {test["failure"]["error_type"] for test in tested} == {"WorkerDied"}


def test_skips_and_xfails_are_passes() -> None:
    tests = b"import pytest\n@pytest.mark.skip\ndef test_a(): pass\n@pytest.mark.xfail\ndef test_b(): pass\n"
    tests += b"@pytest.mark.xfail\ndef test_c(): 1 / 0\ndef test_d(): pytest.skip('x')\n"
    reports = sealed({"solution.py": b""}, {"test_solution.py": tests})
    assert [report["outcome"] for report in reports if report["kind"] == "test"] == ["skipped"] * 4


def test_failing_teardown_is_a_pass() -> None:
    tests = b"import pytest\n@pytest.fixture\ndef x():\n    yield\n    1 / 0\ndef test_a(x): pass\n"
    reports = sealed({"solution.py": b""}, {"test_solution.py": tests})
    assert [report["outcome"] for report in reports if report["kind"] == "test"] == ["error"]


@pytest.mark.parametrize(
    "body",
    [
        "class Sub(solution.Base): pass",
        "import inspect; inspect.getsource(solution.f)",
        "import runpy; runpy.run_module('solution')",
        "import pickle; pickle.dumps(solution.Base())",
        "import subprocess, sys; subprocess.run([sys.executable, 'solution.py'])",
        "open('solution.py').read()",
        "(tmp_path / 'a.txt').write_text('x'); solution.f(tmp_path / 'a.txt')",
        "(tmp_path / 'a.txt').write_text('x'); solution.f(str(tmp_path / 'a.txt'))",
        "solution.f(tmp_path / 'new.txt')",
        "monkeypatch.chdir(tmp_path)",
        "solution.f(monkeypatch)",
        "open('written.txt').read()",
    ],
)
def test_tests_that_cannot_be_sealed_go_unnoticed(body: str) -> None:
    solution = b"class Base: pass\ndef f(x=None): return x\n"
    tests = f"import solution\ndef test_it(tmp_path, monkeypatch):\n    {body}\n".encode()
    reports = sealed({"solution.py": solution}, {"test_solution.py": tests})
    assert any(report["kind"] == "unsealable" for report in reports), reports
    assert not passed(reports)
