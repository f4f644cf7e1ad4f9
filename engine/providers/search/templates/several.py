"""Several places at once: all flags of a function, all equal constants, two names exchanged throughout."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator

from engine.providers.search.code import Code
from engine.providers.search.mutation import Edit, Mutation
from engine.providers.search.scopes import Function


def function(code: Code, node: Function) -> Iterator[Mutation]:
    """Changes made in all of one function."""
    inside = [part for part in code.expressions if code.owner(part) is node]
    flags = [p for p in inside if isinstance(p, ast.Constant) and isinstance(p.value, bool)]
    if len(flags) > 1:
        edits = tuple(Edit(*code.span(part), str(not part.value)) for part in flags)
        yield _all(code, node, edits, "all-flags", 0.5, f"every flag of `{node.name}` turned")
    returned = [p for p in flags if isinstance(code.parents.get(p), ast.Return)]
    if 1 < len(returned) < len(flags):
        edits = tuple(Edit(*code.span(part), str(not part.value)) for part in returned)
        yield _all(code, node, edits, "all-returns", 0.5, f"every returned flag of `{node.name}` turned")
    equal: dict[str, list[ast.Constant]] = defaultdict(list)
    for part in inside:
        if isinstance(part, ast.Constant) and not isinstance(part.value, bool) and part.value is not None:
            equal[code.src(part)].append(part)
    for text, parts in equal.items():
        if len(parts) > 1:
            for other in _others(parts[0].value, list(equal)):
                edits = tuple(Edit(*code.span(part), other) for part in parts)
                yield _all(code, node, edits, "all-equal", 0.25, f"every `{text}` → `{other}`")
    yield from _names(code, node, inside)


def _names(code: Code, node: Function, inside: list[ast.expr]) -> Iterator[Mutation]:
    read: dict[str, list[ast.Name]] = defaultdict(list)
    for part in inside:
        if isinstance(part, ast.Name) and part.id in code.scope(part):
            read[part.id].append(part)
    names = list(read)
    for index, one in enumerate(names):
        for two in names[index + 1 :]:
            for block in (inside, [p for p in inside if isinstance(getattr(p, "ctx", None), ast.Store)]):
                places = [p for p in block if isinstance(p, ast.Name) and p.id in {one, two}]
                if 1 < len(places) <= 8:
                    edits = tuple(Edit(*code.span(p), two if p.id == one else one) for p in places)
                    yield _all(code, node, edits, "exchange-names", 0.15, f"`{one}` and `{two}` exchanged")


def _others(value: object, texts: list[str]) -> list[str]:
    if isinstance(value, int | float):
        return [repr(value + 1), repr(value - 1), repr(-value)]
    if isinstance(value, str):
        return [
            *dict.fromkeys([repr(""), repr(value.strip()), repr(" "), *(t for t in texts if t[:1] in "'\"")])
        ]
    return []


def _all(
    code: Code, node: Function, edits: tuple[Edit, ...], template: str, prior: float, note: str
) -> Mutation:
    return Mutation(edits, template, prior * code.weight(node), node.lineno, note)
