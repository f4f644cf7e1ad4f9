"""Inputs like those of the tests, and the call that tells one patch from the others."""

from __future__ import annotations

import pytest

from engine.providers.search.differ import Table
from engine.providers.search.inputs import inputs_of, nearby

TESTS = b"""
import pytest
from clip import clip

def check(candidate):
    assert candidate(1, 2) == [3]
    for n in range(3):
        assert candidate(n, 0)

@pytest.mark.parametrize("low, high", [(4, 5), (6, 7)])
def test_rows(low, high):
    assert clip(low, high) == []

@pytest.mark.parametrize("one", ["a", "b"])
def test_one(one):
    assert clip(one) and other(9)

def test_star():
    assert clip(*[8, 9]) == clip(int("3"))
"""


def test_calls_are_found_in_every_style_and_nothing_is_run() -> None:
    found = inputs_of({"test_clip.py": TESTS, "broken.py": b"def ("}, "clip")
    assert set(found) == {(1, 2), (4, 5), (6, 7), ("a",), ("b",), (8, 9)}


def test_nearby_inputs_keep_types_and_what_held_of_all() -> None:
    given = [([1, 2, 5], "ab", 3), ([2, 4, 9], "ba", 7)]
    found = nearby(given, 60)
    assert found == nearby(given, 60)
    assert len(found) > 30
    for numbers, text, count in found:
        assert isinstance(numbers, list)
        assert numbers == sorted(numbers)
        assert set(str(text)) <= {"a", "b"}
        assert isinstance(count, int)
        assert count >= 1


def test_the_shortest_call_on_which_most_differ_is_told() -> None:
    inputs = ((1, 1), (0,), (2,), (33333,))
    table = Table("f", inputs, (("1", "0", "4", "9"), ("1", "1", "5", "8"), ("1", "0", "5", "8")))
    doubt = table.doubt(0)
    assert doubt is not None
    assert (doubt.call, doubt.here, doubt.there, doubt.apart) == ("f(2)", "4", ("5",), 2)
    assert doubt.test() == "assert f(2) == 4"
    assert Table("f", inputs[:1], (("1",), ("1",))).doubt(0) is None


def test_patches_that_answer_alike_weigh_little_more_than_the_best_of_them() -> None:
    table = Table("f", ((0,),), (("1",), ("2",), ("2",)))
    assert table.weigh([0.5, 0.3, 0.3]) == pytest.approx([0.5, 0.33, 0.33])
