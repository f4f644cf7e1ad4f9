"""What other candidates of the same task have that this one has not: their statements and expressions."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from engine.providers.search.code import Code
from engine.providers.search.mutation import Mutation

_MOST_OTHERS = 3
_LONGEST = 600
_Whole = (
    ast.Compare | ast.BoolOp | ast.BinOp | ast.Call | ast.Subscript | ast.ListComp | ast.Constant | ast.Name
)


def crossed(code: Code, others: Sequence[str]) -> Iterator[Mutation]:
    """Each statement or expression of another candidate in the place of one here, or beside it."""
    for text in others[:_MOST_OTHERS]:
        try:
            other = Code(text, code.function)
        except (SyntaxError, ValueError):
            continue
        yield from _statements(code, other)
        yield from _expressions(code, other)


def _statements(code: Code, other: Code) -> Iterator[Mutation]:
    here = {ast.dump(node) for node in code.statements}
    news = [node for node in other.statements if ast.dump(node) not in here and _inside(other, node)]
    for new in news:
        text = ast.unparse(new)
        if len(text) > _LONGEST:
            continue
        for old in code.statements:
            indent = code.indent(old)
            if not _inside(code, old) or indent is None:
                continue
            alike = 0.3 if type(old) is type(new) else 0.1
            placed = text.replace("\n", f"\n{indent}")
            yield code.rewrite(old, placed, "crossed", alike)
            yield from code.insert(old, text, "crossed-in", 0.1)
            if old is code.block(old)[-1]:
                yield from code.insert(old, text, "crossed-in", 0.1, after=True)


def _expressions(code: Code, other: Code) -> Iterator[Mutation]:
    here = {ast.dump(node) for node in code.expressions}
    news: dict[str, ast.expr] = {}
    for node in other.expressions:
        if isinstance(node, _Whole) and ast.dump(node) not in here and other.owner(node) is not None:
            news.setdefault(ast.unparse(node), node)
    for old in code.expressions:
        if not isinstance(old, _Whole) or not isinstance(getattr(old, "ctx", ast.Load()), ast.Load):
            continue
        for text, new in news.items():
            if type(old) is type(new) or type(code.parents.get(old)) is type(other.parents.get(new)):
                yield code.put(old, text, "crossed", 0.2)


def _inside(code: Code, node: ast.stmt) -> bool:
    """Whether a statement belongs to the function that is repaired."""
    owner = code.outermost(node)
    return owner is not None and (not code.function or code.weight(node) == 1.0)
