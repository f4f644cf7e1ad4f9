"""Expressions made of the names in scope, put where a template's change was not enough.

Each hole of the code gives a stream of mutations, likeliest first; the streams are merged by likelihood, so
that nothing is made before it is wanted.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from heapq import merge
from itertools import chain, islice

from engine.providers.search.code import Code, docstring
from engine.providers.search.localise import factor
from engine.providers.search.mutation import Mutation
from engine.providers.search.scopes import Function
from engine.providers.search.templates.unbound import unbound
from engine.providers.search.vocabulary import Vocabulary
from engine.providers.search.wanted import is_test, likely, returned, wanted

_MOST = 1500  # of one hole
_HALVES_AT = 150  # ranks after which an expression is thought half as likely
_Loop = ast.For | ast.While
_Statement = ast.Expr | ast.Assign | ast.AugAssign | ast.Return


def synthesised(code: Code, lines: Mapping[int, float]) -> Iterator[tuple[float, Mutation]]:
    """Every mutation with its likelihood, likeliest first; `lines` is the suspicion of each line."""
    values = (stream for node in code.expressions for stream in _values(code, node))
    statements = (stream for node in code.statements for stream in _statements(code, node))
    weighed = [_weighed(code, stream, lines) for stream in chain(values, statements)]
    return merge(*weighed, key=lambda pair: -pair[0])


def _weighed(
    code: Code, stream: Iterator[Mutation], lines: Mapping[int, float]
) -> Iterator[tuple[float, Mutation]]:
    """The stream with likelihoods that fall with the rank, so that merging keeps its order."""
    place = 0.0
    for rank, mutation in enumerate(islice(stream, _MOST)):
        place = place or factor(mutation, code, lines)
        yield mutation.prior * place / (1 + rank / _HALVES_AT), mutation


def _values(code: Code, node: ast.expr) -> Iterator[Iterator[Mutation]]:
    """Another expression for this one; this one joined to another."""
    parent = code.parents.get(node)
    if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load) or isinstance(
        node, ast.Lambda | ast.JoinedStr
    ):
        return
    if isinstance(parent, ast.Attribute) or (isinstance(parent, ast.Call) and parent.func is node):
        return
    words = Vocabulary(code, node)
    kind = wanted(code, node)
    small = 1.0 if isinstance(node, ast.Name | ast.Constant) else 0.8
    if is_test(code, node):
        text = code.src(node)
        held = f"({text})" if isinstance(node, ast.BoolOp | ast.IfExp) else text
        yield (code.put(node, test, "condition-made", 0.12) for test in words.tests)
        yield (code.put(node, f"{held} and {test}", "narrow-made", 0.08) for test in words.tests)
        yield (code.put(node, f"{held} or {test}", "widen-made", 0.08) for test in words.tests)
        return
    for one, prior in likely(kind):
        yield _replaced(code, node, "value-made", prior * small, _made(words, one))
        yield _replaced(code, node, "joined-made", prior * 0.7, _joins(code, node, words, one))
    if isinstance(parent, ast.comprehension) and parent.iter is node and not parent.ifs:
        inner = Vocabulary(code, parent.target)
        yield (code.put(node, f"{code.src(node)} if {test}", "filter-made", 0.15) for test in inner.tests)


def _statements(code: Code, node: ast.stmt) -> Iterator[Iterator[Mutation]]:
    """A statement under a condition; an exit before it; a return or an update after it."""
    words, parent = Vocabulary(code, node), code.parents[node]
    indent = code.indent(node)
    if isinstance(node, _Statement) and indent is not None and "\n" not in (text := code.src(node)):
        tests = words.tests
        yield (code.rewrite(node, f"if {test}:\n{indent}    {text}", "guard-made", 0.1) for test in tests)
    if isinstance(node, ast.Return) and node.value is None:
        yield from (_returning(code, node, words, kind) for kind, _ in likely(returned(code)))
    if isinstance(parent, Function | _Loop) and not docstring(node):
        yield _flat(
            code.insert(node, f"if {test}:\n    {leave}", "exit-made", 0.05)
            for test in words.tests[:300]
            for leave in _exits(code, words, parent)
        )
    if isinstance(parent, Function) and node is _first(parent):
        for name in unbound(code, parent):
            yield _begun(code, node, name, words)
    if isinstance(parent, Function) and node is parent.body[-1] and not isinstance(node, ast.Return):
        made = chain.from_iterable(_made(words, kind) for kind, _ in likely(returned(code)))
        yield _flat(code.insert(node, f"return {value}", "return-made", 0.2, after=True) for value in made)
    if code.looped(node) and not isinstance(node, ast.Return | ast.Break | ast.Continue):
        yield _flat(code.insert(node, text, "update-made", 0.05, after=True) for text in _updates(words))


def _atoms(words: Vocabulary, kind: str) -> list[str]:
    return {"number": words.numbers, "text": words.texts, "list": words.lists}.get(kind, words.tests)


def _made(words: Vocabulary, kind: str) -> Iterator[str]:
    yield from _atoms(words, kind)
    if kind == "number":
        yield from words.sums()
        yield from words.triples()
    if kind == "list":
        yield from words.filtered()
    if kind in {"text", "list"}:
        yield from words.joined(kind)


def _replaced(
    code: Code, node: ast.expr, template: str, prior: float, texts: Iterator[str]
) -> Iterator[Mutation]:
    return (code.put(node, text, template, prior) for text in texts)


def _joins(code: Code, node: ast.expr, words: Vocabulary, kind: str) -> Iterator[str]:
    text = code.src(node)
    loose = isinstance(node, ast.BinOp | ast.UnaryOp | ast.IfExp | ast.BoolOp | ast.Compare)
    held = f"({text})" if loose else text
    for other in _atoms(words, kind) if kind != "test" else ():
        if other == text:
            continue
        yield f"{held} + {other}"
        if kind == "number":
            yield from (f"{other} - {held}", f"{held} - {other}", f"{held} * {other}", f"{held} % {other}")
            yield from (f"{held} // {other}", f"{held} / {other}", f"{other} % {held}", f"{other} // {held}")
        else:
            yield f"{other} + {held}"


def _exits(code: Code, words: Vocabulary, parent: ast.AST) -> Iterator[str]:
    if isinstance(parent, _Loop):
        yield from ("continue", "break")
    kinds = [kind for kind, _ in likely(returned(code))]
    yield from (f"return {value}" for value in dict.fromkeys(code.hints.sentinels[:3]) if len(value) < 12)
    for kind in kinds:
        yield from (f"return {value}" for value in _atoms(words, kind)[:4] if kind != "test")
    yield from (
        f"return {value}" for value in ("None", "[]", "''", "True", "False")[: 5 if "" in kinds else 1]
    )


def _returning(code: Code, node: ast.Return, words: Vocabulary, kind: str) -> Iterator[Mutation]:
    return (code.rewrite(node, f"return {value}", "return-made", 0.2) for value in _made(words, kind))


def _first(function: Function) -> ast.stmt | None:
    return next((part for part in function.body if not docstring(part)), None)


def _begun(code: Code, node: ast.stmt, name: str, words: Vocabulary) -> Iterator[Mutation]:
    """Something for a name that nothing gives a value."""
    for kind in ("number", "list", "text"):
        for value in _made(words, kind):
            yield from code.insert(node, f"{name} = {value}", "first-made", 0.3)


def _updates(words: Vocabulary) -> Iterator[str]:
    numbers = words.of("int", "float")
    for name in numbers:
        yield from (
            f"{name} {sign}= {other}" for other in words.numbers[:12] for sign in "+-*" if other != name
        )
    for name in words.of("list"):
        yield from (
            f"{name}.append({other})" for other in [*words.names, *words.numbers[:8]] if other != name
        )
    for name in words.of("str"):
        yield from (f"{name} += {other}" for other in words.texts[:10] if other != name)
    for name in words.of("dict", "defaultdict"):
        yield from (f"{name}[{key}] = {value}" for key in words.names for value in words.names if key != name)
    for name in words.names:
        yield from (f"{name} = {other}" for other in words.names if other != name)


def _flat(parts: Iterator[Iterator[Mutation]]) -> Iterator[Mutation]:
    return chain.from_iterable(parts)
