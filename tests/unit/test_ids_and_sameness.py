"""Names of attempts, and when two candidates are one program."""

from __future__ import annotations

from engine.ids import new_run_id, next_attempt, next_child
from engine.sameness import first_same, signature
from engine.workspace import Workspace


def code(text: str) -> Workspace:
    return Workspace({"a.py": text.encode()}, frozenset({"a.py"}))


def test_run_ids_are_unique() -> None:
    assert len({new_run_id() for _ in range(100)}) == 100


def test_children_number_below_their_parent_only() -> None:
    existing = ["0", "4", "4.1", "4.1.1", "4.2", "41.7"]
    assert next_child(existing, "4") == "4.3"
    assert next_child(existing, "4.1") == "4.1.2"
    assert next_child(existing, "0") == "0.1"
    assert next_attempt(existing) == "5"


def test_layout_and_comments_make_no_difference() -> None:
    assert signature(code("x = 1  # one\n")) == signature(code("x=1\n\n"))
    assert signature(code("x = 1\n")) != signature(code("x = 2\n"))


def test_code_that_does_not_parse_is_compared_as_text() -> None:
    assert signature(code("def (:\n")) == signature(code("def (:\n"))
    assert signature(code("def (:\n")) != signature(code("def )\n"))


def test_the_first_twin_is_named() -> None:
    earlier = {"1": code("x = 1"), "2": None, "3": code("x = 2"), "4": code("x=2")}
    assert first_same(code("x  =  2"), earlier) == "3"
    assert first_same(code("x = 3"), earlier) == ""
