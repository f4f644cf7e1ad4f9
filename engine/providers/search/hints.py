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
    `words`: the strings that the tests hold."""

    expected: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()


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
    return Hints(tuple(text for text, _ in counts.most_common(_MOST)), frozenset(words))


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
