"""How many known bugs the search provider repairs, how well and how fast.

    python tests/bench/repair.py [--set humanevalfix|quixbugs|examples] [--isolation namespace|gvisor]
                                 [--seconds 10] [--only NAME,…] [--shared DIR]

Plausible: a sealed or in-process execution passes the given tests. Correct: the patch also passes the larger
hidden tests (HumanEval+), or for QuixBugs agrees with the reference on the tests' own inputs and neighbours.
"""

from __future__ import annotations

import argparse
import ast
import asyncio
import gzip
import json
import statistics
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from engine.errors import ProviderError
from engine.model import Prompt, PromptForm, Sampling, Target, Task
from engine.providers.base import Done, Progress, Request
from engine.providers.search import SearchProvider
from engine.workspace import Workspace
from sandbox.bubblewrap import BubblewrapSandbox
from sandbox.contract import Assurance, Isolation, Limits, Sandbox, Verdict
from sandbox.docker import DockerSandbox
from sandbox.docker_host import connect
from sandbox.image.build import build_image, image_name
from sandbox.private_daemon import private_daemon


@dataclass(frozen=True)
class Bug:
    """A task and the hidden tests that tell a right patch from one that only passes.

    `fuzz` compares with the reference on the hidden inputs, for when `reference` itself fails `hidden`.
    """

    task: Task
    hidden: bytes
    fuzz: bytes = b""
    reference: str = ""


def main() -> None:
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--set", default="humanevalfix", choices=("humanevalfix", "quixbugs", "examples"))
    parser.add_argument("--isolation", default="namespace", choices=("namespace", "gvisor"))
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--only", default="")
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[3] / "shared")
    options = parser.parse_args()
    bugs = {"humanevalfix": humanevalfix, "quixbugs": quixbugs, "examples": examples}[options.set](
        options.shared
    )
    only = set(filter(None, options.only.split(",")))
    chosen = [bug for bug in bugs if not only or bug.task.id in only]
    with sandbox_of(options.isolation) as sandbox:
        asyncio.run(measure(chosen, sandbox, options.seconds))


async def measure(bugs: list[Bug], sandbox: Sandbox, seconds: float) -> None:
    """Repair each bug in turn and report."""
    await sandbox.start()
    times, tried, plausible, correct = [], 0, 0, 0
    try:
        for bug in bugs:
            began = time.monotonic()
            text, note, count = await repair(sandbox, bug.task, seconds)
            spent = time.monotonic() - began
            tried += count
            verdict = await judge(sandbox, bug.task, text, bug.task.tests) if text else Verdict.NO_CODE
            right = Verdict.NO_CODE
            if verdict is Verdict.PASSED:
                plausible += 1
                times.append(spent)
                right = await correct_or_not(sandbox, bug, text)
                correct += right is Verdict.PASSED
            print(f"{bug.task.id:28} {verdict:8} {right:8} {spent:6.2f} s {count:6} {note}", flush=True)
    finally:
        await sandbox.close()
    times = sorted(times) or [0.0]
    print(
        f"{len(bugs)} bugs, plausible {plausible}, correct {correct}, "
        f"median {statistics.median(times):.2f} s, p90 {times[int(len(times) * 0.9)]:.2f} s, "
        f"{tried:,} candidates"
    )


async def repair(sandbox: Sandbox, task: Task, seconds: float) -> tuple[str, str, int]:
    """The first patch offered, its note, and how many candidates were tried."""
    provider = SearchProvider(sandbox, seconds=seconds)
    count = 0
    try:
        async for chunk in provider.complete(Request(task, Prompt("", "", PromptForm.REPAIR), Sampling())):
            if isinstance(chunk, Progress):
                count = chunk.done
            if isinstance(chunk, Done) and chunk.edits:
                return chunk.edits[task.target.file], chunk.note, count
    except ProviderError as error:
        return "", str(error), count
    return "", "", count


async def correct_or_not(sandbox: Sandbox, bug: Bug, text: str) -> Verdict:
    """The verdict of the hidden tests, or of agreement with the reference where that fails them."""
    right = await judge(sandbox, bug.task, text, {"test_hidden.py": bug.hidden})
    if right is Verdict.PASSED or not bug.fuzz:
        return right
    reference = await judge(sandbox, bug.task, bug.reference, {"test_hidden.py": bug.hidden})
    if reference is Verdict.PASSED:
        return right
    return await judge(sandbox, bug.task, text, {"test_hidden.py": bug.fuzz})


async def judge(sandbox: Sandbox, task: Task, text: str, tests: Mapping[str, bytes]) -> Verdict:
    """The sandbox's verdict on a patch."""
    patched = task.workspace.edit(task.target.file, text)
    judged = Task(task.id, "", patched, task.target, tests, Limits(seconds=30))
    return (await sandbox.execute(judged.job(patched), Assurance.IN_PROCESS)).verdict


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
            f"{whole}\nreference = {name}\n{head}{plus}{_AGREE}".replace("CANDIDATE", name).encode(),
            whole,
        )


def quixbugs(shared: Path) -> Iterator[Bug]:
    """QuixBugs, every second program; its own tests again, plus the reference's answers on inputs nearby."""
    for row in rows(shared / "data/quixbugs-even.jsonl.gz"):
        name = row["name"]
        tests = f"from solution import *\nfrom solution import {name}\n\n{as_tests(row['tests'])}"
        reference = (
            f"from solution import {name} as candidate\n{row['solution']}\n{nearby(row['tests'], name)}"
        )
        yield Bug(make_task(f"quix/{name}", row["buggy_program"], name, tests), reference.encode())


def examples(shared: Path) -> Iterator[Bug]:
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


def nearby(tests: str, name: str) -> str:
    """A test that the candidate and the reference agree on each tested input."""
    calls = [
        ast.unparse(node)
        for node in ast.walk(ast.parse(tests))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name
        and not any(isinstance(part, ast.Name) and part.id != name for part in ast.walk(node))
    ]  # fmt: skip
    lines = [f"    assert same({call.replace(name, 'candidate', 1)}, {call})" for call in calls]
    same = "def same(a, b):\n    return a == b or list(a) == list(b)\n"
    return f"{same}\ndef test_same():\n" + "\n".join([*lines, "    assert True"]) + "\n"


def rows(path: Path) -> list[dict[str, str]]:
    """The lines of a gzipped JSONL file."""
    with gzip.open(path, "rt") as stream:
        return [json.loads(line) for line in stream]


@contextmanager
def sandbox_of(isolation: str) -> Iterator[Sandbox]:
    """The sandbox to measure in; gVisor in the private daemon, its image built where it is missing."""
    if isolation == "namespace":
        yield BubblewrapSandbox()
        return
    with private_daemon() as host:
        client = connect(host)
        if not client.images(image_name()):
            build_image(client)
        yield DockerSandbox(Isolation.GVISOR, host)


_AGREE = """
    import copy, inspect, signal
    def stop(*_): raise TimeoutError
    signal.signal(signal.SIGALRM, stop)
    found = {}
    import ast
    tree = ast.parse(inspect.getsource(check))
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "inputs":
            found = ast.literal_eval(node.value)
    for values in found:
        answers = []
        for function in (reference, CANDIDATE):
            signal.setitimer(signal.ITIMER_REAL, 1)
            try:
                answers.append(function(*copy.deepcopy(values)))
            except Exception as error:
                answers.append(type(error))
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        if not isinstance(answers[0], type):
            assert answers[0] == answers[1], values
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

if __name__ == "__main__":
    main()
