"""The bugs that `repair.py` repairs: public sets, the shipped examples, and bugs put into right programs."""

from __future__ import annotations

import ast
import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from engine.model import Target, Task
from engine.providers.search.inputs import inputs_of, nearby
from engine.workspace import Workspace
from tests.bench.injected import injected


@dataclass(frozen=True)
class Bug:
    """A task and the hidden tests that tell a right patch from one that only passes.

    `fuzz` compares with the reference on the hidden inputs, for when `reference` itself fails `hidden`.
    """

    task: Task
    hidden: bytes
    fuzz: bytes = b""
    reference: str = ""

    @property
    def given(self) -> str:
        """The code as it is."""
        return self.task.workspace.text(self.task.target.file)


def humanevalfix(shared: Path) -> Iterator[Bug]:
    """HumanEvalFix, the even half; hidden tests from HumanEval+ where its own reference passes them."""
    hidden = {row["task_id"].split("/")[1]: row for row in rows(shared / "data/humaneval-plus-even.jsonl.gz")}
    for row in rows(shared / "data/humanevalfix-even.jsonl.gz"):
        number, name = row["task_id"].split("/")[1], row["entry_point"]
        head = f"from solution import *\nfrom solution import {name}\n\n"
        checks = row["test"].rsplit("check(", 1)[0]
        tests = f"{head}{checks}\ndef test_{name}():\n    check({name})\n"
        whole = row["declaration"] + row["canonical_solution"]
        plus = f"{hidden[number]['test'].replace('import numpy as np', _ALLCLOSE)}\ndef test_hidden():\n"
        yield Bug(
            make_task(f"fix/{number}", row["declaration"] + row["buggy_solution"], name, tests),
            f"{head}{plus}    check({name})\n".encode(),
            f"{head}{plus}    pass\n{_INPUTS}{agree(whole, name)}".encode(),
            whole,
        )


def quixbugs(shared: Path) -> Iterator[Bug]:
    """QuixBugs, every second program; hidden: agreement with the reference on inputs like the tests'."""
    for row in rows(shared / "data/quixbugs-even.jsonl.gz"):
        name = row["name"]
        tests = f"from solution import *\nfrom solution import {name}\n\n{as_tests(row['tests'])}"
        task = make_task(f"quix/{name}", row["buggy_program"], name, tests)
        yield Bug(task, agreement(tests, row["solution"], name).encode())


def injected_bugs(shared: Path, seed: str, each: int) -> Iterator[Bug]:
    """HumanEval's odd reference solutions with bugs put in; hidden: agreement on inputs like the tests'."""
    for row in rows(shared / "data/HumanEval.jsonl.gz"):
        number, name = int(row["task_id"].split("/")[1]), row["entry_point"]
        if number % 2 == 0:
            continue
        whole = row["prompt"] + row["canonical_solution"]
        head = f"from solution import *\nfrom solution import {name}\n\n"
        tests = f"{head}{row['test']}\ndef test_{name}():\n    check({name})\n"
        agree = agreement(tests, whole, name).encode()
        for kind, text in injected(whole, f"{seed}/{number}", each):
            task = make_task(f"{number}/{kind}", text, name, tests)
            yield Bug(task, agree, reference=whole)


def agreement(tests: str, whole: str, name: str) -> str:
    """A test that the candidate does what the reference does on the tests' inputs and others like them."""
    inputs = nearby(inputs_of({"test.py": tests.encode()}, name), 60)
    return f"from solution import {name}\ninputs = {inputs!r}\n{agree(whole, name)}"


def agree(whole: str, name: str) -> str:
    """The test function of `agreement`, over `inputs`; where the reference raises, anything goes."""
    return f"space = {{}}\nexec({whole!r}, space)\n{_AGREE}".replace("NAME", name)


def examples() -> Iterator[Bug]:
    """The shipped examples; there are no hidden tests but the visible ones."""
    for folder in sorted((Path(__file__).resolve().parents[2] / "examples").iterdir()):
        if not (folder / "task.md").is_file():
            continue
        code = folder / f"{folder.name}.py"
        tests = (folder / f"test_{folder.name}.py").read_bytes()
        workspace = Workspace({code.name: code.read_bytes()}, frozenset({code.name}))
        task = Task(folder.name, "", workspace, Target(code.name), {f"test_{folder.name}.py": tests})
        yield Bug(task, tests)


def make_task(name: str, code: str, function: str, tests: str) -> Task:
    """A task of one file, `solution.py`."""
    workspace = Workspace({"solution.py": code.encode()}, frozenset({"solution.py"}))
    return Task(name, "", workspace, Target("solution.py", function), {"test_solution.py": tests.encode()})


def as_tests(text: str) -> str:
    """Assertions at top level put into one test function; test functions stay."""
    tree = ast.parse(text)
    loose = [node for node in tree.body if not isinstance(node, ast.FunctionDef | ast.ClassDef)]
    whole = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    called = {_bare_call(node) for node in loose} - {""}
    for node in whole:
        if isinstance(node, ast.FunctionDef) and node.name in called:
            node.name = f"test_{node.name}"
    loose = [node for node in loose if not _bare_call(node)]
    checks = [node for node in loose if isinstance(node, ast.Assert)]
    parts = [
        ast.unparse(node) for node in tree.body if node in whole or (node in loose and node not in checks)
    ]
    if checks:
        body = "\n".join(ast.unparse(node) for node in checks)
        parts.append("def test_all():\n" + "\n".join(f"    {line}" for line in body.splitlines()))
    return "\n\n".join(parts) + "\n"


def _bare_call(node: ast.stmt) -> str:
    """The function's name when the statement is nothing but its call without arguments."""
    match node:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name), args=[])):
            return name
    return ""


def rows(path: Path) -> list[dict[str, str]]:
    """The lines of a gzipped JSONL file."""
    with gzip.open(path, "rt") as stream:
        return [json.loads(line) for line in stream]


_AGREE = """
import copy, signal
def stop(*_): raise TimeoutError
def answer(function, values):
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        return function(*copy.deepcopy(values))
    except Exception as error:
        return type(error)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
def alike(a, b):
    if hasattr(a, "__next__"):
        return hasattr(b, "__iter__") and list(a) == list(b)
    numbers = type(a) in (int, float) and type(b) in (int, float)
    if numbers and float in (type(a), type(b)):
        return a == b or abs(a - b) <= 1e-6 * max(1, abs(a))
    if isinstance(a, (list, tuple)) and type(a) is type(b):
        return len(a) == len(b) and all(map(alike, a, b))
    return a == b
def test_agree():
    signal.signal(signal.SIGALRM, stop)
    for values in inputs:
        right = answer(space['NAME'], values)
        if not isinstance(right, type):
            assert alike(right, answer(NAME, values)), values
"""
_ALLCLOSE = """
import math
class np:
    ndarray = type("ndarray", (), {})
    @staticmethod
    def allclose(a, b, rtol=1e-05, atol=1e-08):
        if isinstance(a, (list, tuple)):
            return len(a) == len(b) and all(np.allclose(x, y, rtol, atol) for x, y in zip(a, b))
        return abs(a - b) <= atol + rtol * abs(b)
"""

_INPUTS = """
import ast, inspect
inputs = []
for node in ast.walk(ast.parse(inspect.getsource(check))):
    if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "inputs":
        inputs = ast.literal_eval(node.value)
"""
