"""HumanEvalFix (Muennighoff et al. 2023): HumanEval's functions with a bug each, to be repaired."""

from __future__ import annotations

from engine.evaluation.benchmarks.humaneval import judge_tests
from engine.evaluation.problem import FILE, TESTS, Problem
from engine.evaluation.rows import Row, text_of
from engine.evaluation.shown import shown_tests


def fits(row: Row) -> bool:
    """Whether a row is of this form."""
    return {"buggy_solution", "declaration", "entry_point", "test"} <= row.keys()


def load(row: Row) -> Problem:
    """One problem. Raises UsageError that names the field at fault."""
    head, name = text_of(row, "declaration"), text_of(row, "entry_point")
    text = text_of(row, "docstring", text_of(row, "text", ""))
    return Problem(
        id=text_of(row, "task_id"),
        description=text.strip(),
        file=FILE,
        function=name,
        files={FILE: head + text_of(row, "buggy_solution")},
        judge={TESTS: judge_tests(text_of(row, "test"), name)},
        shown=shown_tests(f'"""{text}"""', name),
        shown_from="docstring",
        reference=head + text_of(row, "canonical_solution"),
    )
