"""The mutation templates, one family a file; each looks at one node and says what could be tried there."""

from __future__ import annotations

from collections.abc import Iterator

from engine.providers.search.code import Code
from engine.providers.search.mutation import Mutation
from engine.providers.search.templates import (
    bounds,
    calls,
    conditions,
    constants,
    donors,
    guards,
    names,
    operators,
    several,
    statements,
    unbound,
    updates,
)

EXPRESSION = (operators, constants, names, calls, bounds, conditions, donors, statements)
STATEMENT = (operators, names, conditions, statements, updates, guards, donors)
FUNCTION = (several, unbound)


def mutations(code: Code) -> Iterator[Mutation]:
    """Every mutation of every template, in no useful order."""
    for node in code.expressions:
        for family in EXPRESSION:
            yield from family.expression(code, node)
    for stmt in code.statements:
        for kind in STATEMENT:
            yield from kind.statement(code, stmt)
    for function in code.functions:
        for several_at_once in FUNCTION:
            yield from several_at_once.function(code, function)
