"""Literals: constants, collections and texts with replaced fields."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from engine.guardrails import constants
from engine.guardrails.rules.secrets import shows_key
from engine.guardrails.values import Const, Map, Seq, Values

if TYPE_CHECKING:
    from engine.guardrails.resolve import Resolver

# No key is shorter.
_KEY_LENGTH = 16


def constant(resolver: Resolver, node: ast.Constant) -> Values:
    """What is written out in the source."""
    value = node.value
    if type(value) is str and len(value) >= _KEY_LENGTH and shows_key(value):
        resolver.keys.append(node)
    return () if value is ... else (Const(value),)


def sequence(resolver: Resolver, node: ast.Tuple | ast.List | ast.Set) -> Values:
    """A list, tuple or set by its items; tables of constants, which can be long, are cheap."""
    resolver.budget.spend(1 + len(node.elts) // 2)
    items: list[Values] = []
    for element in node.elts:
        if type(element) is ast.Constant:
            items.append(constant(resolver, element))
            continue
        values = resolver.value(element)
        if type(element) is ast.Starred and len(values) == 1 and isinstance(values[0], Seq):
            items.extend(values[0].items)
        else:
            items.append(values)
    return (Seq(tuple(items)),)


def mapping(resolver: Resolver, node: ast.Dict) -> Values:
    """A dictionary by its constant keys."""
    items: dict[object, Values] = {}
    others: list[Values] = []
    for key, item in zip(node.keys, node.values, strict=True):
        keys = resolver.value(key) if key is not None else ()
        values = resolver.value(item)
        if len(keys) == 1 and isinstance(keys[0], Const):
            items[keys[0].value] = values
        elif values:
            others.append(values)
    resolver.hooks(node)
    return (Map(items, tuple(others)),)


def joined(resolver: Resolver, node: ast.JoinedStr) -> Values:
    """An f-string, folded where all its fields are known."""
    text: str | None = ""
    for part in node.values:
        if isinstance(part, ast.FormattedValue):
            values = resolver.value(part.value)
            spec = resolver.value(part.format_spec) if part.format_spec else (Const(""),)
            piece = None
            if len(values) == 1 and isinstance(values[0], Const) and spec and isinstance(spec[0], Const):
                piece = constants.formatted(values[0].value, part.conversion, str(spec[0].value))
            text = None if text is None or piece is None else text + piece
        elif text is not None and isinstance(part, ast.Constant):
            text += str(part.value)
    return () if text is None or len(text) > constants.LIMIT else (Const(text),)
