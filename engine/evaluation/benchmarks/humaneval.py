"""HumanEval (Chen et al. 2021): a signature with a docstring, to be completed."""

from __future__ import annotations

import re

from engine.evaluation.problem import FILE, TESTS, Problem
from engine.evaluation.rows import Row, text_of
from engine.evaluation.shown import shown_tests

# Some editions end with the call itself; the test function below makes it.
_OWN_CALL = re.compile(r"^check\(.*\)[ \t]*$", re.MULTILINE)


def fits(row: Row) -> bool:
    """Whether a row is of this form."""
    return {"prompt", "entry_point", "test"} <= row.keys() and "buggy_solution" not in row


def load(row: Row) -> Problem:
    """One problem. Raises UsageError that names the field at fault."""
    prompt, name = text_of(row, "prompt"), text_of(row, "entry_point")
    reference = text_of(row, "canonical_solution", "")
    return Problem(
        id=text_of(row, "task_id"),
        description=f"Complete this function and give the whole file.\n\n```python\n{prompt.strip()}\n```",
        file=FILE,
        function=name,
        judge={TESTS: judge_tests(text_of(row, "test"), name)},
        shown=shown_tests(prompt, name),
        shown_from="docstring",
        reference=prompt + reference if reference else "",
        prefix=prompt,
    )


def judge_tests(test: str, name: str) -> str:
    """The benchmark's `check` as one pytest test."""
    checks = _OWN_CALL.sub("", test)
    head = f"from solution import *\nfrom solution import {name}\n"
    return f"{head}{checks}\n\ndef test_official():\n    check({name})\n"
