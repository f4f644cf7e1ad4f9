"""The templates reach the repairs that real bugs need, as one-line edits that keep comments and layout."""

from __future__ import annotations

import ast
import textwrap

import pytest

from engine.providers.search.code import Code
from engine.providers.search.hints import hints_of
from engine.providers.search.space import Space


def texts(source: str, tests: str = "") -> list[str]:
    """Every candidate for a source, likeliest first."""
    code = Code(textwrap.dedent(source), "", hints_of({"test_x.py": tests.encode()}))
    return [candidate.text for candidate in Space(code).singles() if parses(candidate.text)]


def parses(text: str) -> bool:
    """Whether the text is Python."""
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        ("return a < b", "return a <= b"),
        ("return a and b", "return a or b"),
        ("return a and b and not c", "return (a or b) and not c"),
        ("return a + 2", "return a + 1"),
        ("return a - b", "return abs(a - b)"),
        ("return a / b", "return a // b"),
        ("return a[1:b]", "return a[1:]"),
        ("return range(1, a)", "return range(a)"),
        ("return min(a, b)", "return max(a, b)"),
        ("return f(b, a, c)", "return f(a, b, c)"),
        ("return a.upper()", "return a.lower()"),
        ("return sorted(a)", "return a"),
        ("return a if b else c", "return c if b else a"),
        ("return a == b", "return set(a) == set(b)"),
        ("return [x for x in a]", "return [x for x in a if not x]"),
        ("return 'b'", "return b"),
        ("return a - b - c", "return a - (b - c)"),
        ("return a, b", "return b, a"),
        ("return True", "return False"),
    ],
)
def test_expression_is_reached(broken: str, right: str) -> None:
    frame = "def f(a, b, c):\n    {}\n"
    wanted = ast.dump(ast.parse(frame.format(right)))
    assert wanted in {ast.dump(ast.parse(text)) for text in texts(frame.format(broken))}


@pytest.mark.parametrize(
    ("broken", "right"),
    [
        (
            "def f(xs):\n    return xs[0]\n",
            "def f(xs):\n    if not xs:\n        return None\n    return xs[0]\n",
        ),
        (
            "def f(xs):\n    n = 0\n    while n < len(xs):\n        print(n)\n    return n\n",
            "def f(xs):\n    n = 0\n    while n < len(xs):\n        print(n)\n        n += 1\n    return n\n",
        ),
        (
            "def f(xs):\n    for x in xs:\n        if x:\n            break\n    return x\n",
            "def f(xs):\n    for x in xs:\n        if x:\n            continue\n    return x\n",
        ),
        (
            "def f(xs):\n    n = 0\n    for x in xs:\n        n += x\n        return n\n",
            "def f(xs):\n    n = 0\n    for x in xs:\n        n += x\n    return n\n",
        ),
        (
            "def f(a):\n    if a > 0:\n        return True\n    else:\n        return False\n",
            "def f(a):\n    if a > 0:\n        return False\n    else:\n        return True\n",
        ),
        (
            "def f(a):\n    b = 1\n    a = 2\n    b = a\n    return b\n",
            "def f(a):\n    b = 1\n    b = a\n    a = 2\n    return b\n",
        ),
    ],
)
def test_statement_is_reached(broken: str, right: str) -> None:
    wanted = ast.dump(ast.parse(right))
    assert wanted in {ast.dump(ast.parse(text)) for text in texts(broken)}


def test_comment_and_layout_survive_a_repair() -> None:
    source = "def f( a,b ):  # keep me\n    'dóc'\n    return a   <  b  # naïve ✓\n"
    found = [text for text in texts(source) if "<=" in text]
    assert found
    assert found[0] == source.replace("<", "<=")


def test_column_after_wide_characters_is_right() -> None:
    source = "def f(a):\n    return ('ü€𝄞', a < 1)\n"
    assert source.replace("<", "<=") in texts(source)


def test_candidates_are_many_and_seldom_the_same() -> None:
    source = """
        class Box:
            def total(self, xs, *more, scale=1):
                result, seen = 0, set()
                for i, x in enumerate(xs):
                    if x in seen and not more: continue
                    elif x > 3: result += x * scale
                    else:
                        result = result - 1
                    seen.add(x)
                return f"{result:>{scale}}" if result else None
    """
    found = texts(source)
    dumps = [ast.dump(ast.parse(text)) for text in found]
    assert len(found) == len(set(found))
    assert len(set(dumps)) > 0.99 * len(dumps) > 300


def test_value_only_the_tests_know_becomes_a_base_case_marked_literal() -> None:
    tests = "def test_x():\n    assert f([]) == 'none'\n"
    code = Code("def f(xs):\n    return xs[0]\n", "f", hints_of({"t.py": tests.encode()}))
    found = [c for c in Space(code).singles() if "return 'none'" in c.text and "if not xs" in c.text]
    assert found
    assert all(c.mutation.literal for c in found)


def test_misspelt_word_is_taken_from_the_tests() -> None:
    tests = "def test_x():\n    assert f('Wednesday')\n"
    assert "def f(d):\n    return d in ('Tuesday', 'Wednesday')\n" in texts(
        "def f(d):\n    return d in ('Tuesday', 'Wendesday')\n", tests
    )
