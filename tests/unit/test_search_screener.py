"""The screener inside the sandbox: counts right, survives what kills, and forgets each variant."""

from __future__ import annotations

import json
import os
import resource
import tempfile
import time
import traceback
from typing import Any

import pytest

from sandbox.harness import confine, screener
from sandbox.harness.requests import request_for

BASE = """\
def rise(n):
    total = 0
    while n < 3:
        n += 1
        total += n
    return total
"""
TESTS = """\
import unittest

import pytest
from solution import rise


@pytest.fixture
def five():
    return 5


@pytest.mark.parametrize(("given", "wanted"), [(0, 10), (1, 9), (5, 0)])
def test_pairs(given, wanted):
    assert rise(given) == wanted


def test_several():
    assert rise(2) == 7
    assert rise(9) == 0


def test_fixture(five):
    assert rise(five) == 0


class Old(unittest.TestCase):
    def test_old(self):
        self.assertEqual(rise(3), 4)
"""
RIGHT = BASE.replace("< 3", "<= 3")


def screen(
    variants: list[str], *, base: str = BASE, tests: str = TESTS, stop_after: int = 0
) -> list[dict[str, Any]]:
    """What the screener emits, run in a forked child with a folder of its own."""
    request = {
        "files": {"solution.py": base.encode()},
        "tests": {"test_solution.py": tests.encode()},
        "path": "solution.py",
        "variants": variants,
        "stop_after": stop_after,
        "trace": True,
        "selection": [],
        "limits": {},
    }
    with tempfile.TemporaryDirectory() as folder:
        pipe, out = os.pipe()
        if (pid := os.fork()) == 0:
            try:
                os.chdir(folder)
                memory = (1 << 30) + confine.address_space()  # as the sandbox would
                resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
                with os.fdopen(out, "w") as stream:
                    screener.run(request, lambda record: print(json.dumps(record), file=stream))
            except BaseException:
                traceback.print_exc()
            finally:
                os._exit(0)
        os.close(out)
        with os.fdopen(pipe) as stream:
            records = [record for line in stream for record in json.loads(line)["results"]]
        os.waitpid(pid, 0)
    return records


def of(records: list[dict[str, Any]], index: int) -> dict[str, Any]:
    """The last record of one variant."""
    return [record for record in records if record["index"] == index][-1]


def test_base_is_counted_atom_by_atom_with_coverage() -> None:
    base = of(screen([]), -1)
    assert (base["passed"], base["total"], base["ended"]) == (3, 7, "exit")
    assert base["outcomes"]["test_solution.py::test_several#0"] is False
    assert base["outcomes"]["test_solution.py::test_several#1"] is True
    assert base["coverage"]["test_solution.py::test_several#0"] == [2, 3, 4, 5, 6]
    assert base["coverage"]["test_solution.py::test_several#1"] == [2, 3, 6]


def test_right_variant_passes_parametrize_fixture_and_unittest() -> None:
    wrong = BASE.replace("< 3", "< 9")
    records = screen([wrong, RIGHT, wrong])
    assert of(records, 1)["passed"] == of(records, 1)["total"] == 7
    assert of(records, 0)["ended"] == of(records, 2)["ended"] == "no gain"


@pytest.mark.slow
@pytest.mark.parametrize(
    "fatal",
    [
        "import os; os._exit(3)",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "raise SystemExit(0)",
        "n -= 1",
        "import time; time.sleep(60)",
        "print('x' * 10_000_000)",
        "total = [n] * 10**9",
    ],
)
def test_fatal_variant_costs_only_itself(fatal: str) -> None:
    again = RIGHT.replace("return", "if n: pass\n    return")
    records = screen([BASE.replace("n += 1", fatal), RIGHT, "def rise(:\n", again])
    assert of(records, 1)["passed"] == of(records, 1)["total"]
    assert of(records, 3)["passed"] == of(records, 3)["total"]
    bad = of(records, 0)
    assert bad["passed"] < bad["total"]


@pytest.mark.slow
def test_caught_out_of_ticks_is_no_pass() -> None:
    loop = "        while True:\n            pass\n"
    sly = f"def rise(n):\n    try:\n{loop}    except BaseException:\n        pass\n    return 0\n"
    records = screen([sly], tests="from solution import rise\n\ndef test_a():\n    assert rise(0) == 0\n")
    assert of(records, 0)["passed"] < of(records, 0)["total"]


