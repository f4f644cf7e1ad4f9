"""Tests that look at the process they run in meet the candidate there, and no others do."""

from __future__ import annotations

import pytest

from sandbox.contract import Assurance, Job, Sandbox, Verdict
from sandbox.harness.looks import looked_at
from tests.sandbox.sealed_run import in_process, passed, sealed

# What the candidate does, what the tests import, what they do before and what they assert after.
LEFT_BEHIND = [
    ("import random; random.seed(1)", "random", "random.getstate()", "random.getstate() == before"),
    ("import os; os.chdir('/')", "os", "os.getcwd()", "os.getcwd() == before"),
    ("import os; os.environ['LEFT'] = '1'", "os", "0", "'LEFT' not in os.environ"),
    ("open('left.txt', 'w').close()", "os", "0", "not os.path.exists('left.txt')"),
    ("open('left.txt', 'w').close()", "pathlib", "0", "not pathlib.Path('left.txt').exists()"),
    ("open('left.txt', 'w').close()", "os", "os.listdir()", "os.listdir() == before"),
    ("import sys; sys.setrecursionlimit(3000)", "sys", "0", "sys.getrecursionlimit() != 3000"),
    ("import sys, io; sys.stdout = io.StringIO()", "sys", "sys.stdout", "sys.stdout is before"),
    ("import colorsys", "sys", "sys.modules.pop('colorsys', 0)", "'colorsys' not in sys.modules"),
    ("import gc; gc.disable()", "gc", "0", "gc.isenabled()"),
    ("import decimal; decimal.getcontext().prec = 3", "decimal", "0", "decimal.getcontext().prec == 28"),
    ("import time, threading as t; t.Thread(target=time.sleep, args=(9,), daemon=True).start()",
     "threading", "threading.active_count()", "threading.active_count() == before"),
    ("list(range(200_000))", "tracemalloc", "tracemalloc.start()",
     "tracemalloc.get_traced_memory()[1] < 1_000_000"),
    ("sum(range(20_000_000))", "time", "time.process_time()", "time.process_time() - before < 0.1"),
    ("pass", "inspect", "0", "all(f.__doc__ for _, f in inspect.getmembers(solution, inspect.isfunction))"),
    ("pass", "types", "0", "not any(callable(v) for v in vars(solution).values())"),
    ("pass", "types", "0", "'name' not in solution.Robot.__dict__"),
    ("pass", "types", "0", "'name' not in vars(type(solution.Robot()))"),
]  # fmt: skip

OWN = [
    "import os\ndef test_it(monkeypatch):\n    monkeypatch.setenv('A', '1')\n    solution.run()",
    "import sys\ndef test_it():\n    sys.stdout.flush()\n    assert sys.maxsize > 0",
    "import threading\ndef test_it():\n    for n, x in list(__builtins__['enumerate']('ab')): assert x",
    "class Trie:\n    def exists(self): return True\ndef test_it(): assert Trie().exists()",
    "import sys\nclass Trip:\n    path = ['a']\ndef test_it(): assert Trip.path == ['a']",
    "import os\nclass Tree:\n    def walk(self): return [os.sep]\ndef test_it(): assert Tree().walk()",
    "def test_it():\n    one = solution.Robot()\n    assert vars(one) == {} == one.__dict__",
    "import time\ndef test_it():\n    began = time.monotonic()\n    assert time.monotonic() - began < 9",
]


def _case(solution: str, module: str, before: str, wanted: str) -> tuple[dict[str, bytes], dict[str, bytes]]:
    code = f"class Robot:\n    name = 'x'\ndef run():\n    {solution}\n"
    tests = f"import {module}\nimport solution\ndef test_it():\n    before = {before}\n"
    tests += f"    solution.run()\n    assert {wanted}\n"
    return {"solution.py": code.encode()}, {"test_solution.py": tests.encode()}


@pytest.mark.parametrize(("solution", "module", "before", "wanted"), LEFT_BEHIND)
def test_what_is_left_behind_in_a_process_is_never_seen(
    solution: str, module: str, before: str, wanted: str
) -> None:
    files, tests = _case(solution, module, before, wanted)
    assert not passed(sealed(files, tests))
    assert not passed(in_process(files, tests))


@pytest.mark.parametrize("body", OWN)
def test_tests_that_look_at_their_own_are_not_sealed(body: str) -> None:
    files, _ = _case("pass", "os", "0", "True")
    tests = {"test_solution.py": f"import solution\n{body}\n".encode()}
    assert looked_at(tests, list(files)) == ""
    assert passed(sealed(files, tests))


def test_an_import_on_a_line_of_several_is_overlooked() -> None:
    tests = {"test_a.py": b"import math, \\\n    random; from gc import isenabled\n"}
    assert looked_at(tests, []) == "gc.isenabled"


def test_modules_named_like_those_of_python_are_taken_for_them() -> None:
    tests = {
        "test_a.py": b"import profile\nfrom trace import Trace\ndef test(): assert profile.run()",
        "trace.py": b"",
    }
    assert looked_at(tests, ["profile.py"]) == ""
    assert looked_at(tests, ["solution.py"]) == "profile"


def test_another_name_of_a_module_is_overlooked() -> None:
    tests = {"test_a.py": b"import sys as s\nfrom os import path\ndef test(): assert s.argv"}
    assert looked_at(tests, []) == "sys.argv"
    tests = {"test_a.py": b"from os import path as p\ndef test(): assert p.exists('a')"}
    assert looked_at(tests, []) == "os.exists"


@pytest.mark.bubblewrap
@pytest.mark.asyncio(loop_scope="module")
async def test_the_verdict_does_not_say_that_the_process_was_shared(bubblewrap: Sandbox) -> None:
    files, tests = _case(
        "import random; random.seed()", "random", "random.getstate()", "random.getstate() == before"
    )
    execution = await bubblewrap.execute(Job("left", files, tests), Assurance.SEALED)
    assert execution.verdict is Verdict.FAILED and execution.assurance is Assurance.IN_PROCESS
    files, tests = _case("pass", "random", "random.getstate()", "random.getstate() == before")
    execution = await bubblewrap.execute(Job("clean", files, tests), Assurance.SEALED)
    assert execution.verdict is Verdict.PASSED
    assert any(
        text.startswith("not-sealed: the tests look at random.getstate") for text in execution.warnings
    )
