"""Benchmarks as they are read, and what of them the loop may see."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from engine.errors import UsageError
from engine.evaluation.benchmarks.load import load_benchmark
from engine.evaluation.selection import Selection, select
from engine.evaluation.shown import examples
from sandbox.contract import Limits

HUMANEVAL = {
    "task_id": "HumanEval/7",
    "prompt": 'def twice(x):\n    """Twice x.\n    >>> twice(2)\n    4\n    """\n',
    "canonical_solution": "    return 2 * x\n",
    "entry_point": "twice",
    "test": "def check(candidate):\n    assert candidate(977) == 1954\n",
}
FIX = {
    **HUMANEVAL,
    "declaration": "def twice(x):\n",
    "buggy_solution": "    return x\n",
    "docstring": "Twice x.\n>>> twice(2)\n4",
    "test": HUMANEVAL["test"] + "\ncheck(twice)",
}
MBPP = {
    "task_id": 11,
    "text": "Write a function to double.",
    "code": "def twice(x):\r\n  return 2 * x",
    "test_setup_code": "",
    "test_list": ["assert twice(977) == 1954"],
}
QUIXBUGS = {
    "name": "twice",
    "buggy_program": "def twice(x):\n    return x",
    "docstring": '"""\nTwice x.\n    >>> twice(2)\n    4\n"""',
    "solution": "def twice(x):\n    return 2 * x",
    "tests": "assert twice(*[977]) == 1954",
}
OWN = {
    "task_id": "mine",
    "description": "Twice x: twice(2) == 4",
    "function": "twice",
    "file": "sums.py",
    "tests": {"test_sums.py": "from sums import twice\n\ndef test_it():\n    assert twice(977) == 1954\n"},
}


@pytest.mark.parametrize("row", [HUMANEVAL, FIX, MBPP, QUIXBUGS, OWN])
def test_the_judges_tests_reach_the_loop(row: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(json.dumps(row).encode()))
    (problem,) = load_benchmark(str(path), None, tmp_path).problems
    task = problem.task(Limits())
    everything = f"{task.description}{dict(task.tests)}{dict(task.workspace.files)}{task.selection}"
    assert "977" not in everything
    assert "977" in str(dict(problem.judge))
    for path_, source in {**problem.judge, **problem.shown}.items():
        compile(source, path_, "exec")
    if row is not MBPP:
        assert "twice(2) == 4" in str(dict(problem.shown))


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("f(1, [2]) ➞ [3]  # because", "assert f(1, [2]) == [3]"),
        ("f('a)') => true", "assert f('a)') == True"),
        ("f(2) # returns -1.5.", "assert f(2) == -1.5"),
        (">>> f(3)\n    'x'", "assert f(3) == 'x'"),
        ("f(a) => 1", ""),
        ("f(1) => the first", ""),
        ("f(1) => __import__('os').getcwd()", ""),
        ("g(1) => 2", ""),
        (">>> f(open('x'))\n    2", ""),
    ],
)
def test_an_example_is_missed_or_prose_is_taken_for_one(line: str, found: str) -> None:
    assert "".join(examples(f"Does it.\n    {line}\n", "f")) == found


def test_a_folder_of_pairs_and_of_folders_is_not_understood(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text('def one():\n    """One.\n\n    >>> one()\n    1\n    """\n')
    (tmp_path / "test_a.py").write_text("from a import one\n\ndef test_one():\n    assert one() == 1\n")
    inner = tmp_path / "b"
    (inner / "shown").mkdir(parents=True)
    (inner / "b.py").write_text("def two():\n    return 2\n")
    (inner / "test_b.py").write_text("from b import two\n\ndef test_two():\n    assert two() == 2\n")
    (inner / "shown" / "test_type.py").write_text(
        "from b import two\n\ndef test_int():\n    assert isinstance(two(), int)\n"
    )
    first, second = load_benchmark(str(tmp_path), None, tmp_path).problems
    assert (first.id, first.shown_from, second.id, second.shown_from) == ("a", "docstring", "b", "named")
    assert "one() == 1" in str(dict(first.shown))
    assert "test_int" in str(dict(second.shown))
    assert "test_two" not in str(dict(second.shown))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("{}\n", "of no form that is known"),
        ('{"task_id": 1}\nnope\n', "line 2"),
        ("[1]", "no JSON object"),
        (json.dumps(MBPP) + "\n" + json.dumps(MBPP), "a second time"),
        (json.dumps({**MBPP, "test_list": ["assert 1"]}), "line 1"),
    ],
)
def test_a_bad_line_is_not_named(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text)
    with pytest.raises(UsageError, match=said):
        load_benchmark(str(path), None, tmp_path)


def test_a_selection_is_not_what_was_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    path.write_text("\n".join(json.dumps({**HUMANEVAL, "task_id": f"HumanEval/{n}"}) for n in range(30)))
    problems = load_benchmark(str(path), None, tmp_path).problems

    def ids(**how: object) -> list[str]:
        return [p.id.partition("/")[2] for p in select(problems, Selection(**how))]  # type: ignore[arg-type]

    assert ids(ids=("HumanEval/3", "10-12", "4")) == ["3", "4", "10", "11", "12"]
    assert ids(ids=("0-9",), limit=2) == ["0", "1"]
    assert ids(sample=5, seed=1) == ids(sample=5, seed=1) != ids(sample=5, seed=2)
    with pytest.raises(UsageError, match="no problem 'HumanEval/99'"):
        ids(ids=("HumanEval/99",))
