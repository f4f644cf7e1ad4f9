"""Values that the tests expect, for base cases and returned constants."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator, Mapping

_MOST = 10
_LONGEST = 30


def expected_values(tests: Mapping[str, bytes]) -> tuple[str, ...]:
    """Source text of short literals that results are compared with, most frequent first."""
    counts: Counter[str] = Counter()
    for data in tests.values():
        try:
            tree = ast.parse(data)
        except (SyntaxError, ValueError):
            continue
        for node in ast.walk(tree):
            counts.update(_texts(node))
    return tuple(text for text, _ in counts.most_common(_MOST))


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
