"""What models write, and the edits that must come of it."""

from __future__ import annotations

import ast
import gzip
import json
import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.extract import Extracted, extract
from engine.model import Target, Task
from engine.workspace import Workspace

BASE = '''"""Small sums."""

import math

LIMIT = 10


def total(xs):
    """Add them up."""
    return sum(xs) + 1


def mean(xs):
    return total(xs) / len(xs)


class Stack:
    def __init__(self):
        self.items = []

    def push(self, item):
        self.items.append(item)

    def pop(self):
        return self.items.pop(0)
'''
WHOLE = BASE.replace("sum(xs) + 1", "sum(xs)")
SHARED = Path(os.environ.get("CODER_TUI_SHARED", Path(__file__).parents[3] / "shared"))


def task(base: str = BASE, function: str = "total", file: str = "sums.py", **others: str) -> Task:
    files = {file: base.encode(), **{f"{name}.py": text.encode() for name, text in others.items()}}
    workspace = Workspace(files, frozenset(files))
    return Task("t", "add numbers", workspace, Target(file, function), {"test_sums.py": b""})


def run(answer: str, of: Task | None = None) -> Extracted:
    of = of or task()
    return extract(answer, of, of.workspace)


def only(answer: str, of: Task | None = None) -> str:
    of = of or task()
    edits = run(answer, of).edits
    assert list(edits) == [of.target.file]
    return edits[of.target.file]


def fence(code: str, info: str = "python") -> str:
    return f"```{info}\n{code}```\n"


def test_a_whole_file_in_a_fence_is_taken_as_it_is() -> None:
    assert only(f"The sum is one too high.\n\n{fence(WHOLE)}\nThat is all.") == WHOLE


def test_a_whole_file_without_a_fence_is_taken_as_it_is() -> None:
    assert only(WHOLE) == WHOLE


@pytest.mark.parametrize("info", ["", "py", "Python", "python3", "python sums.py", "sums.py", "{.python}"])
def test_the_words_after_a_fence_do_not_hide_the_code(info: str) -> None:
    assert only(fence(WHOLE, info)) == WHOLE


def test_prose_before_and_after_bare_code_is_left_out() -> None:
    assert only(f"Sure, here is the file:\n\n{WHOLE}\nFeedback: it's now right.") == WHOLE


def test_one_function_replaces_its_own_and_leaves_the_rest() -> None:
    assert only(fence('def total(xs):\n    """Add them up."""\n    return sum(xs)\n')) == WHOLE


