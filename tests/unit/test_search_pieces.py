"""A variant read by its changed piece is the same code as one that is read whole."""

from __future__ import annotations

import ast

import pytest

from sandbox.harness.screen_pieces import Pieces
from sandbox.harness.screen_ticks import instrument

BASE = '''\
def f(xs, n=0):
    """Says what it does."""
    total = 0
    for x in xs:
        if x > 3:  # large
            total += x
        elif x < -3:
            total -= [y for y in xs][0]
        else:
            pass
    while n > 0:
        n -= 1
    try:
        total = int(
            total
        )
    except ValueError:
        return None
    return total
'''


def whole(text: str) -> str:
    """The tree of a text with ticks."""
    return ast.dump(instrument(ast.parse(text)))


def changed(text: str) -> tuple[int, int, list[str]]:
    """The lines of the base that a text changes, and what it has there."""
    old, new = BASE.splitlines(keepends=True), text.splitlines(keepends=True)
    start = next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )
    tail = 0
    while tail < min(len(old), len(new)) - start and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    return start, len(old) - tail, new[start : len(new) - tail]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("total = 0\n", "total = 1\n"),
        ("if x > 3:", "if x >= 3:"),
        ("elif x < -3:", "elif x < -3 or any(y for y in xs):"),
        ("elif x < -3:", "if x < -3:"),
        ("for x in xs:", "for x in [y for y in xs]:"),
        ("while n > 0:", "while n > 1:"),
        ("while n > 0:", "if n > 0:"),
        ("elif x < -3:", "else:\n            x = 0\n        if x < -3:"),
        ("            total += x\n", "            total += x\n            break\n"),
        ("            total += x\n", "            for y in xs:\n                total += y\n"),
        ("            pass\n", "            pass\n        n += 1\n"),
        ("            pass\n", "            pass\n    n += 1\n"),
        ("    while n", "    n = 2\n    while n"),
        ("            total\n", "            total + 1\n"),
        ("        return None\n", "        return 0\n"),
        ("    return total\n", "    if not total:\n        return None\n    return total\n"),
        ("        n -= 1\n", "        if n:\n            n -= 1\n"),
        ("    return total\n", ""),
    ],
)
def test_changed_piece_makes_the_same_tree(old: str, new: str) -> None:
    assert old in BASE
    pieces = Pieces(BASE)
    before = ast.dump(pieces.tree)
    text = BASE.replace(old, new, 1)
    with pieces.changed(*changed(text)) as tree:
        assert tree is not None
        assert ast.dump(tree) == whole(text)
    assert ast.dump(pieces.tree) == before == whole(BASE)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("        n -= 1\n", ""),  # a loop without a body is no Python
        ("def f(xs, n=0):", "def f(xs, n=1):"),
        ("    return total\n", "        return total\n"),
        ("    except ValueError:\n        return None\n", ""),
        ("    return total\n", "    return total)\n"),
    ],
)
def test_what_is_no_piece_by_itself_is_left_to_be_read_whole(old: str, new: str) -> None:
    assert old in BASE
    with Pieces(BASE).changed(*changed(BASE.replace(old, new, 1))) as tree:
        assert tree is None


def test_annotations_are_dropped_because_code_does_not_keep_them() -> None:
    with Pieces("def f(x: int) -> int:\n    return x\n").changed(1, 2, ["    return -x\n"]) as tree:
        assert tree is not None
        assert ast.unparse(tree).startswith("def f(x):")
