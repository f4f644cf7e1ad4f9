"""What the tests give away: values that they expect, words that they use."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

_MOST = 10
_LONGEST = 30


@dataclass(frozen=True, slots=True)
class Hints:
    """`expected`: source text of short literals that results are compared with, most frequent first;
    `words`: the strings that the tests hold; `sentinels`: the expected values that stand for themselves
    (`None`, `-1`, "invalid"), rather than being what one input happens to give."""

    expected: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    sentinels: tuple[str, ...] = ()


NO_HINTS = Hints()


def hints_of(tests: Mapping[str, bytes]) -> Hints:
    """The hints in a task's test files; those that do not parse give none."""
    words: set[str] = set()
    counts: Counter[str] = Counter()
    for data in tests.values():
        try:
            tree = ast.parse(data)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            counts.update(_texts(node))
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) <= _LONGEST:
                words.add(node.value)
    expected = tuple(text for text, _ in counts.most_common(_MOST))
    return Hints(expected, frozenset(words), tuple(t for t in expected if _sentinel(t, counts[t])))


def _sentinel(text: str, count: int) -> bool:
    """Whether a function may well return this value by itself, and not only in the one case of a test."""
    value = ast.literal_eval(text)
    if isinstance(value, bool | None) or value in (0, 1, -1, "", [], {}, (), [[]]):
        return True
    if isinstance(value, str):
        return count > 1 or (value.replace(" ", "").isalpha() and len(value) > 1)
    return count > 1 and (not isinstance(value, list | dict | set | tuple) or len(value) < 3)


def _texts(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Compare(left=left, ops=[ast.Eq() | ast.Is()], comparators=[right]):
            yield from _literal(right)
            yield from _literal(left)
        case ast.Call(func=ast.Attribute(attr="assertEqual"), args=[one, two, *_]):
            yield from _literal(one)
            yield from _literal(two)
        case ast.Call(
            func=ast.Attribute(attr="parametrize"), args=[_, ast.List(elts=rows) | ast.Tuple(elts=rows), *_]
        ):
            for row in rows:
                if isinstance(row, ast.Tuple) and row.elts:
                    yield from _literal(row.elts[-1])


def _literal(node: ast.expr) -> Iterator[str]:
    try:
        text = repr(ast.literal_eval(node))
    except (ValueError, TypeError, SyntaxError):
        return
    if len(text) <= _LONGEST:
        yield text