@pytest.mark.slow
def test_state_of_one_variant_does_not_reach_the_next() -> None:
    base = "CACHE = {}\n\ndef once(x):\n    CACHE[x] = CACHE.get(x, 0) + 2\n    return CACHE[x]\n"
    tests = "from solution import once\nDATA = [1]\n\ndef test_a():\n"
    tests += "    assert once(DATA[0]) == 1\n    assert len(DATA) == 1\n"
    right = base.replace("+ 2", "+ 1")
    spoils = base.replace(
        "CACHE[x] =", "x2 = __import__('test_solution').DATA.append(5); CACHE[x] ="
    ).replace("+ 2", "+ 1")
    again = right.replace("return", "if x: pass\n    return")  # other code: it is really tried
    records = screen([spoils, right, base, again], base=base, tests=tests)
    assert [of(records, index)["passed"] for index in (1, 3)] == [2, 2]


def test_decorated_function_and_method_are_swapped() -> None:
    base = (
        "from functools import lru_cache\n\n@lru_cache\ndef twice(x):\n    return x + 3\n\n"
        "class Box:\n    @property\n    def size(self):\n        return twice(1)\n"
    )
    tests = "from solution import Box, twice\n\ndef test_a():\n"
    tests += "    assert twice(2) == 4\n    assert Box().size == 2\n"
    records = screen([base.replace("x + 3", "x * 2"), base.replace("x + 3", "x + 2")], base=base, tests=tests)
    assert of(records, 0)["passed"] == 2
    assert of(records, 1)["passed"] == 1


@pytest.mark.slow
def test_unusable_tests_are_said_in_words() -> None:
    assert "collection" in of(screen([RIGHT], tests="import not_there\n"), -1)["ended"]
    assert "no tests" in of(screen([RIGHT], tests="x = 1\n"), -1)["ended"]
    assert "do not import" in of(screen([RIGHT], tests="def test_a():\n    assert 0\n"), -1)["ended"]


@pytest.mark.slow
def test_stop_after_ends_the_screening_early() -> None:
    tests = "from solution import rise\n\ndef test_a():\n    assert rise(0) == 10\n"
    records = screen([RIGHT] * 500, tests=tests, stop_after=1)
    assert len(records) < 500


SUM = "def add(n):\n    return sum(range(n))\n"
SUM_TESTS = "from solution import add\n\ndef test_a():\n    assert add(3) == 6\n    assert add(5) == 15\n"


@pytest.mark.slow
def test_what_stands_still_in_c_code_loses_nothing_but_itself() -> None:
    stuck = SUM.replace("range(n)", "range(n ** 70)")
    right = SUM.replace("range(n)", "range(n + 1)")
    variants = [SUM.replace("(n)", f"(n, {number})", 1) for number in range(40)] + [
        stuck,
        stuck + "\n",
        right,
    ]
    began = time.monotonic()
    records = screen(variants, base=SUM, tests=SUM_TESTS)
    assert time.monotonic() - began < 5
    assert {record["index"] for record in records} == {*range(-1, len(variants))}
    assert of(records, 40)["ended"] == of(records, 41)["ended"] == "stalled"
    assert of(records, 42)["passed"] == 2


def test_recursion_without_end_is_no_pass() -> None:
    deep = SUM.replace("sum(range(n))", "add(n)")
    tests = SUM_TESTS + "    assert add(7) == 28\n    assert add(1) == 1\n"
    record = of(screen([deep, SUM.replace("range(n)", "range(n + 1)")], base=SUM, tests=tests), 0)
    assert (record["passed"], record["ended"]) == (0, "endless")


def test_deep_recursion_that_ends_is_waited_for() -> None:
    base = "def count(n):\n    return n and 0 + count(n - 1)\n"
    tests = "from solution import count\n\ndef test_a():\n"
    tests += "    assert count(600) == 600\n    assert count(500) == 500\n"
    record = of(screen([base.replace("0 +", "1 +")], base=base, tests=tests), 0)
    assert (record["passed"], record["ended"]) == (2, "exit")


def test_assertions_that_all_take_longer_than_on_the_base_are_waited_for() -> None:
    base = "def count(n):\n    while n < 0:\n        n += 1\n    return n\n"
    tests = "from solution import count\n\ndef test_a():\n"
    tests += "    for n in range(100):\n        assert count(n) == 2000\n"
    record = of(screen([base.replace("n < 0", "n < 2000")], base=base, tests=tests), 0)
    assert (record["passed"], record["ended"]) == (100, "exit")


def test_patience_reaches_the_screener() -> None:
    request = {"files": {}, "tests": {}, "limits": {}, "patient": True, "path": "a.py", "variants": []}
    assert request_for("screener", request)["patient"] is True
