"""Reference solutions of a public benchmark pass sealed, and bodies that return nothing fail."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from tests.conftest import shared_folder
from tests.sandbox.sealed_run import passed, sealed

pytestmark = pytest.mark.shared


def tasks() -> list[dict[str, Any]]:
    path = shared_folder() / "data" / "HumanEval.jsonl.gz"
    return [json.loads(line) for line in gzip.open(path)] if path.exists() else []


SAMPLE = {0, 32, 38, 50, 53, 79, 105, 129, 151, 162}


@pytest.mark.parametrize(
    "task",
    [
        pytest.param(t, marks=[] if i in SAMPLE else [pytest.mark.slow], id=t["task_id"])
        for i, t in enumerate(tasks())
    ],
)
def test_a_reference_fails_or_an_empty_body_passes(task: dict[str, Any]) -> None:
    name = task["entry_point"]
    check = f"from solution import *\nfrom solution import {name}\n{task['test']}\n"
    check += f"def test_it():\n    check({name})\n"
    tests = {"test_solution.py": check.encode()}
    reference = sealed({"solution.py": (task["prompt"] + task["canonical_solution"]).encode()}, tests)
    assert passed(reference), reference
    assert not passed(sealed({"solution.py": (task["prompt"] + "    return None\n").encode()}, tests))