def test_a_helper_and_an_import_come_along_with_one_function() -> None:
    helper = "from functools import reduce\n\ndef plus(a, b):\n    return a + b\n\n"
    code = helper + "def total(xs):\n    return reduce(plus, xs, 0)\n"
    got = only(fence(code))
    tree = ast.parse(got)
    names = [node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    assert names == ["plus", "total", "mean", "Stack"]
    assert "from functools import reduce\nimport math" in got and "LIMIT = 10" in got


def test_a_bare_method_replaces_the_one_in_the_class() -> None:
    got = only(fence("def pop(self):\n    return self.items.pop()\n"), task(function="Stack.pop"))
    assert got == BASE.replace("pop(0)", "pop()")


def test_a_class_that_leaves_methods_out_keeps_them() -> None:
    code = "class Stack:\n    # ... rest unchanged\n\n    def pop(self):\n        return self.items.pop()\n"
    assert only(fence(code), task(function="Stack.pop")) == BASE.replace("pop(0)", "pop()")


def test_a_bare_body_goes_under_its_head() -> None:
    stub = 'def total(xs):\n    """Add them up."""\n'
    assert only(
        "    out = 0\n    for x in xs:\n        out += x\n    return out\n", task(stub + "    pass\n")
    ) == (stub + "    out = 0\n    for x in xs:\n        out += x\n    return out\n")


def test_several_blocks_the_fixed_one_wins_over_the_quoted_one_and_the_example() -> None:
    quoted = 'def total(xs):\n    """Add them up."""\n    return sum(xs) + 1\n'
    fixed = 'def total(xs):\n    """Add them up."""\n    return sum(xs)\n'
    example = "print(total([1, 2, 3]))\n# prints 6, which is what the test wants to see in the end\n" * 9
    answer = f"This is wrong:\n{fence(quoted)}\nBetter:\n{fence(fixed)}\nUse:\n{fence(example)}"
    assert only(answer + fence("6", "text")) == WHOLE


def test_a_helper_in_a_block_of_its_own_is_not_lost() -> None:
    answer = (
        fence("def plus(a, b):\n    return a + b\n")
        + "and\n"
        + fence("def total(xs):\n    return plus(*xs)\n")
    )
    assert "def plus" in only(answer)


def test_blocks_that_name_files_go_to_them() -> None:
    of = task(helper="A = 1\n")
    answer = "**sums.py**\n" + fence(WHOLE) + "\n### `helper.py`\n" + fence("A = 2\n")
    assert run(answer, of).edits == {"sums.py": WHOLE, "helper.py": "A = 2\n"}


def test_a_block_for_the_tests_is_left_out() -> None:
    got = run(fence("# sums.py\n" + WHOLE) + fence("# test_sums.py\ndef test_x():\n    pass\n"))
    assert list(got.edits) == ["sums.py"]
    assert got.repairs == ("left out test_sums.py, which is not part of this task",)


def test_a_fence_inside_a_docstring_does_not_end_the_code() -> None:
    code = 'def total(xs):\n    """Add.\n\n    ```\n    total([1])\n    ```\n    """\n    return sum(xs)\n'
    assert only(fence(code), task("def total(xs):\n    return 0\n")) == code


def test_search_and_replace_blocks_are_applied() -> None:
    block = "<<<<<<< SEARCH\n    return sum(xs) + 1\n=======\n    return sum(xs)\n>>>>>>> REPLACE\n"
    assert only(f"sums.py\n```\n{block}```") == WHOLE


def test_an_edit_block_with_other_indentation_is_moved_to_its_place() -> None:
    block = "<<<<<<< SEARCH\nreturn sum(xs) + 1\n=======\nout = sum(xs)\nreturn out\n>>>>>>> REPLACE"
    assert "    out = sum(xs)\n    return out\n" in only(block)


def test_an_edit_block_without_a_place_is_said_and_the_others_count() -> None:
    lost = "<<<<<<< SEARCH\nnot there\n=======\nx\n>>>>>>> REPLACE\n"
    good = "<<<<<<< SEARCH\n    return sum(xs) + 1\n=======\n    return sum(xs)\n>>>>>>> REPLACE\n"
    got = run(lost + good)
    assert got.edits == {"sums.py": WHOLE}
    assert got.repairs == ("1 edit did not match the file",)
    assert run(lost) == Extracted()


def test_a_unified_diff_is_applied_whatever_its_line_numbers() -> None:
    head = "--- a/sums.py\n+++ b/sums.py\n@@ -1,3 +1,3 @@\n def total(xs):\n"
    diff = head + '     """Add them up."""\n-    return sum(xs) + 1\n+    return sum(xs)\n'
    assert only(f"```diff\n{diff}```") == WHOLE


def test_a_diff_without_headers_is_applied() -> None:
    got = only(
        "```diff\n def total(xs):\n-    return 1\n+    return 2\n```", task("def total(xs):\n    return 1\n")
    )
    assert got == "def total(xs):\n    return 2\n"


def test_a_script_without_definitions_can_be_a_new_file() -> None:
    assert only(fence("LIMIT = 3\nprint(LIMIT)\n"), task("", function="")) == "LIMIT = 3\nprint(LIMIT)\n"
    assert run("Sure.", task("", function="")) == Extracted()


def test_an_answer_cut_off_after_the_target_keeps_what_is_whole() -> None:
    cut = "```python\ndef total(xs):\n    return sum(xs)\n\n\ndef test_it():\n    assert total([1, "
    got = run(cut)
    assert "return sum(xs)\n" in got.edits["sums.py"] and "def mean" in got.edits["sums.py"]
    assert "the answer broke off: kept what was whole" in got.repairs


def test_code_that_does_not_parse_is_handed_on_for_its_syntax_error() -> None:
    assert "return sum(xs" in only(fence("def total(xs):\n    return sum(xs\n"))


@pytest.mark.parametrize(
    "code",
    [
        "    def total(xs):\n        return sum(xs)\n",
        "def total(xs):\n\t\treturn sum(xs)\n",
        "def total(xs):\n\tx = 1\n        return sum(xs)\n",
        "1 def total(xs):\n2     return sum(xs)\n",
        "def total(xs):\n\u00a0   return sum(xs)\n",
    ],
)
def test_wrong_indentation_is_mended(code: str) -> None:
    got = only(fence(code), task("def total(xs):\n    return 1\n"))
    values: dict[str, object] = {}
    exec(got, values)
    assert values["total"]([1, 2]) == 3  # type: ignore[operator]


def test_smart_quotes_are_replaced_only_where_nothing_parses() -> None:
    of = task("def total(xs):\n    return ''\n")
    assert only(fence("def total(xs):\n    return “a”\n"), of) == 'def total(xs):\n    return "a"\n'
    kept = 'def total(xs):\n    return "“"\n'
    assert only(fence(kept), of) == kept


def test_lone_surrogates_and_null_characters_do_not_reach_a_file() -> None:
    got = run(fence('def total(xs):\n    return "\ud800\0"\n'), task("def total(xs):\n    return 1\n"))
    assert got.edits["sums.py"].encode() == 'def total(xs):\n    return "\ufffd"\n'.encode()
    assert got.repairs == ("replaced lone surrogates", "removed null characters")


def test_missing_imports_are_added_and_nothing_else() -> None:
    code = "def total(xs: List[int]) -> Optional[int]:\n    return math.floor(deque(xs)[0]) + string\n"
    got = run(fence(code), task("def total(xs):\n    return 1\n"))
    names = [("typing", "List"), ("typing", "Optional"), ("collections", "deque")]
    head = "".join(f"from {module} import {name}\n" for module, name in names) + "import math\n\n"
    assert got.edits["sums.py"] == head + code


def test_an_import_of_the_base_comes_before_a_guess() -> None:
    of = task("from numpy import mean\n\n\ndef total(xs):\n    return mean(xs)\n")
    assert only(fence("def total(xs):\n    return mean(xs) * 2\n"), of).startswith("from numpy import mean\n")


def test_names_bound_anywhere_are_not_imported() -> None:
    head = "import numpy as math\nfrom typing import *\n\n"
    code = head + "def total(xs: List[int]) -> int:\n    re = math.sum(xs)\n    return re.x\n"
    assert only(fence(code), task("def total(xs):\n    return 1\n")) == code


def test_thinking_is_never_taken_for_code() -> None:
    thought = "<think>Maybe\n" + fence("def total(xs):\n    return 0\n") + "</think>"
    assert only(thought + fence(WHOLE)) == WHOLE
    assert run(thought) == Extracted()


@pytest.mark.parametrize(
    "answer", ["", "   \n", "I cannot help with that.", "```\n```", "```text\nhello\n```", "x"]
)
def test_no_code_is_no_edit(answer: str) -> None:
    assert run(answer) == Extracted()


def test_deep_nesting_ends_without_an_exception() -> None:
    for answer in ("(" * 100_000, "-" * 100_000 + "1", "x = " + "[" * 3000 + "]" * 3000, "```\n" * 5_000):
        run(answer)


@pytest.mark.slow
@pytest.mark.parametrize(
    "answer",
    [
        "```\n" * 70_000,
        "```python\nx = (\n```\n" * 20_000,
        ("def f(x):\n    return x\n" * 5_000 + "oops oops\n") * 2,
        "<<<<<<< SEARCH\n" * 20_000,
        "a." * 150_000 + ".py(",
    ],
    ids=["fences", "broken blocks", "prose between", "edit marks", "a path"],
)
def test_an_absurd_answer_costs_seconds_at_most(answer: str) -> None:
    began = time.process_time()
    run(answer)
    assert time.process_time() - began < 10


@settings(max_examples=150, deadline=None)
@given(
    st.text(max_size=300)
    | st.lists(
        st.sampled_from(
            [*WHOLE.split("\n"), "```", "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "@@", "-x", "+y"]
        )
    ).map("\n".join)
)
def test_no_text_raises_and_every_edit_can_be_stored(answer: str) -> None:
    for path, text in run(answer).edits.items():
        task().workspace.edit(path, text).text(path).encode()


@pytest.mark.slow
@pytest.mark.shared
def test_every_recorded_completion_keeps_its_code() -> None:
    with gzip.open(SHARED / "data" / "recording-codellama34b-humaneval.jsonl.gz", "rt") as stream:
        lines = [json.loads(line) for line in stream]
    with gzip.open(SHARED / "data" / "HumanEval.jsonl.gz", "rt") as stream:
        problems = {row["task_id"]: row for row in map(json.loads, stream)}
    seen = 0
    for line in lines:
        problem = problems[line["task_id"]]
        for base in ("", problem["prompt"] + "    pass\n"):
            of = task(base, problem["entry_point"], "solution.py")
            for completion in line["completions"]:
                got = only(completion, of)
                tree = ast.parse(got)
                assert any(
                    isinstance(n, ast.FunctionDef) and n.name == problem["entry_point"] for n in tree.body
                )
                try:
                    meant = ast.parse(completion)
                except SyntaxError:
                    assert "Feedback" in completion and "Feedback" not in got
                else:
                    functions = {ast.dump(n) for n in meant.body if isinstance(n, ast.FunctionDef)}
                    assert functions <= {ast.dump(n) for n in tree.body}
                    assert base or ast.dump(tree) == ast.dump(meant)
                seen += 1
    assert seen == 2 * 714
