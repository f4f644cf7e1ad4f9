"""Where the search looks first, and which of several passing patches it offers."""

from __future__ import annotations

import pytest

from engine.providers.search.code import Code
from engine.providers.search.localise import factor, suspicion
from engine.providers.search.mutation import Edit, Mutation
from engine.providers.search.rank import awkwardness

SOURCE = "def f(a):\n    if a:\n        return 1\n    return 2\n"


def test_ochiai_of_a_line_that_only_failing_tests_ran_is_one() -> None:
    lines = suspicion({"good": True, "bad": False}, {"good": (2, 4), "bad": (2, 3)})
    assert lines[3] == pytest.approx(1.0)
    assert lines[4] == 0.0
    assert lines[2] == pytest.approx(0.5**0.5)


def test_suspicious_line_comes_before_one_that_passed() -> None:
    code = Code(SOURCE)
    lines = suspicion({"good": True, "bad": False}, {"good": (2, 4), "bad": (2, 3)})
    three = Mutation((Edit(SOURCE.index("1"), SOURCE.index("1") + 1, "0"),), "constant", 0.5, 3, "")
    four = Mutation((Edit(SOURCE.index("2"), SOURCE.index("2") + 1, "0"),), "constant", 0.5, 4, "")
    assert factor(three, code, lines) > factor(four, code, lines) > 0


def test_comparison_is_more_natural_than_a_literal_of_the_tests() -> None:
    small = Mutation((Edit(13, 14, "<="),), "comparison", 0.9, 1, "")
    copied = Mutation((Edit(0, 0, "if not a: return 17\n"),), "base-case", 0.9, 1, "", literal=True)
    assert awkwardness(small, 0.9, SOURCE) < awkwardness(copied, 0.9, SOURCE)


def test_overlapping_mutations_do_not_pair() -> None:
    one = Mutation((Edit(4, 8, "x"),), "a", 0.5, 1, "one")
    assert one.joined(Mutation((Edit(6, 9, "y"),), "b", 0.5, 1, "two")) is None
    pair = one.joined(Mutation((Edit(10, 11, "y"),), "b", 0.5, 2, "two"))
    assert pair is not None
    assert pair.apply("0123456789abc") == "0123x89ybc"
